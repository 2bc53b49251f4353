/**
 * Leaps are chosen where texts go on alike, and captures with them are those of the regex.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compileRegex } from "../../../src/regex/compile.ts";
import { RegexBudgetError, RegexSyntaxError } from "../../../src/regex/errors.ts";
import { chooseLeaps, runPattern, type Steps, stretchPattern } from "../../../src/scan/leaps.ts";
import { loops } from "../regex/loop-grammar.ts";
import { patterns } from "../regex/pattern-grammar.ts";
import { asciiTexts, expectAlike, learn, learnt, take } from "./captures-trial.ts";

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

const literal = (text: string): { readonly lowest: number[]; readonly highest: number[] } => ({
  lowest: [...bytesOf(text)],
  highest: [...bytesOf(text)],
});

/** `user [^ ]+ id digits;` in rows by what was read; row 100 is the name, 200 digits. */
const STEPS: Steps = {
  next: (row, byte) => {
    if (row === 100) return byte === 32 ? 101 : 100;
    if (row === 200) return isDigit(byte) ? 200 : -1;
    const letters = row > 100 ? "id " : "user ";
    const place = row > 100 ? row - 101 : row;
    if (byte !== letters.charCodeAt(place)) return -1;
    if (place + 1 < letters.length) return row + 1;
    return row > 100 ? 200 : 100;
  },
  kind: (row, byte) => STEPS.next(row, byte),
  stays: (row, byte) => STEPS.next(row, byte) === row,
};

test("a stretch goes over what nearly all texts have there, a run over what is of different lengths, with what is behind it", () => {
  const texts = ["user root id 77;", "user a id 1234;", "user administrator id 7;", "user guest id 99;"];
  expect(chooseLeaps(texts.map(bytesOf), 0, STEPS)).toEqual({
    leaps: [
      { row: 0, kind: "stretch", stretch: { ...literal("user "), next: 100 } },
      { row: 100, kind: "run", behind: { ...literal(" id "), next: 200 } },
    ],
    arrivals: [],
  });
});

test("it is told over which steps the rows of leaps are come to", () => {
  const texts = [" root id 77;", " a id 1234;", " administrator id 7;"];
  expect(chooseLeaps(texts.map(bytesOf), 4, STEPS)).toEqual({
    leaps: [{ row: 100, kind: "run", behind: { ...literal(" id "), next: 200 } }],
    arrivals: [{ from: 4, byte: 32, row: 100 }],
  });
});

test("where as many digits stand in all texts they are part of a stretch, whichever they are", () => {
  const texts = ["10:00 x", "23:59 x", "07:30 x"];
  const isMinute = (place: number, byte: number): boolean =>
    place === 2 ? byte === 58 : place < 5 ? isDigit(byte) : byte === 32;
  const steps: Steps = {
    next: (row, byte) => (row < 6 && isMinute(row, byte) ? row + 1 : -1),
    kind: (row, byte) => steps.next(row, byte),
    stays: () => false,
  };
  const stretch = { lowest: [...bytesOf("00:00 ")], highest: [...bytesOf("99:99 ")], next: 6 };
  expect(chooseLeaps(texts.map(bytesOf), 0, steps).leaps).toEqual([{ row: 0, kind: "stretch", stretch }]);
});

test("texts that part, or are few, make no leap", () => {
  expect(chooseLeaps(["user x", "user y"].map(bytesOf), 0, STEPS).leaps).toEqual([]);
  expect(chooseLeaps(["user x", "used y", "us", "us"].map(bytesOf), 0, STEPS).leaps).toEqual([]);
});

test("no leap ends behind a run's byte, nor goes over one that may be seen", () => {
  expect(chooseLeaps(["user ab", "user cd", "user ef"].map(bytesOf), 0, STEPS).leaps).toMatchObject([
    { kind: "stretch", stretch: { lowest: { length: 5 } } },
  ]);
  expect(chooseLeaps(["uset ab", "uset cd", "uset ef"].map(bytesOf), 0, STEPS).leaps).toMatchObject([
    { stretch: { lowest: { length: 3 } } },
  ]);
});

test("a stretch's pattern leaves what is behind it open; a run's holds each of its bytes and no other", () => {
  const stretch = stretchPattern({ lowest: [48, 32], highest: [57, 32] });
  expect([...stretch.subarray(0, 3), ...stretch.subarray(16, 19)]).toEqual([48, 32, 0, 9, 0, 255]);
  const isOfRun = (byte: number): boolean => isDigit(byte) || byte === 9 || byte === 0x7f;
  const run = runPattern(isOfRun);
  for (let byte = 0; byte < 256; byte++) {
    const upper = run[16 + (byte >> 4)] ?? 0;
    expect(((run[byte & 15] ?? 0) & upper) !== 0).toBe(byte < 128 && isOfRun(byte));
  }
});

/** Searches of a regex until it has learnt from others. */
const SEARCHES_TO_LEARN_AGAIN = 120_000;

/** The text with each of its bytes another one, without it, and with one more. */
function variationsOf(text: string): readonly string[] {
  return Array.from(
    { length: text.length },
    (_, at) => [text.slice(0, at), text.slice(at + 1)] as const,
  ).flatMap(([before, behind]) => [
    text.slice(before.length),
    ...["", "0", " ", "x", "7 "].map((other) => before + other + behind),
  ]);
}

const FAILURE =
  "^Failed \\S+ for (?:invalid user )?(?P<user>.*?) from (?P<ip>(?:\\d{1,3}\\.){3}\\d{1,3}) port (?P<port>\\d+)(?: ssh\\d)?(?: \\[preauth\\])?\\s*$";
const PREFIX = "^(?P<id>\\s*\\S+ sshd(?:\\[\\d+\\])?:\\s+)(?:(?:error|fatal): )?(?P<content>.+)$";
const ANYWHERE = "from (?P<ip>\\S+) port (\\d{2,5})(?= ssh)";

test("what leaps captures what the regex does, in texts that are nearly those that came before, too", () => {
  const sources = [FAILURE, PREFIX, ANYWHERE];
  const texts = ["root", "guest", "invalid user a", "invalid user from", "administrator"].flatMap(
    (user, index) => [
      `Failed password for ${user} from 192.0.2.${index * 7} port ${4000 + index} ssh2`,
      ` host1 sshd[${index * 777}]: error: Failed password for ${user} from 10.0.0.${index} port 22 ssh2 [preauth]`,
    ],
  );
  const captures = learnt(sources, texts);
  for (const [index, source] of sources.entries()) {
    const engine = compileRegex(source, { exact: true });
    for (const text of texts.slice(0, 4).flatMap((each) => [each, ...variationsOf(each)])) {
      expect(take(captures, text)).toBe(true);
      for (const to of [text.length, text.length >> 1])
        expect(expectAlike(captures, index, engine, engine.groupCount, text, 0, to)).toBe(true);
    }
  }
});

test("steps that were found after leaps were learnt go where they went when others have been learnt", () => {
  const source = "^(?:(a)|(b)|(c))one and more(\\d+)$|^(?:(d)|(e))other texts(\\w+)$";
  const texts = (begins: readonly string[], behind: string): readonly string[] =>
    begins.flatMap((begin) => [1, 2, 3].map((end) => `${begin}${behind}${end}`));
  const captures = learnt([source], texts(["a", "b"], "one and more"));
  const engine = compileRegex(source, { exact: true });
  const compare = (): void => {
    const text = "cone and more4";
    expect(take(captures, text)).toBe(true);
    expect(expectAlike(captures, 0, engine, engine.groupCount, text, 0, text.length)).toBe(true);
  };
  compare();
  learn(captures, [source], texts(["d", "e"], "other texts"), SEARCHES_TO_LEARN_AGAIN);
  compare();
});

test("no leap goes beyond the part that is searched", () => {
  const source = "^(?P<what>Failed password) for (?P<rest>\\S*)";
  const texts = ["root", "guest", "x"].map((user) => `Failed password for ${user} from 192.0.2.1`);
  const captures = learnt([source], texts);
  const engine = compileRegex(source, { exact: true });
  for (const text of texts) {
    expect(take(captures, text)).toBe(true);
    for (let to = 0; to <= text.length; to++)
      expect(expectAlike(captures, 0, engine, engine.groupCount, text, 0, to)).toBe(true);
  }
});

function expectAlikeAfterLearning(source: fc.Arbitrary<string>, runs: number): number {
  let known = 0;
  const all = fc.array(
    asciiTexts.filter((text) => !text.includes("\n")),
    { minLength: 2, maxLength: 4 },
  );
  fc.assert(
    fc.property(source, fc.constantFrom("", "ab a0 ", "aab"), all, (pattern, before, ends) => {
      try {
        const texts = ends.map((end) => before + before + end);
        const captures = learnt([pattern], texts);
        if (!captures.canRun(0)) return;
        const engine = compileRegex(pattern, { exact: true });
        for (const text of [...texts, ...variationsOf(texts[0] ?? "")]) {
          expect(take(captures, text)).toBe(true);
          if (expectAlike(captures, 0, engine, engine.groupCount, text, 0, text.length)) known++;
        }
      } catch (error) {
        if (!(error instanceof RegexSyntaxError || error instanceof RegexBudgetError)) throw error;
      }
    }),
    { numRuns: runs },
  );
  return known;
}

const RUNS = 150;

test("random patterns capture alike after leaps were learnt", () => {
  expect(expectAlikeAfterLearning(patterns, RUNS)).toBeGreaterThan(RUNS);
}, 60_000);

test("loops capture alike after leaps were learnt", () => {
  expect(expectAlikeAfterLearning(loops, RUNS)).toBeGreaterThan(RUNS);
}, 60_000);
