/**
 * Scripts that mail, with guards around the programs they call: what a script takes from elsewhere (an answer of whois, lines of a log)
 * reaches the mailer through a filter, since no value of ours is on that way. Reads shell text only as far as needed to find the words.
 * @module
 */

/** What a program may get or give, as a function's body; the function has the program's arguments and its exit code. */
type Guard = (program: string) => string;

/** The dot that ends a mail. */
const DOT = `-e 's/^\\.[[:space:]]*$/ &/'`;
/** `~!command` of mailx, and its relatives. */
const TILDE = `-e 's/^~/ ~/'`;
/** Parted from what follows, a backslash means itself for `printf %b` and for the `echo` of some shells. */
const BACKSLASH = `-e 's/\\\\/\\\\ /g'`;
/** No word is an option, and nothing means anything to a shell: an answer that becomes a recipient. */
const WORDS = `-e 's/[^[:alnum:][:blank:]@%+=:,.;"_-]//g' -e 's/\\([[:blank:],;"]\\)-*/\\1/g' -e 's/^-*//'`;

const filtered =
  (...edits: readonly string[]): Guard =>
  (program) =>
    `sed ${edits.join(" ")} | ${program} "$@"`;

/** The program's own exit code, though a filter comes after it: scripts ask whether there was an answer. */
const answering =
  (...edits: readonly string[]): Guard =>
  (program) =>
    `{ gaoler_code=$({ { ${program} "$@"; echo "$?" >&3; } | sed ${edits.join(" ")} >&4; } 3>&1); } 4>&1; return "$gaoler_code"`;

const GUARDS: ReadonlyMap<string, Guard> = new Map([
  ...["mail", "mailx", "nail", "s-nail"].map((name) => [name, filtered(TILDE, DOT)] as const),
  ...["sendmail", "msmtp", "ssmtp"].map((name) => [name, filtered(DOT)] as const),
  ["whois", answering(BACKSLASH)],
  ["dig", answering(WORDS)],
]);
const NAMES = [...GUARDS.keys()].join("|");
/** Where a command may begin. */
const BEGIN = "(^|[|;&({`!]|\\b(?:do|then|else|elif|if|while|until)[ \\t])";
const CALL = new RegExp(`${BEGIN}([ \\t]*)((?:/[\\w.+-]+)*/)?(${NAMES})(?=[\\s;|&)\`<>]|$)`, "gm");
/** What every shell takes for a function's name. */
const FUNCTION_NAME = /^[A-Za-z_]\w*$/;

/** A mailing script, and what has to stand before it. */
export interface GuardedScript {
  readonly guards: string;
  readonly text: string;
}

/** Puts guards around the programs that a mailing script calls, by name or by path. */
export function guardMailing(script: string): GuardedScript {
  const guards = new Map<string, string>();
  const text = script.replaceAll(CALL, (call, begin: string, blank: string, path = "", name: string) => {
    const program = `${path}${name}`;
    const guard = GUARDS.get(name);
    if (guard === undefined) return call;
    const isPlain = FUNCTION_NAME.test(program);
    const own = isPlain ? program : `gaoler_${program.replace(/^\//, "").replace(/\W/g, "_")}`;
    guards.set(own, `${own}() { ${guard(isPlain ? `command ${program}` : program)}; }\n`);
    return `${begin}${blank}${own}`;
  });
  return { guards: [...guards.values()].join(""), text };
}
