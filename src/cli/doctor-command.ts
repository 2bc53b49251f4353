/**
 * `gaoler doctor`: what was found on this machine, what was chosen, why, and how to change it.
 * @module
 */
import { type Check, type CheckState, examine, examineJails, type JailCheck } from "./doctor-checks.ts";
import type { DoctorFacts } from "./doctor-facts.ts";
import { enableHint } from "./enable-hint.ts";
import { FAILURE, type Outlet, readWords, SUCCESS } from "./own-face.ts";
import { type Colour, harmless, paint } from "./screen.ts";
import { type Cell, type TableScreen, tableLines } from "./table.ts";

const USAGE = `Usage: gaoler doctor [--json] [-c DIR]

Says what was found on this machine, what was chosen, why, and how to change it: the configuration, where the distribution
has its logs, firewall tools, files or the journal, the kernel's limits, the database, the control socket, another server,
your own SSH session, and each jail's backend and logs. Changes nothing.

  -c, --conf DIR  the configuration; else /etc/gaoler, else /etc/fail2ban, else what ships with gaoler
      --json      the result for programs
  -h, --help      this text

Exit code: 0 gaoler can do its work here, 1 something is in its way, 2 wrong words.
`;
const FACE = {
  name: "doctor",
  usage: USAGE,
  options: { conf: { type: "string", short: "c" }, json: { type: "boolean", default: false } },
  takesWords: false,
} as const;

export interface DoctorIo extends TableScreen, Outlet {
  /** looks at the machine; the word is the configuration that was asked for */
  facts(conf: string | undefined): Promise<DoctorFacts>;
}

const MARKS: Readonly<Record<CheckState, { readonly text: string; readonly colour: Colour }>> = {
  ok: { text: "ok", colour: "green" },
  look: { text: "look", colour: "yellow" },
  bad: { text: "bad", colour: "red" },
};
const INDENT = " ".repeat(4);
/** Width of the words before what was found and so on. */
const LABEL_CHARS = 8;

/** Runs the command with the words after it. @returns the exit code */
export async function runDoctor(argv: readonly string[], io: DoctorIo): Promise<number> {
  const read = readWords(FACE, argv, io);
  if (typeof read === "number") return read;
  const { conf, json } = read.values;
  const facts = await io.facts(conf);
  const [checks, jails] = [examine(facts), examineJails(facts)];
  const isOk = ![...checks, ...jails].some(({ state }) => state === "bad");
  if (json) io.out(`${JSON.stringify({ ok: isOk, checks, jails }, undefined, 2)}\n`);
  else io.out(`${doctorLines(checks, jails, facts, io).join("\n")}\n`);
  return isOk ? SUCCESS : FAILURE;
}

function doctorLines(
  checks: readonly Check[],
  jails: readonly JailCheck[],
  facts: DoctorFacts,
  screen: TableScreen,
): string[] {
  const columns = [{ title: "" }, { title: "WHAT" }, { title: "FOUND" }, { title: "CHOSEN" }];
  const rows = checks.map(({ state, subject, found, chosen }): readonly Cell[] => [
    MARKS[state],
    subject,
    found,
    chosen,
  ]);
  const jailColumns = [
    { title: "" },
    { title: "JAIL" },
    { title: "BACKEND" },
    { title: "BECOMES" },
    { title: "READS" },
  ];
  const jailRows = jails.map(({ state, jail, backend, chosen, reads }): readonly Cell[] => [
    MARKS[state],
    jail,
    backend,
    chosen,
    reads,
  ]);
  const missing = jails.flatMap(({ jail, missing: patterns }) =>
    patterns.map((pattern) => `${jail}: ${pattern}`),
  );
  return [
    ...tableLines(columns, rows, screen),
    "",
    ...checks.flatMap((check) => reasons(check, screen)),
    "",
    ...(jails.length > 0 ? tableLines(jailColumns, jailRows, screen) : noJail(facts)),
    ...(missing.length === 0 ? [] : ["", "logs that are not there yet; each is read once it is:"]),
    ...missing.map((text) => `${INDENT}${harmless(text)}`),
  ];
}

/** Of a configuration that cannot be read nobody knows which jails it enables. */
const noJail = ({ isSound, place }: DoctorFacts): readonly string[] => (isSound ? enableHint(place) : []);

/** Why, and how to change it; a table would cut both. */
function reasons({ subject, why, change }: Check, screen: TableScreen): string[] {
  const line = (label: string, text: string): string =>
    `${INDENT}${paint(screen, "grey", label.padEnd(LABEL_CHARS))}${harmless(text)}`;
  return [paint(screen, "bold", subject), line("why", why), line("change", change)];
}
