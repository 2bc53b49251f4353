/**
 * One log through the real `fail2ban-regex` and through our filter: of each line what is left after the cut and which time it has, and at
 * the end the templates in their order with their hits. Judges nothing.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalZone } from "../../../src/base/local-time.ts";
import type { EpochSeconds } from "../../../src/base/units.ts";
import { systemLocalZone } from "../../../src/exec/local-zone.ts";
import { compileFilter } from "../../../src/filter/line-filter.ts";
import type { ParityContext } from "../part.ts";
import type { Batch } from "./batch.ts";

/** What a line came to. */
export interface Answer {
  /** epoch seconds as the program prints them, `None` without one */
  readonly time: string;
  /** the line without its date */
  readonly rest: string;
}

export type Outcome =
  | {
      readonly kind: "read";
      /** by the number of the line; a line that is not there was lost */
      readonly answers: ReadonlyMap<number, Answer>;
      /** `hits name`; `undefined`: could not be had */
      readonly order: readonly string[] | undefined;
    }
  | {
      readonly kind: "refused";
      readonly why: string;
      /** lines read before it broke off */
      readonly answers: ReadonlyMap<number, Answer>;
    }
  | { readonly kind: "hung" };

/** Ends every line, so that the regex matches it and the number can be told. */
const marked = (line: string, index: number): string => `${line} n${index} z`;
const REGEX = "^<F-REST>.*</F-REST> <F-ID>z</F-ID>$";
const NUMBERED = / ?n(\d+)$/;

/** The text before the number; a blank that was cut before it is told. */
const unmarked = (text: string, numbered: RegExpExecArray): string =>
  text.slice(0, numbered.index) + (numbered[0].startsWith(" ") ? "" : "<cut>");

const DEADLINE_MS = 20_000;
const DEADLINE_MS_PER_LINE = 5;

function refusalOf(output: string): string {
  const said = /^ERROR: (.*)/m.exec(output)?.[1];
  return (
    said ?? (/Traceback/.test(output) ? `broke off: ${output.trim().split("\n").at(-1)}` : output.slice(-300))
  );
}

export class Sides {
  readonly #context: ParityContext;
  #files = 0;

  constructor(context: ParityContext) {
    this.#context = context;
  }

  async theirs(batch: Batch): Promise<Outcome> {
    const { oracle, scratch } = this.#context;
    const log = join(scratch, `${this.#files++ % 16}.log`);
    writeFileSync(log, batch.lines.map((line, index) => `${marked(line, index)}\n`).join(""));
    const settings = [
      ...["-c", oracle.configuration, "--usedns", "no"],
      ...(batch.datepattern === undefined ? [] : ["-d", batch.datepattern]),
      ...(batch.timezone === undefined ? [] : [`--timezone=${batch.timezone}`]),
    ];
    const run = (...options: string[]) =>
      oracle.run(["fail2ban-regex", ...settings, ...options, log, REGEX], {
        timeoutMs: DEADLINE_MS + batch.lines.length * DEADLINE_MS_PER_LINE,
        env: {
          TZ: batch.machine,
          PYTHONDONTWRITEBYTECODE: "",
          PYTHONPYCACHEPREFIX: join(scratch, "pycache"),
        },
      });
    const [rows, report] = await Promise.all([run("-o", "<time>|<F-REST>"), run("-v", "--print-no-missed")]);
    if (rows.isHung || report.isHung) return { kind: "hung" };
    const answers = new Map<number, Answer>();
    for (const row of rows.stdout.split("\n")) {
      const bar = row.indexOf("|");
      const numbered = NUMBERED.exec(row);
      if (bar < 0 || numbered === null) continue;
      answers.set(Number(numbered[1]), {
        time: row.slice(0, bar),
        rest: unmarked(row, numbered).slice(bar + 1),
      });
    }
    if (rows.code !== 0) return { kind: "refused", why: refusalOf(rows.stdout + rows.stderr), answers };
    const box = report.stdout.split("Date template hits:")[1]?.split("`-")[0] ?? "";
    const order = Array.from(box.matchAll(/^\|\s+\[(\d+)\] (.*)$/gm), ([, hits, name]) => `${hits} ${name}`);
    return { kind: "read", answers, order: report.code === 0 ? order : undefined };
  }

  /** @param now the present moment, about the one at which the other side ran */
  ours(batch: Batch, now: EpochSeconds): Outcome {
    return inZone(batch.machine, () => read(batch, now));
  }
}

/** Does what uses the machine's zone while that is another one. */
function inZone<T>(name: string, work: () => T): T {
  const before = process.env["TZ"];
  process.env["TZ"] = name;
  try {
    return work();
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
}

/** The zone of a machine that is set to this one. */
export const zoneOf = (name: string): LocalZone => ({
  civilAt: (at) => inZone(name, () => systemLocalZone.civilAt(at)),
  epochOf: (civil) => inZone(name, () => systemLocalZone.epochOf(civil)),
});

const sourced = (value: string) => ({ value });

function read(batch: Batch, now: EpochSeconds): Outcome {
  const { datepattern, timezone } = batch;
  const { filter, diagnostics } = compileFilter(
    {
      name: "j",
      usedns: "no",
      maxlines: 1,
      findtime: 600,
      prefregex: undefined,
      failregex: [sourced(REGEX)],
      ignoreregex: [],
      datepattern: datepattern === undefined ? undefined : sourced(datepattern),
      logtimezone: timezone,
    },
    { zone: systemLocalZone, startYear: systemLocalZone.civilAt(now).year, checkFindTime: false },
  );
  if (filter === undefined) {
    return { kind: "refused", why: diagnostics.map(({ message }) => message).join("; "), answers: new Map() };
  }
  const answers = new Map<number, Answer>();
  let isFloat = false;
  for (const [index, line] of batch.lines.entries()) {
    const report = filter.report(marked(line, index), { now, inOperation: false }, "first");
    const [matched] = report.matched;
    const rest = matched?.groups.get("rest");
    if (matched === undefined || typeof rest !== "string") continue;
    // a line without a time of its own may have that of the line before
    if (report.date?.at !== undefined) isFloat = report.date.isFloat;
    const time = matched.at === undefined ? "None" : shownTime(matched.at, isFloat);
    const numbered = NUMBERED.exec(rest);
    if (numbered !== null) answers.set(index, { time, rest: unmarked(rest, numbered) });
  }
  const order = filter.parts.detector.hits().map(({ name, hits }) => `${hits} ${name}`);
  return { kind: "read", answers, order };
}

const shownTime = (at: EpochSeconds, isFloat: boolean): string =>
  isFloat && Number.isInteger(at) ? `${at}.0` : String(at);
