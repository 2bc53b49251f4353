/**
 * A line comes to the same whatever lines stand before and behind it: stamps are held against one before, and lines that come again and
 * again are learnt from.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { LineScanner } from "../../../src/scan/line-scanner.ts";
import { insideStamp, patternOf, type SeenLine, SYSLOG_STAMP, scanText, stampOf } from "./scan-trial.ts";

const PATTERNS = ["^ root from \\d+$", "r\\w+t", "(?:a|b)*a(?:a|b){6}$", "^<> x", "b{3}"];

const scanner = (): LineScanner => new LineScanner(PATTERNS.map((pattern) => patternOf(pattern)));

type Found = Omit<SeenLine, "skipped" | "lastSkipped">;

const foundOf = ({ text, stamp, patterns }: SeenLine): Found => ({ text, stamp, patterns });

const piece = fc.constantFrom(
  "a",
  "b",
  "ab",
  "r",
  "t",
  " root from 12",
  "xxxxxxxxxxxxxxxxxxxxxxxxx",
  "[",
  "\xe4",
  "\r",
  " ",
);
const rest = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

/** Most are stamps of the kind that is waited for, some nearly so. */
const stamps = fc.oneof(
  fc
    .tuple(fc.nat({ max: 59 }), fc.nat({ max: 9 }))
    .map(([minute, second]) => `Nov 23 08:${String(minute).padStart(2, "0")}:0${second}`),
  fc.stringMatching(/^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d$/),
  fc.tuple(fc.nat({ max: 14 }), fc.constantFrom(..."0a: -\xe4\r/[{`@")).map(([at, byte]) => {
    const stamp = "Nov 23 08:00:01";
    return stamp.slice(0, at) + byte + stamp.slice(at + 1);
  }),
  fc.constantFrom("", "Nov 23", "Nov 23 08:00:011"),
);

function expectAlike(make: () => LineScanner, lines: readonly string[]): void {
  const alone = lines.flatMap((line) => scanText(make(), `${line}\n`).lines.map(foundOf));
  const { lines: together, skipped } = scanText(make(), `${lines.join("\n")}\n`);
  expect(together.map(foundOf)).toEqual(alone);
  expect(together.reduce((sum, line) => sum + line.skipped, skipped)).toBe(lines.length - alone.length);
}

test("with stamps where lines begin", () => {
  const make = (): LineScanner => {
    const made = scanner();
    made.setStamp(SYSLOG_STAMP);
    return made;
  };
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(stamps, rest).map((both) => both.join("")),
        { minLength: 1, maxLength: 20 },
      ),
      (lines) => expectAlike(make, lines),
    ),
    { numRuns: 200 },
  );
});

test("with stamps in the middle", () => {
  const make = (): LineScanner => {
    const made = scanner();
    made.setStamp(insideStamp({}));
    return made;
  };
  const stamp = fc.constantFrom("[10:20]", "[23:59]", "[1O:20]", "[10:20", "<[10:21]> x", "<[10:21]>", "");
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(rest, stamp, rest).map((all) => all.join("")),
        { minLength: 1, maxLength: 20 },
      ),
      (lines) => expectAlike(make, lines),
    ),
    { numRuns: 200 },
  );
});

/** Bytes of lines after which a walk has learnt from them. */
const BYTES_TO_LEARN = 2_500_000;
/** And after which from others. */
const BYTES_TO_LEARN_AGAIN = 20_000_000;

/** The text with each of its bytes another one, or without it. */
const variationsOf = (text: string): readonly string[] =>
  Array.from({ length: text.length }, (_, at) => [text.slice(0, at), text.slice(at + 1)]).flatMap(
    ([before = "", behind = ""]) => ["", "0", " ", "x", "\xe4"].map((other) => before + other + behind),
  );

function learn(made: LineScanner, lines: readonly string[], length: number): void {
  const bytes = Buffer.from(`${lines.join("\n")}\n`.repeat(1000), "latin1");
  for (let scanned = 0; scanned < length; scanned += bytes.length) made.scan(bytes, 0, bytes.length);
}

function expectAlikeAfterLearning(make: () => LineScanner, lines: readonly string[]): void {
  const made = make();
  learn(made, lines, BYTES_TO_LEARN);
  const near = lines.flatMap((line) => [line, ...variationsOf(line)]);
  const text = `${near.join("\n")}\n`;
  expect(scanText(made, text)).toEqual(scanText(make(), text));
  // and steps that were found since lead where they led when others were learnt
  const others = lines.slice(0, 3).map((line) => line.replace(/host (.*) for .*/, "h $1 for x y from"));
  learn(made, others, BYTES_TO_LEARN_AGAIN);
  const all = `${[...near, ...others.flatMap(variationsOf)].join("\n")}\n`;
  expect(scanText(made, all)).toEqual(scanText(make(), all));
}

test.each([
  ["where lines begin", SYSLOG_STAMP, "Nov 23 08:00:01"],
  ["in the middle", insideStamp({}), "<[10:20]"],
])("also where lines like them came again and again, with stamps %s", (_, stamp, text) => {
  const patterns = [
    "^<?>? ?host sshd\\[\\d+\\]: Failed \\w+ for \\S+ from \\S+$",
    "r\\w+t from",
    "(?:a|b)*a(?:a|b){6}$",
  ];
  const make = (): LineScanner => {
    const made = new LineScanner(patterns.map((pattern) => patternOf(pattern)));
    made.setStamp(stamp);
    return made;
  };
  const failures = ["root", "guest", "a", "administrator"].map(
    (user, index) =>
      `${text} host sshd[${index * 77}]: Failed password for ${user} from 192.0.2.${index * 9}`,
  );
  expectAlikeAfterLearning(make, failures);
  expectAlikeAfterLearning(make, [
    ...failures,
    `${text} ${"ab".repeat(30)}`,
    `${text} host cron: x`,
    `${text}`,
  ]);
});

test("also where the table begins anew between them", () => {
  const pattern = "^ (?:a|b)*a(?:a|b){13}$";
  const made = new LineScanner([patternOf(pattern)]);
  made.setStamp(stampOf("00"));
  // lines that cost nothing pay for the others
  const filler = `11 ${"x".repeat(97)}\n`.repeat(1300);
  let bits = 1;
  const random = (): number => {
    bits = (Math.imul(bits, 1_103_515_245) + 12_345) >>> 0;
    return bits >>> 16;
  };
  for (let round = 0; round < 8; round++) {
    for (let times = 0; times < 6; times++) scanText(made, filler);
    const lines = Array.from({ length: 60 }, () =>
      Array.from({ length: 30 + (random() % 60) }, () => (random() & 1 ? "a" : "b")).join(""),
    );
    const found = scanText(made, lines.map((line) => `11 ${line}\n`).join("")).lines;
    expect(found.map(({ text }) => text.slice(3))).toEqual(
      lines.filter((line) => new RegExp(pattern).test(` ${line}`)),
    );
  }
  expect(made.linesGivenUp).toBe(0);
});
