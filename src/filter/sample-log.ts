/**
 * Reads sample logs: log lines with what a filter shall make of each above it (docs/samples.md). Knows the form only, no filter.
 * @module
 */

export type Expectation = "match" | "ignore" | "miss";

/** A log line and what stands above it. */
export interface Sample {
  /** of the log line, from 1 */
  readonly line: number;
  readonly text: string;
  readonly kind: Expectation;
  /** as written, blanks at its ends gone: `match host=192.0.2.1 user=adm`, `ignore`, `miss` */
  readonly expected: string;
}

/** The log of one jail: what stands below a `#! filter` line. */
export interface SampleLog {
  /** of the `#! filter` line, from 1 */
  readonly line: number;
  /** as a jail's `filter` has it: `sshd[mode=ddos]` */
  readonly item: string;
  readonly samples: readonly Sample[];
}

/** What cannot be read, and where. */
export interface SampleMistake {
  readonly line: number;
  readonly message: string;
}

export interface SampleFile {
  readonly logs: readonly SampleLog[];
  readonly mistakes: readonly SampleMistake[];
}

interface Above {
  readonly line: number;
  readonly kind: Expectation;
  readonly expected: string;
}

const DIRECTIVE = /^#! *(\S*) *(.*?)\s*$/;

/** A `key=value` of an expectation; the value stands in double quotes where it has blanks. */
const WORD = /([\w.-]+)=("(?:[^"\\]|\\.)*"|\S*)/g;

/** The words behind `match`, with their values as written. */
export function wordsOf(expected: string): readonly (readonly [key: string, written: string])[] {
  return [...expected.matchAll(WORD)].map(([, key = "", written = ""]) => [key, written]);
}

/** The filter's name in an item: `sshd` of `sshd[mode=ddos]`. */
export const filterNameOf = (item: string): string => item.split("[", 1)[0] ?? "";

class SampleReader {
  readonly #logs: { line: number; item: string; samples: Sample[] }[] = [];
  readonly #mistakes: SampleMistake[] = [];
  #above: Above | undefined;

  take(line: number, text: string): void {
    const [, word, rest = ""] = DIRECTIVE.exec(text) ?? [];
    if (word !== undefined) this.#direct(line, word, rest);
    else if (text !== "" && !text.startsWith("#")) this.#sample(line, text);
  }

  end(): SampleFile {
    this.#dropAbove();
    if (this.#logs.length === 0) this.#mistake(1, "names no filter: a line '#! filter NAME' is missing");
    return { logs: this.#logs, mistakes: this.#mistakes };
  }

  #direct(line: number, word: string, rest: string): void {
    this.#dropAbove();
    switch (word) {
      case "filter":
        if (rest === "") this.#mistake(line, "names no filter");
        else this.#logs.push({ line, item: rest, samples: [] });
        break;
      case "match":
        if (!wordsOf(rest).some(([key]) => key === "host"))
          this.#mistake(line, "says match and not whom: host=ADDRESS is missing");
        this.#above = { line, kind: word, expected: `${word} ${rest}`.trim() };
        break;
      case "ignore":
      case "miss":
        if (rest !== "") this.#mistake(line, `takes nothing behind ${word}`);
        this.#above = { line, kind: word, expected: word };
        break;
      default:
        this.#mistake(line, `'#! ${word}' is neither filter, match, ignore nor miss`);
    }
  }

  #sample(line: number, text: string): void {
    const log = this.#logs.at(-1);
    if (log === undefined) this.#mistake(line, "a log line before any '#! filter NAME'");
    else if (this.#above === undefined) this.#mistake(line, "a log line with no expectation above it");
    else log.samples.push({ line, text, kind: this.#above.kind, expected: this.#above.expected });
    this.#above = undefined;
  }

  #dropAbove(): void {
    if (this.#above !== undefined)
      this.#mistake(this.#above.line, "an expectation with no log line below it");
    this.#above = undefined;
  }

  #mistake(line: number, message: string): void {
    this.#mistakes.push({ line, message });
  }
}

/** Reads the text of a file; mistakes are collected. */
export function readSamples(text: string): SampleFile {
  const reader = new SampleReader();
  for (const [index, line] of text.split("\n").entries()) reader.take(index + 1, line.replace(/\r$/, ""));
  return reader.end();
}
