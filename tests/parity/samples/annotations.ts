/**
 * Reads annotated sample logs: which lines a filter is given in which option set, and what must come of each.
 * It does not know how the lines are judged.
 * @module
 */
import { holds } from "./expression.ts";

/** What must come of a line; a line without an annotation must not match. */
export interface Expectation {
  readonly isMatch: boolean;
  /** Local time, ISO without zone; `null` for a failure that must have none. */
  readonly time: string | null | undefined;
  readonly host: string | undefined;
  /** How many lines the failure must carry. */
  readonly attempts: number | undefined;
  /** The failure's data by name; `null` for what must be absent. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface SampleLine {
  /** `sshd:17` */
  readonly place: string;
  /** The bytes of the line, one character each. */
  readonly line: string;
  readonly expected: Expectation;
}

/** Lines that are judged one after another as one log. */
export interface SampleRun {
  /** Options of the filter, in order. */
  readonly options: ReadonlyMap<string, string>;
  readonly lines: readonly SampleLine[];
}

type Options = Readonly<Record<string, string>>;

const NOT_DATA: ReadonlySet<string> = new Set([
  "match",
  "time",
  "host",
  "attempts",
  "desc",
  "constraint",
  // belongs to samples that several filters share and says nothing about the line
  "filter",
]);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function optionsOf(value: unknown): Options {
  if (!isRecord(value)) throw new Error("options are no object");
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

const textOf = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

function expectationOf(note: Readonly<Record<string, unknown>>): Expectation {
  return {
    isMatch: note["match"] === true,
    time: note["time"] === null ? null : textOf(note["time"]),
    host: textOf(note["host"]),
    attempts: note["attempts"] === undefined ? undefined : Number(note["attempts"]),
    data: Object.fromEntries(Object.entries(note).filter(([key]) => !NOT_DATA.has(key))),
  };
}

/** Collects the runs of one filter from its sample file and those that it adds. */
class Collector {
  readonly #filter: string;
  readonly #readSample: (file: string) => string;
  readonly #runs = new Map<string, { options: ReadonlyMap<string, string>; lines: SampleLine[] }>();

  constructor(filter: string, readSample: (file: string) => string) {
    this.#filter = filter;
    this.#readSample = readSample;
  }

  get runs(): readonly SampleRun[] {
    return [...this.#runs.values()];
  }

  addFile(file: string): void {
    let shared: Options = {};
    let sets: readonly Options[] = [{}];
    let note: Readonly<Record<string, unknown>> | undefined;
    for (const [index, line] of this.#readSample(file).split("\n").entries()) {
      const place = `${file}:${index + 1}`;
      const [, kind, json = ""] =
        /^#+ *(failJSON|filterOptions|fileOptions|addFILE): *(.+)$/.exec(line.trimEnd()) ?? [];
      // what follows an annotation is a line whatever it looks like
      if (note === undefined && kind !== undefined) {
        const value: unknown = JSON.parse(Buffer.from(json, "latin1").toString("utf8"));
        if (kind === "failJSON") note = isRecord(value) ? value : {};
        else if (kind === "addFILE") this.addFile(String(value));
        else if (kind === "fileOptions") {
          shared = optionsOf(value);
          sets = [shared];
        } else {
          sets = (Array.isArray(value) ? value : [value]).map((one) => ({ ...shared, ...optionsOf(one) }));
        }
        continue;
      }
      if (note === undefined && (line.trim() === "" || line.startsWith("#"))) continue;
      for (const set of sets) this.#addLine(set, place, line, note ?? {});
      note = undefined;
    }
  }

  #addLine(set: Options, place: string, line: string, note: Readonly<Record<string, unknown>>): void {
    const options = new Map(Object.entries(set).filter(([key]) => !key.startsWith("test.")));
    for (const expression of [set["test.condition"], textOf(note["constraint"])]) {
      if (expression !== undefined && !holds(expression, this.#filter, options)) return;
    }
    const prefix = options.get("logtype") === "journal" ? (set["test.prefix-line"] ?? "") : "";
    const key = set["test.filter-name"] ?? JSON.stringify([...options]);
    const run = this.#runs.get(key) ?? { options, lines: [] };
    this.#runs.set(key, run);
    run.lines.push({ place, line: prefix + line, expected: expectationOf(note) });
  }
}

/**
 * What the filter of that name is judged by.
 * @param readSample text of a sample file, one character a byte
 */
export function sampleRuns(filter: string, readSample: (file: string) => string): readonly SampleRun[] {
  const collector = new Collector(filter, readSample);
  collector.addFile(filter);
  return collector.runs;
}
