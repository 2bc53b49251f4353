/**
 * The manual page gaoler(8), made of what `--help` says of each command, so that there is one text to keep.
 * @module
 */

export interface ManSources {
  readonly version: string;
  /** what `gaoler --help` says */
  readonly overview: string;
  /** what `gaoler COMMAND --help` says, in the order of the page */
  readonly commands: ReadonlyMap<string, string>;
}

const FILES: readonly (readonly [path: string, text: string])[] = [
  ["/etc/gaoler, /etc/fail2ban", "The configuration; the first that has jails is taken."],
  ["/var/lib/fail2ban/fail2ban.sqlite3", "The database: bans, and how far each log was read."],
  ["/var/run/fail2ban/fail2ban.sock", "The control socket."],
  ["/var/log/fail2ban.log", "The log."],
];
const WHAT_IT_IS =
  "gaoler reads the logs of services, finds who attacks them by the filters of fail2ban, and bans them in the firewall for a while. " +
  "It takes the configuration, the database, the socket and the commands of fail2ban as they are.";
const NOT_HERE = "Before the command:";

/** A text as roff shows it: no escapes, no requests, hyphens that can be copied. */
function plain(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&");
}

/** Paragraphs and tables of a help text. */
function body(text: string): readonly string[] {
  let isParagraph = false;
  return text.split("\n").flatMap((line): readonly string[] => {
    if (line === "") {
      isParagraph = false;
      return [];
    }
    const [, tag, words = ""] = /^ {1,7}(\S+(?: \S+)*)(?: {2,}(\S.*))?$/.exec(line) ?? [];
    if (tag !== undefined) {
      isParagraph = true;
      return [".TP", `\\fB${plain(tag)}\\fR`, ...(words === "" ? [] : [plain(words.replace(/ {2,}/g, " "))])];
    }
    const begins = isParagraph ? [] : [".PP"];
    isParagraph = true;
    return [...begins, plain(line.trim())];
  });
}

/** The lines that begin a help text: how the command is written. */
function usageOf(text: string): { readonly usages: readonly string[]; readonly rest: string } {
  const [head = "", ...blocks] = text.split("\n\n");
  const usages = head.split("\n").map((line) => line.replace(/^usage:/i, "").trim());
  return { usages, rest: blocks.join("\n\n") };
}

function section(name: string, text: string): readonly string[] {
  const [here = ""] = text.split(NOT_HERE);
  const { usages, rest } = usageOf(here);
  return [
    `.SS gaoler ${name}`,
    ...usages.flatMap((usage) => [".PP", `\\fB${plain(usage)}\\fR`]),
    ...body(rest),
  ];
}

/** The page, with its final newline. */
export function manPage({ version, overview, commands }: ManSources): string {
  const [title = "", , ...rest] = overview.split("\n\n");
  const [name = "", what = ""] = title.split(": ");
  const places = [...commands.values()].find((text) => text.includes(NOT_HERE))?.split(NOT_HERE)[1] ?? "";
  const lines = [
    '.\\" made by npm run man of what --help says',
    `.TH GAOLER 8 "" "gaoler ${version}" "System administration"`,
    ".SH NAME",
    `${name} \\- ${plain(what)}`,
    ".SH SYNOPSIS",
    "\\fBgaoler\\fR [\\fB\\-c\\fR \\fIDIR\\fR] [\\fB\\-s\\fR \\fIFILE\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]",
    ".SH DESCRIPTION",
    plain(WHAT_IT_IS),
    ...body(rest.join("\n\n")),
    ".SH OPTIONS",
    "Before the short commands, from start to version:",
    ...body(places),
    ".SH COMMANDS",
    ...[...commands].flatMap(([command, text]) => section(command, text)),
    ".SH FILES",
    ...FILES.flatMap(([path, text]) => [".TP", `\\fI${plain(path)}\\fR`, plain(text)]),
    ".SH EXIT STATUS",
    "0 where all went well; 1 where it did not; 2 for wrong words. \\fBstart\\fR, \\fBstop\\fR, \\fBreload\\fR, \\fBregex\\fR,",
    "\\fBserver\\fR and \\fBclient\\fR end as fail2ban's programs do: 255 where something is wrong.",
    ".SH SEE ALSO",
    "\\fBfail2ban\\-client\\fR(1), \\fBjail.conf\\fR(5), \\fBnft\\fR(8)",
  ];
  return `${lines.join("\n")}\n`;
}
