/**
 * Lines, stamps, skipped lines and counts as the scanner gives them.
 * @module
 */
import { expect, test } from "vitest";
import { LineScanner } from "../../../src/scan/line-scanner.ts";
import { insideStamp, patternOf, SYSLOG_STAMP, scanText, seen, stampOf } from "./scan-trial.ts";

const AT = "Nov 23 08:00:0";

test("lines that may match come with the patterns, others are counted", () => {
  const scanner = new LineScanner([patternOf("^ root from \\d+$"), patternOf("r\\w+t")]);
  scanner.setStamp(SYSLOG_STAMP);
  const text = `${AT}1 root from 12\n${AT}2 other\n${AT}3 other, too\r\r\n${AT}4 so root\n${AT}5 last\n`;
  expect(scanText(scanner, text)).toEqual({
    lines: [
      { text: `${AT}1 root from 12`, stamp: `${AT}1`, patterns: [0, 1], skipped: 0, lastSkipped: undefined },
      {
        text: `${AT}4 so root`,
        stamp: `${AT}4`,
        patterns: [1],
        skipped: 2,
        lastSkipped: `{${AT}3} other, too\r\r`,
      },
    ],
    skipped: 1,
    lastSkipped: `{${AT}5} last`,
    counted: [0, 0],
  });
});

test("lines without an ordinary stamp are odd, and so is every line without a stamp", () => {
  const scanner = new LineScanner([patternOf("a")]);
  expect(scanText(scanner, "a\nb\n\r\n\n").lines.map(({ text, stamp }) => [text, stamp])).toEqual([
    ["a", undefined],
    ["b", undefined],
    ["", undefined],
    ["", undefined],
  ]);
  scanner.setStamp(SYSLOG_STAMP);
  const text = `${AT}1 b\n${AT}123\n${AT}2\nNov 23\n\n`;
  expect(scanText(scanner, text)).toMatchObject({
    lines: [
      { text: `${AT}123`, stamp: undefined, patterns: [0], skipped: 1 },
      { text: "Nov 23", stamp: undefined, patterns: [0], skipped: 1, lastSkipped: `{${AT}2}` },
      { text: "", stamp: undefined, patterns: [0], skipped: 0 },
    ],
  });
  scanner.setStamp(undefined);
  expect(scanText(scanner, text).lines).toHaveLength(5);
});

test("what stands before the stamp and behind it is one text", () => {
  const scanner = new LineScanner([patternOf("^<> x$"), patternOf("<>"), patternOf(">x")]);
  scanner.setStamp(stampOf("00:00", "<"));
  const { lines } = scanText(scanner, "<08:00> x\n08:00> x\n<08:00>x\n");
  expect(lines.map(({ text, stamp, patterns }) => [text, stamp, patterns])).toEqual([
    ["<08:00> x", "08:00", [0, 1]],
    ["08:00> x", undefined, [0, 1, 2]],
    ["<08:00>x", "08:00", [1, 2]],
  ]);
});

test("lines that only a count pattern matches are counted; with bytes beyond ASCII they are given out", () => {
  const scanner = new LineScanner([patternOf("ab", "count"), patternOf("cd"), patternOf("b", "count")]);
  scanner.setStamp(stampOf("00"));
  const seen = scanText(scanner, "11 ab\n11 b\n11 abcd\n11 x\n11 ab\xe4\n11 \xe4\n");
  expect(seen.lines.map(({ text, patterns }) => [text, patterns])).toEqual([
    ["11 abcd", [0, 1, 2]],
    ["11 ab\xe4", [0, 2]],
  ]);
  expect(seen.counted).toEqual([1, 0, 2]);
  expect(scanText(scanner, "11 b\n").counted).toEqual([0, 0, 1]);
});

test("a count pattern that the scanner is not sure about is a candidate", () => {
  const scanner = new LineScanner([patternOf("a(?=b+)", "count")]);
  scanner.setStamp(stampOf("00"));
  expect(scanner.isExact(0)).toBe(false);
  expect(scanText(scanner, "11 ac\n")).toMatchObject({ lines: [{ patterns: [0] }], counted: [0] });
});

/** Text and stamp of each line given out; the text of a line without an ordinary stamp alone. */
function stampsOf(scanner: LineScanner, text: string): (readonly [string, string | undefined])[] {
  return scanText(scanner, text).lines.map((line) => [line.text, line.stamp] as const);
}

test("a stamp in the middle of a line stands between its bytes, behind ASCII alone", () => {
  const scanner = new LineScanner([patternOf("x")]);
  scanner.setStamp(insideStamp({}));
  const text = "a [10:20] x\n[10:20] x\nx [1] [10:20]\nx [10:20\nx 10:20]\nx\xe4[10:20]\nx[10:20]\xe4\nx [\n";
  expect(stampsOf(scanner, text)).toEqual([
    ["a [10:20] x", "10:20"],
    ["[10:20] x", "10:20"],
    ["x [1] [10:20]", "10:20"],
    ["x [10:20", undefined],
    ["x 10:20]", undefined],
    ["x\xe4[10:20]", undefined],
    ["x[10:20]\xe4", "10:20"],
    ["x [", undefined],
  ]);
  expect(scanText(scanner, `x${"[".repeat(100)}10:20]\n`).lines).toMatchObject([{ stamp: undefined }]);
});

test("a stamp in the middle stands behind the first such byte, or not before an offset, or anything behind it", () => {
  const scanner = new LineScanner([patternOf("x")]);
  scanner.setStamp(insideStamp({ isBehindFirst: true }));
  expect(stampsOf(scanner, "x [1] [10:20]\nx [10:20]\n")).toEqual([
    ["x [1] [10:20]", undefined],
    ["x [10:20]", "10:20"],
  ]);
  scanner.setStamp(insideStamp({ minStart: 3 }));
  expect(stampsOf(scanner, "x[10:20] [10:30]\nx [10:20]\n")).toEqual([
    ["x[10:20] [10:30]", undefined],
    ["x [10:20]", "10:20"],
  ]);
  scanner.setStamp(insideStamp({ after: undefined }));
  expect(stampsOf(scanner, "x [10:20\nx [10:20 \nx [10:200\n")).toEqual([
    ["x [10:20", "10:20"],
    ["x [10:20 ", "10:20"],
    ["x [10:200", undefined],
  ]);
});

test("what stands before a stamp in the middle and behind it is one text, and skipped lines tell their stamps", () => {
  const scanner = new LineScanner([patternOf("^a \\[\\] x$"), patternOf("^\\d+ \\["), patternOf("\\[\\]$")]);
  scanner.setStamp(insideStamp({}));
  const bytes = Buffer.from("a [10:20] x\n7 [10:20]\nb [10:20] y\n");
  const result = scanner.scan(bytes, 0, bytes.length);
  expect(seen(scanner, bytes, result).lines.map(({ patterns }) => patterns)).toEqual([[0], [1, 2]]);
  expect(seen(scanner, bytes, result).lastSkipped).toBe("b [{10:20}] y");
});

test("lines with a stranger in them are odd, whatever else they match", () => {
  const scanner = new LineScanner([patternOf("x"), patternOf("y", "count")]);
  const strangers = patternOf("\\d\\d:|[^\\x00-\\x7f]").root;
  scanner.setStamp(insideStamp({ strangers }));
  const text = "[10:20] x\n[10:20] x 10:\n[10:20] 10: x\n[10:20] \xe4\n[10:20] 10:\n[10:20] 10\n[10:20] y\n";
  const { lines, skipped, counted } = scanText(scanner, text);
  expect(lines.map((line) => [line.text, line.stamp])).toEqual([
    ["[10:20] x", "10:20"],
    ["[10:20] x 10:", undefined],
    ["[10:20] 10: x", undefined],
    ["[10:20] \xe4", undefined],
    ["[10:20] 10:", undefined],
  ]);
  expect([skipped, counted]).toEqual([2, [0, 1]]);
  // without strangers, the same lines are ordinary; with other ones, others are not; there are only so many kinds
  scanner.setStamp(insideStamp({}));
  expect(stampsOf(scanner, "[10:20] x 10:\n")).toEqual([["[10:20] x 10:", "10:20"]]);
  scanner.setStamp(insideStamp({ strangers: patternOf("x").root }));
  expect(stampsOf(scanner, "[10:20] x 10:\n")).toEqual([["[10:20] x 10:", undefined]]);
  const more = insideStamp({ strangers: patternOf("z").root });
  scanner.setStamp(more);
  expect(stampsOf(scanner, "[10:20] x\n[10:20] y\n")).toHaveLength(2);
  scanner.setStamp(insideStamp({ strangers }));
  expect(stampsOf(scanner, "[10:20] x\n[10:20] y\n")).toEqual([["[10:20] x", "10:20"]]);
  expect(scanText(scanner, "[10:20] y\n".repeat(120_000)).lines).toEqual([]);
  scanner.setStamp(more);
  expect(stampsOf(scanner, "[10:20] x\n[10:20] z\n[10:20] x z\n")).toEqual([
    ["[10:20] x", "10:20"],
    ["[10:20] z", undefined],
    ["[10:20] x z", undefined],
  ]);
});

test("stamps of all lengths, the same as before or nearly so", () => {
  const scanner = new LineScanner([patternOf("x")]);
  for (let length = 1; length < 45; length++) {
    scanner.setStamp(stampOf("0".repeat(length)));
    const stamps = ["1".repeat(length), "1".repeat(length), `${"1".repeat(length - 1)}2`, "3".repeat(length)];
    const text = stamps.flatMap((stamp) => [`${stamp} x`, `${stamp}9 x`, `${stamp}-x`]).join("\n");
    expect(stampsOf(scanner, `${text}\n`)).toEqual(
      stamps.flatMap((stamp) => [
        [`${stamp} x`, stamp],
        [`${stamp}9 x`, undefined],
        [`${stamp}-x`, stamp],
      ]),
    );
  }
  scanner.setStamp(insideStamp({}));
  expect(stampsOf(scanner, "[10:20]x\n[10:20 x\n[10:200]x\n[10:20]x\n[10:20")).toEqual([
    ["[10:20]x", "10:20"],
    ["[10:20 x", undefined],
    ["[10:200]x", undefined],
    ["[10:20]x", "10:20"],
    ["[10:20", undefined],
  ]);
});
