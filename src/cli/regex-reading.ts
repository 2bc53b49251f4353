/**
 * A file on its way through the filter: block by block, on the fast path where of the lines that come to nothing no more is wanted than
 * their number and their text, else line by line.
 * Hot: per line that may come to something.
 * @module
 */
import type { LineDecoder } from "../backend/decode.ts";
import { newlinesOf } from "../backend/newline.ts";
import type { CapturedLine } from "../filter/captured-line.ts";
import type { CapturedSearch } from "../filter/captured-search.ts";
import type { LineCounting } from "../filter/counted-lines.ts";
import { type CapturingSink, FastPath, type FastPathSink } from "../filter/fast-path.ts";
import { afterNewline, lineEnd } from "../filter/line-bounds.ts";
import type { LineFilter } from "../filter/line-filter.ts";
import type { LineHint, StampPlace } from "../filter/line-report.ts";
import { AsciiText } from "./ascii-text.ts";
import { type Block, blocksOfFile } from "./regex-lines.ts";
import type { RegexOptions } from "./regex-options.ts";
import type { Pace } from "./regex-pace.ts";
import type { RegexRun } from "./regex-run.ts";
import type { RegexStatistics } from "./regex-statistics.ts";

/** Bytes decoded at once, line by line: then it is looked whether the fast path can take over. */
const PIECE_BYTES = 16 * 1024;

const HASH = 0x23;

export interface ReadingDeps {
  readonly filter: LineFilter;
  readonly options: RegexOptions;
  readonly statistics: RegexStatistics;
  readonly run: RegexRun;
  readonly pace: Pace;
  readonly decoder: LineDecoder;
}

/** Whether the options ask for nothing of a line that comes to nothing but that it is counted and listed. */
function allowsFastPath({ filter, options }: ReadingDeps): boolean {
  const showsOthers = options.verbosity > 0 || options.json || (options.out !== undefined && options.inverts);
  return filter.takesHints && !showsOthers;
}

/** Whether a line begins with `#`: it does not count, be there a stamp in it or not (A§4.2). */
function hasComment(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = buffer.indexOf(HASH);
  return first === 0 || (first > 0 && buffer.includes("\n#", first - 1));
}

export class FileReading implements FastPathSink {
  readonly #deps: ReadingDeps;
  readonly #path: string;
  readonly #fastPath: FastPath | undefined;
  readonly #counting: LineCounting | undefined;
  #bytes: Uint8Array = new Uint8Array();
  #textOf: (from: number, to: number) => string = () => "";
  /** the number of the next line, from 1; and where it begins, as long as missed lines are listed */
  #number = 1;
  #lineStart = 0;
  #wait: Promise<void> | undefined;

  constructor(deps: ReadingDeps, path: string) {
    this.#deps = deps;
    this.#path = path;
    this.#counting = this.#countingOf(deps);
    this.#fastPath = allowsFastPath(deps)
      ? new FastPath(deps.filter, { statistics: true, triesAll: deps.options.triesAll })
      : undefined;
  }

  async read(): Promise<void> {
    const { decoder } = this.#deps;
    for (const block of blocksOfFile(this.#path, decoder.encoding)) await this.#take(block);
  }

  async #take({ bytes, isComplete }: Block): Promise<void> {
    const { statistics, decoder, options } = this.#deps;
    const { takesAllLines } = options;
    const isFast = isComplete && this.#fastPath !== undefined && (takesAllLines || !hasComment(bytes));
    const textOf = isFast ? decoder.textOf(bytes) : undefined;
    const capturing = options.explains ? undefined : this.#capturing(bytes);
    for (let at = 0; at < bytes.length; ) {
      // what is explained of a missed line the filter has to tell
      const tellsEnough = statistics.countsMissed || !options.explains;
      if (textOf !== undefined && this.#fastPath !== undefined && tellsEnough) {
        this.#bytes = bytes;
        this.#textOf = textOf;
        this.#lineStart = at;
        at = this.#fastPath.take(bytes, at, bytes.length, this, capturing);
        await this.#rest();
      } else {
        const end = isComplete ? this.#pieceEnd(bytes, at) : bytes.length;
        await this.#takePlainly(bytes.subarray(at, end), isComplete);
        at = end;
      }
    }
  }

  #capturing(bytes: Uint8Array): CapturingSink {
    const { textOf } = new AsciiText(bytes);
    return {
      textOf,
      keepsLines: !this.#deps.run.countsAlone,
      captured: this.#takeCaptured,
      counting: this.#counting,
    };
  }

  #pieceEnd(bytes: Uint8Array, from: number): number {
    const { afterFirst, afterLast } = newlinesOf(this.#deps.decoder.encoding);
    const to = from + PIECE_BYTES;
    if (to >= bytes.length) return bytes.length;
    const last = afterLast(bytes, from, to);
    return last < 0 ? afterFirst(bytes, from, bytes.length) : last;
  }

  async #takePlainly(bytes: Uint8Array, isComplete: boolean): Promise<void> {
    for (const text of this.#deps.decoder.decodeLines(this.#path, bytes)) {
      this.#wait = this.#deps.run.take({ number: this.#number, text }) ?? undefined;
      if (isComplete) this.#number++;
      this.#deps.pace.count(1);
      if (!this.goesOn()) await this.#rest();
    }
  }

  async #rest(): Promise<void> {
    const { pace } = this.#deps;
    await this.#wait;
    this.#wait = undefined;
    if (pace.isDue()) await pace.rest();
  }

  /** Has plain lines counted where the run wants nothing but numbers of them. */
  #countingOf({ run, statistics, options }: ReadingDeps): LineCounting | undefined {
    if (!run.countsAlone || !options.triesAll) return undefined;
    const { matched, ignored } = statistics;
    return {
      get countsFailures() {
        return matched.isFull;
      },
      get countsHarmless() {
        return ignored.isFull;
      },
      get countsMissed() {
        return statistics.countsMissed;
      },
      input: () => run.inputNow(),
      counted: (lines, end) => {
        statistics.lines += lines;
        this.#goOnBehind(end, lines);
      },
      came: (counts) => run.came(counts),
    };
  }

  readonly #takeCaptured = (line: CapturedLine, search: CapturedSearch): void => {
    this.#wait = this.#deps.run.takeCaptured(this.#number, line, search) ?? undefined;
    this.#goOnBehind(line.end, 1);
  };

  line(start: number, end: number, hint: LineHint | undefined): void {
    const text = this.#textOf(start, end);
    this.#wait = this.#deps.run.take({ number: this.#number, text }, hint) ?? undefined;
    this.#goOnBehind(end, 1);
  }

  skipped(lines: number): void {
    let left = lines;
    for (; left > 0 && !this.#deps.statistics.countsMissed; left--) this.#list();
    if (left === 0) return;
    this.#deps.run.skip(left);
    this.#goOnBehind(this.#lineStart, left);
  }

  /** Puts the next line on the list of the missed ones. */
  #list(): void {
    const start = this.#lineStart;
    const end = lineEnd(this.#bytes, start, afterNewline(this.#bytes, start));
    this.#deps.run.miss(this.#number, this.#textOf(start, end));
    this.#goOnBehind(end, 1);
  }

  /** So many lines were taken, the last of which ends there. */
  #goOnBehind(end: number, lines: number): void {
    this.#number += lines;
    this.#deps.pace.count(lines);
    if (!this.#deps.statistics.countsMissed) this.#lineStart = afterNewline(this.#bytes, end);
  }

  prefixed(lines: number): void {
    this.#deps.statistics.prefixCount += lines;
  }

  passOver(count: number, start: number, end: number, stamp: StampPlace): void {
    this.#deps.run.passOver(count, { number: this.#number - 1, text: this.#textOf(start, end) }, stamp);
  }

  goesOn(): boolean {
    return this.#wait === undefined && !this.#deps.pace.isDue();
  }
}
