/**
 * `gaoler doctor`: what was found on this machine, what was chosen, why, and how to change it.
 * @module
 */
import { parseArgs } from "node:util";
import { messageOf } from "../base/error-text.ts";
import { type Check, type CheckState, examine, examineJails, type JailCheck } from "./doctor-checks.ts";
import type { DoctorFacts } from "./doctor-facts.ts";
import { type Colour, harmless, paint } from "./screen.ts";
import { type Cell, type TableScreen, tableLines } from "./table.ts";

const USAGE = `usage: gaoler doctor [--json] [-c DIR]

Says what was found on this machine, what was chosen, why, and how to change it: the configuration, where the distribution
has its logs, firewall tools, files or the journal, the kernel's limits, the database, the control socket, another server,
your own SSH session, and each jail's backend and logs. Changes nothing.

  -c, --conf DIR  the configuration; else /etc/gaoler, else /etc/fail2ban, else what ships with gaoler
      --json      the result for programs
  -h, --help      this text

Exit code: 0 gaoler can do its work here, 1 something is in its way, 2 wrong words.
`;
const [SUCCESS, FAILURE, USAGE_ERROR] = [0, 1, 2];

export interface DoctorIo extends TableScreen {
  /** looks at the machine; the word is the configuration that was asked for */
  facts(conf: string | undefined): Promise<DoctorFacts>;
  out(text: string): void;
  err(text: string): void;
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
  const words = wordsOf(argv);
  if (typeof words === "string") {
    io.err(`gaoler doctor: ${words}\n${USAGE}`);
    return USAGE_ERROR;
  }
  if (words.help) {
    io.out(USAGE);
    return SUCCESS;
  }
  const facts = await io.facts(words.conf);
  const [checks, jails] = [examine(facts), examineJails(facts)];
  const isOk = ![...checks, ...jails].some(({ state }) => state === "bad");
  if (words.json) io.out(`${JSON.stringify({ ok: isOk, checks, jails }, undefined, 2)}\n`);
  else io.out(`${doctorLines(checks, jails, io).join("\n")}\n`);
  return isOk ? SUCCESS : FAILURE;
}

function wordsOf(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        conf: { type: "string", short: "c" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values;
  } catch (error) {
    return messageOf(error);
  }
}

function doctorLines(checks: readonly Check[], jails: readonly JailCheck[], screen: TableScreen): string[] {
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
    ...(jails.length === 0 ? ["no jail is enabled"] : tableLines(jailColumns, jailRows, screen)),
    ...(missing.length === 0 ? [] : ["", "logs that are not there yet; each is read once it is:"]),
    ...missing.map((text) => `${INDENT}${harmless(text)}`),
  ];
}

/** Why, and how to change it; a table would cut both. */
function reasons({ subject, why, change }: Check, screen: TableScreen): string[] {
  const line = (label: string, text: string): string =>
    `${INDENT}${paint(screen, "grey", label.padEnd(LABEL_CHARS))}${harmless(text)}`;
  return [paint(screen, "bold", subject), line("why", why), line("change", change)];
}
