/**
 * What is found in many lines by one call is what searches of their own find, one line after another.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { RegexSyntaxError } from "../../../src/regex/errors.ts";
import {
  CapturePlan,
  FIRST_PLACES,
  FROM,
  OTHER_PLACES,
  OUTCOME,
  TO,
  WHICH,
} from "../../../src/scan/line-batch.ts";
import { type CaptureSource, LineCaptures } from "../../../src/scan/line-captures.ts";
import { ITEM_STEP } from "../../../src/scan/line-scanner.ts";
import { patterns } from "../regex/pattern-grammar.ts";
import { asciiTexts, sourceOf } from "./captures-trial.ts";

const WORDS = 8;
const SETS = 5;
/** As searches end. */
const MATCH = 1;
const UNKNOWN = 2;

interface Found {
  readonly first: readonly number[] | undefined;
  readonly from: number;
  readonly to: number;
  readonly which: number;
  readonly other: readonly number[] | undefined;
}

/** What a line comes to; `undefined`: a walk does not know, "none": what is searched first does not match. */
type Outcome = Found | "none" | undefined;

class Trial {
  readonly #sources: readonly CaptureSource[];
  readonly #captures: LineCaptures;
  readonly #plan: CapturePlan;

  constructor(sources: readonly CaptureSource[], plan: CapturePlan) {
    this.#sources = sources;
    this.#captures = new LineCaptures(sources);
    this.#plan = plan;
  }

  #placesAt(base: number, index: number): readonly number[] {
    const groups = 1 + (this.#sources[index]?.groupCount ?? 0);
    return [...this.#captures.allPlaces.subarray(base, base + 2 * groups)];
  }

  /** The line by itself. */
  alone(start: number, end: number): Outcome {
    const captures = this.#captures;
    const { first, content, others } = this.#plan;
    if (!captures.take(start, start, start, end)) return undefined;
    let [from, to] = [0, end - start];
    let firstPlaces: readonly number[] | undefined;
    if (first >= 0) {
      const outcome = captures.run(first, from, to);
      if (outcome !== MATCH) return outcome === UNKNOWN ? undefined : "none";
      firstPlaces = this.#placesAt(256, first);
      const [at = -1, behind = -1] = content === 0 ? [] : firstPlaces.slice(2 * content);
      if (behind > to && behind > at) return undefined;
      if (at >= 0 && behind > at) [from, to] = [at, behind];
    }
    for (const [which, index] of others.entries()) {
      const outcome = captures.run(index, from, to);
      if (outcome === UNKNOWN) return undefined;
      if (outcome === MATCH)
        return { first: firstPlaces, from, to, which, other: this.#placesAt(256, index) };
    }
    return { first: firstPlaces, from, to, which: -1, other: undefined };
  }

  /**
   * All lines, as many by one call as come to something; the others by themselves.
   *
   * @param areItems whether they are given as a scan gives them out
   * @returns what each came to, and whether by itself
   */
  together(
    lines: readonly (readonly [start: number, end: number])[],
    areItems: boolean,
  ): readonly (readonly [Outcome, boolean])[] {
    const { batch } = this.#captures;
    const items = itemsOf(lines);
    batch.forgetSets();
    const outcomes: (readonly [Outcome, boolean])[] = [];
    while (outcomes.length < lines.length) {
      batch.begin();
      const begun = outcomes.length;
      if (areItems) batch.beginWith(items, begun * ITEM_STEP, items.length, () => this.#plan);
      else {
        for (const [start, end] of lines.slice(begun))
          if (!batch.add(start, start, start, end, this.#plan)) break;
      }
      let line = 0;
      do {
        const known = this.#captures.searchBatch(line);
        for (; line < known; line++) outcomes.push([this.#foundIn(line), false]);
        const next = lines[outcomes.length];
        if (next !== undefined && (line < batch.count || batch.count === 0)) {
          outcomes.push([this.alone(...next), true]);
          line++;
        }
      } while (line < batch.count);
    }
    return outcomes;
  }

  #foundIn(line: number): Outcome {
    const [outcome, from, to, firstBase, otherBase, which] = [
      OUTCOME,
      FROM,
      TO,
      FIRST_PLACES,
      OTHER_PLACES,
      WHICH,
    ].map((field) => this.#captures.found[line * WORDS + field] ?? -2) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    if (outcome === 0) return "none";
    const { first, others } = this.#plan;
    return {
      first: first < 0 ? undefined : this.#placesAt(firstBase, first),
      from,
      to,
      which,
      other: which < 0 ? undefined : this.#placesAt(otherBase, others[which] ?? 0),
    };
  }

  load(bytes: Uint8Array): void {
    expect(this.#captures.load(bytes, 0, bytes.length)).toBe(true);
  }
}

const hasStamp = (index: number): boolean => index % 29 !== 28;

/** Lines as a scan gives them out: of several sets of patterns, and some without a stamp. */
function itemsOf(lines: readonly (readonly [start: number, end: number])[]): Int32Array {
  const items = new Int32Array(lines.length * ITEM_STEP);
  for (const [index, [start, end]] of lines.entries()) {
    const stamp = hasStamp(index) ? start : -1;
    items.set([start, end, stamp, stamp, index % SETS], index * ITEM_STEP);
  }
  return items;
}

function linesIn(bytes: Uint8Array): (readonly [start: number, end: number])[] {
  const lines: (readonly [number, number])[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    lines.push([start, end]);
    start = end + 1;
  }
  return lines;
}

/** Holds what lines come to together against what they come to alone. @returns how many were known together */
function expectAlike(
  sources: readonly CaptureSource[],
  plan: CapturePlan,
  texts: readonly string[],
  times = 1,
): number {
  const bytes = Buffer.from(texts.map((text) => `${text.replaceAll("\n", " ")}\n`).join(""), "latin1");
  const lines = linesIn(bytes);
  const alone = new Trial(sources, plan);
  const together = new Trial(sources, plan);
  alone.load(bytes);
  together.load(bytes);
  const expected = lines.map((line) => alone.alone(...line));
  let known = 0;
  // the first time rows are missing
  for (let time = 0; time <= times; time++) {
    const areItems = time % 2 === 1;
    const outcomes = together.together(lines, areItems);
    if (areItems) expect(outcomes.every(([, isAlone], index) => isAlone || hasStamp(index))).toBe(true);
    known += outcomes.filter(([, isAlone]) => !isAlone).length;
    expect(outcomes.map(([outcome]) => outcome)).toEqual(expected);
  }
  return known;
}

const regexes = fc.oneof(
  patterns,
  fc.constantFrom(
    "^(a+)(?P<content>.*)$",
    "b(c?)k?",
    "^(?:(a)|(b))+",
    "x(.)\\n?$",
    "(?=a)(\\w+)",
    "(a)\\1",
    "$",
  ),
);

const isParsed = (pattern: string): boolean => {
  try {
    sourceOf(pattern);
    return true;
  } catch (error) {
    if (error instanceof RegexSyntaxError) return false;
    throw error;
  }
};

test("random patterns find alike, whatever is missing, in lines that are no ASCII as well", () => {
  let known = 0;
  const sources = fc.array(regexes.filter(isParsed), { minLength: 1, maxLength: 4 });
  const texts = fc.array(fc.oneof(asciiTexts, fc.constantFrom("ab\xe9", "")), {
    minLength: 1,
    maxLength: 80,
  });
  fc.assert(
    fc.property(sources, fc.nat(3), fc.boolean(), texts, (parts, content, hasFirst, lines) => {
      const all = parts.map(sourceOf);
      const first = hasFirst ? 0 : -1;
      const group = hasFirst ? Math.min(content, all[0]?.groupCount ?? 0) : 0;
      const others = all.map((_, index) => index).slice(first + 1);
      known += expectAlike(all, new CapturePlan(first, group, others, false), lines);
    }),
    { numRuns: 200 },
  );
  expect(known).toBeGreaterThan(300);
}, 60_000);

test("lines are found alike after leaps were learnt from them, of which samples are taken between others", () => {
  const sources = [
    "^ (?P<id>\\S+) (?P<content>.+)$",
    "^Failed for (.*) from ([\\d.]+) port (\\d+)$",
    "^Invalid user (.*) from (\\S+)",
  ];
  const plan = new CapturePlan(0, 2, [1, 2], false);
  const texts = Array.from({ length: 60 }, (_, index) =>
    index % 3 === 0
      ? ` sshd[${index * 77}]: Invalid user u${index} from 10.${index}.0.${200 - index}`
      : ` sshd[${index * 7}]: Failed for x${"y".repeat(index)} from 192.0.${index}.1 port ${index ** 3}`,
  );
  const known = expectAlike(sources.map(sourceOf), plan, texts, 300);
  // all but those that rows were missing for, of which samples were taken, and without a stamp
  expect(known).toBeGreaterThan(60 * 280);
}, 30_000);
