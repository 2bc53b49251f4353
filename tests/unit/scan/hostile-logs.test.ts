/**
 * Logs that are made to take long: long lines, lines that make the table explode, more sets of patterns than fit.
 * @module
 */
import { expect, test } from "vitest";
import { ITEM_STEP, LineScanner, SKIPPED, SKIPPED_START } from "../../../src/scan/line-scanner.ts";
import { insideStamp, patternOf, scanText, stampOf } from "./scan-trial.ts";

/** Whole lines of many lengths, every third with `root`. */
function manyLines(bytes: number): {
  readonly text: string;
  readonly matching: number;
  readonly all: number;
} {
  let text = "";
  let all = 0;
  for (; text.length < bytes; all++) text += `11 ${"x".repeat(all % 97)}${all % 3 === 0 ? "root" : ""}\n`;
  return { text, matching: Math.ceil(all / 3), all };
}

test("chunks longer than the walk's area, and more items than its area of items holds", () => {
  const scanner = new LineScanner([patternOf("root$")]);
  scanner.setStamp(stampOf("00"));
  const { text, matching, all } = manyLines(500_000);
  const { lines, skipped } = scanText(scanner, text);
  expect(lines.map((line) => line.text)).toEqual(text.split("\n").filter((line) => line.endsWith("root")));
  expect(lines).toHaveLength(matching);
  expect(lines.reduce((sum, line) => sum + line.skipped, skipped)).toBe(all - matching);
  expect(lines[1]).toMatchObject({ skipped: 2, lastSkipped: "{11} xx" });
});

test("a line may be cut off anywhere by the border of a chunk of the caller's", () => {
  const { text } = manyLines(3000);
  const bytes = Buffer.from(text);
  const scanner = new LineScanner([patternOf("xroot$")]);
  scanner.setStamp(stampOf("00"));
  const whole = scanner.scan(bytes, 0, bytes.length);
  const expected = [...whole.items.subarray(0, whole.count * ITEM_STEP)];
  const pieces: number[] = [];
  let skipped = 0;
  for (let from = 0; from < bytes.length; ) {
    const to = bytes.indexOf(10, from + (from % 200)) + 1 || bytes.length;
    const { items, count, ...rest } = scanner.scan(bytes, from, to);
    for (let item = 0; item < count; item++) {
      const words = [...items.subarray(item * ITEM_STEP, (item + 1) * ITEM_STEP)];
      words[SKIPPED] = (words[SKIPPED] ?? 0) + skipped;
      skipped = 0;
      pieces.push(...words.slice(0, SKIPPED_START));
    }
    skipped += rest.skipped;
    from = to;
  }
  expect(pieces).toEqual(expected.filter((_, index) => index % ITEM_STEP < SKIPPED_START));
});

test("lines longer than the walk's area are odd, as is what has no newline", () => {
  const scanner = new LineScanner([patternOf("root")]);
  scanner.setStamp(stampOf("00"));
  const long = `11 ${"y".repeat(200_000)}`;
  const { lines, skipped } = scanText(scanner, `11 a\n${long}\r\r\n11 root\n${long}\n11 b\n11 root`);
  expect(lines.map((line) => [line.text.length, line.stamp, line.patterns, line.skipped])).toEqual([
    [long.length, undefined, [0], 1],
    [7, "11", [0], 0],
    [long.length, undefined, [0], 0],
    [7, undefined, [0], 1],
  ]);
  expect(skipped).toBe(0);
});

test("a line of 64 KiB that keeps every pattern waiting is walked in linear time", () => {
  const scanner = new LineScanner([
    patternOf("(?:a|b|ab)+c$"),
    patternOf("(a+)+d"),
    patternOf("\\d.*\\d.*\\d.*x"),
  ]);
  scanner.setStamp(stampOf("00"));
  const line = `11 ${"ab1".repeat(21_000)}\n`;
  const started = process.cpuUsage();
  expect(scanText(scanner, line.repeat(20))).toMatchObject({ lines: [], skipped: 20 });
  expect(scanText(scanner, `${line.slice(0, -1)}d1x\n`).lines).toMatchObject([{ patterns: [2] }]);
  expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
  expect(scanner.linesGivenUp).toBe(0);
});

/** Patterns whose sets of states explode: what stood up to sixteen characters ago decides. */
const EXPLODING = Array.from({ length: 8 }, (_, index) => `[${"abcdefgh"[index]}x].{${16 - index}}z`);

/** Letters as if thrown by dice, always the same. */
function dice(length: number, letters: string): string {
  let state = 1;
  let text = "";
  for (let index = 0; index < length; index++) {
    state = (state * 48_271) % 2_147_483_647;
    text += letters[state % letters.length];
  }
  return text;
}

test("a log that makes the states explode costs no more than its bytes pay for, and loses no match", () => {
  const scanner = new LineScanner(EXPLODING.map((regex) => patternOf(regex)));
  scanner.setStamp(stampOf("00"));
  const text = `11 ${dice(400_000, "abcdefghxz")
    .match(/.{1,500}/g)
    ?.join("\n11 ")}\n`;
  const started = process.cpuUsage();
  const { lines } = scanText(scanner, text);
  expect(process.cpuUsage(started).user).toBeLessThan(10_000_000);
  const regexes = EXPLODING.map((regex) => new RegExp(regex));
  const found = new Map(lines.map((line) => [line.text, line.patterns]));
  for (const line of text.split("\n").slice(0, -1)) {
    const matching = regexes.flatMap((regex, index) => (regex.test(line.slice(2)) ? [index] : []));
    expect(found.get(line) ?? []).toEqual(expect.arrayContaining(matching));
  }
  expect(scanner.linesGivenUp).toBeGreaterThan(0);
});

test("a table that is full starts anew", () => {
  const scanner = new LineScanner([patternOf("a.{13}z"), patternOf("b\\w{13}z$")]);
  scanner.setStamp(stampOf("00"));
  const body = dice(11_000, "abcz");
  const text = `11 ${body.match(/.{1,100}/g)?.join("\n11 ")}\n`;
  const { lines } = scanText(scanner, text);
  const expected = text.split("\n").filter((line) => /a.{13}z|b\w{13}z$/.test(line));
  expect(lines.map((line) => line.text)).toEqual(expected);
  expect(scanner.linesGivenUp).toBe(0);
});

test("a pattern too large for an automaton may match any line", () => {
  const scanner = new LineScanner([patternOf(`(?:${"a?b|".repeat(6000)}c)d`), patternOf("x")]);
  scanner.setStamp(stampOf("00"));
  expect(scanner.isExact(0)).toBe(false);
  const { lines } = scanText(scanner, "11 x\n11 y\n");
  expect(lines.map(({ patterns }) => patterns)).toEqual([[0, 1], [0]]);
});

test("more sets of patterns than have numbers count as all of them", () => {
  const scanner = new LineScanner(Array.from("abcdefghijkl", (letter) => patternOf(letter, "count")));
  scanner.setStamp(stampOf("00"));
  const text = `11 ${dice(40_000, "abcdefghijkl")
    .match(/.{1,6}/g)
    ?.join("\n11 ")}\n`;
  const { lines, skipped, counted } = scanText(scanner, text);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines[0]?.patterns).toHaveLength(12);
  const given = lines.filter((line) => line.text.includes("a")).length;
  expect((counted[0] ?? 0) + given).toBe(text.split("\n").filter((line) => line.includes("a")).length);
  expect(lines.reduce((sum, line) => sum + line.skipped, skipped)).toBe(
    text.split("\n").length - 1 - lines.length,
  );
});

test("a line that is given up may have a stranger in it", () => {
  const scanner = new LineScanner(EXPLODING.map((regex) => patternOf(regex)));
  scanner.setStamp({ ...insideStamp({ strangers: patternOf("10:20").root }) });
  const text = `[10:20] ${dice(300_000, "abcdefghxz")
    .match(/.{1,500}/g)
    ?.join(" 10:20\n[10:20] ")}\n`;
  const { lines } = scanText(scanner, text);
  expect(scanner.linesGivenUp).toBeGreaterThan(0);
  expect(lines.filter((line) => line.stamp !== undefined && line.text.endsWith("10:20"))).toEqual([]);
});
