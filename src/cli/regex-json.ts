/**
 * `gaoler regex --json`: one JSON document, written as the lines go by. Failures go out at once; the lists
 * behind them are put by elsewhere until then. Knows no filter.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";

/** Warnings listed; more are only counted. */
const MAX_WARNINGS = 1000;

/** What may stand in the document. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface JsonFailure {
  /** number of the physical line of the input, from 1 */
  readonly line: number;
  readonly id: string;
  /** the address, where there is one */
  readonly ip: string | null;
  readonly at: EpochSeconds | null;
  /** number of the failregex, from 1 */
  readonly regex: number;
  /** the matched lines as they stand in the log */
  readonly matches: readonly string[];
  /** captured groups that took part */
  readonly data: Readonly<Record<string, Json>>;
}

/** The part behind the lists, in the order of the document. */
export type JsonSummary = Readonly<Record<string, Json>>;

/** An entry of a list within the document, a line each. */
export function jsonEntry(entry: Json, index: number): string {
  return (index === 0 ? "\n" : ",\n") + JSON.stringify(entry);
}

/** A list that is put by until the failures are through. */
export interface StoredList {
  readonly count: number;
  take(): Iterable<string>;
}

const listEnd = (count: number): string => (count === 0 ? "]" : "\n]");

export class JsonDocument {
  readonly #write: (text: string) => void;
  readonly #warnings: Json[] = [];
  #warningCount = 0;
  #failureCount = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Opens the document. */
  begin(head: Readonly<Record<string, Json>>): void {
    this.#write(`${JSON.stringify(head).slice(0, -1)},\n"failures":[`);
  }

  failure(failure: JsonFailure): void {
    this.#write(jsonEntry({ ...failure }, this.#failureCount++));
  }

  /** @param line number of the line that it is about, if of one */
  warning(level: string, text: string, line: number | undefined): void {
    this.#warningCount++;
    const warning = line === undefined ? { level, text } : { line, level, text };
    if (this.#warnings.length < MAX_WARNINGS) this.#warnings.push(warning);
  }

  /** Closes the document; afterwards it is whole. */
  end(lists: Readonly<Record<string, StoredList>>, summary: JsonSummary): void {
    this.#write(listEnd(this.#failureCount));
    for (const [name, list] of Object.entries(lists)) {
      this.#write(`,\n"${name}":[`);
      for (const piece of list.take()) this.#write(piece);
      this.#write(listEnd(list.count));
    }
    const left = this.#warningCount - this.#warnings.length;
    const rest = { ...summary, warnings: this.#warnings, ...(left > 0 ? { moreWarnings: left } : {}) };
    const members = Object.entries(rest).map(([name, value]) => `,\n"${name}":${JSON.stringify(value)}`);
    this.#write(`${members.join("")}}\n`);
  }
}
