/**
 * The words after gaoler's own longer commands (`run`, `demo`, `doctor` …): one way to read them, to answer `--help` on stdout, and to say
 * on stderr what is wrong with them.
 * @module
 */
import { type ParseArgsConfig, parseArgs } from "node:util";

/** Exit codes of the longer commands: done, not as it should be, wrong words or nothing to work on. */
export const [SUCCESS, FAILURE, USAGE_ERROR] = [0, 1, 2] as const;

type OptionTable = NonNullable<ParseArgsConfig["options"]>;

/** A command as its words see it. */
export interface OwnFace<Options extends OptionTable> {
  /** as it is typed after `gaoler` */
  readonly name: string;
  /** what `--help` says, with its final newline */
  readonly usage: string;
  readonly options: Options;
  /** whether words that are no options mean something */
  readonly takesWords: boolean;
}

export interface Outlet {
  /** Writes to stdout as it stands. */
  out(text: string): void;
  /** Writes to stderr as it stands. */
  err(text: string): void;
}

/**
 * Reads the words after a command; answers them itself where they ask for help or are wrong.
 *
 * @returns options and words; the exit code where nothing is left to do
 */
export function readWords<Options extends OptionTable>(
  face: OwnFace<Options>,
  argv: readonly string[],
  io: Outlet,
) {
  const args = [...argv];
  if (args.includes("-h") || args.includes("--help")) {
    io.out(face.usage);
    return SUCCESS;
  }
  const mistake = mistakeIn(args, face);
  if (mistake !== undefined) return refuseWords(face, mistake, io);
  const { values, positionals } = parseArgs({ args, options: face.options, allowPositionals: true });
  return { values, words: positionals };
}

/** Says what is wrong with the words. @returns the exit code */
export function refuseWords({ name }: { readonly name: string }, mistake: string, io: Outlet): number {
  io.err(`gaoler ${name}: ${mistake}; gaoler ${name} --help says more\n`);
  return USAGE_ERROR;
}

/** The first mistake; a strict `parseArgs` knows them all but tells them to programmers. */
function mistakeIn(args: string[], { options, takesWords }: OwnFace<OptionTable>): string | undefined {
  const { tokens } = parseArgs({ args, options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional" && !takesWords) return `'${token.value}' is a word too many`;
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const type = Object.hasOwn(options, name) ? options[name]?.type : undefined;
    if (type === undefined) return `there is no option '${rawName}'`;
    if (type === "boolean" && value !== undefined) return `the option '${rawName}' takes no value`;
    const isMissing = value === undefined || value === "" || (value.startsWith("-") && inlineValue !== true);
    if (type === "string" && isMissing) return `the option '${rawName}' needs a value`;
  }
  return undefined;
}
