/**
 * Leaps over IPv4 addresses: which bytes are one, where such leaps are chosen, and that both walks come to the same with them.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compileRegex } from "../../../src/regex/compile.ts";
import { chooseLeaps, type Steps } from "../../../src/scan/leaps.ts";
import { LineScanner } from "../../../src/scan/line-scanner.ts";
import { bytesOfShape, quadAt, quadLeap, SHAPES } from "../../../src/scan/quads.ts";
import { expectAlike, learnt, take } from "./captures-trial.ts";
import { patternOf, SYSLOG_STAMP, scanText } from "./scan-trial.ts";

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");

test.each([
  ["192.0.2.1", 9],
  ["1.1.1.1 x", 7],
  ["255.255.255.255", 15],
  ["999.0.0.1:", 9],
  ["1.2.3", undefined],
  ["1.2.3.", undefined],
  ["1.2.3.4.", undefined],
  ["1.2.3.4.5", undefined],
  ["1.2.3.4567", undefined],
  ["1234.2.3.4", undefined],
  ["1..3.4", undefined],
  [".1.2.3.4", undefined],
  ["1.2.3.a", undefined],
  ["", undefined],
])("where an address in %j ends: %s", (text, end) => {
  expect(quadAt(bytesOf(text), 0)?.end).toBe(end);
  expect(quadAt(bytesOf(`x${text}`), 1)?.end).toBe(end === undefined ? undefined : end + 1);
});

test("every shape is that of its bytes", () => {
  for (let shape = 0; shape < SHAPES; shape++) {
    const bytes = Uint8Array.from(bytesOfShape(shape));
    expect(quadAt(bytes, 0)).toEqual({ shape, end: bytes.length });
  }
});

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/** `from (digits or dots); `, with a row for each place of an address up to the 15th; 100 is behind the blank. */
const STEPS: Steps = {
  next: (row, byte) => {
    if (row < 5) return byte === "from ".charCodeAt(row) ? row + 1 : -1;
    if (row < 21 && (isDigit(byte) || byte === 46)) return row + 1;
    return row < 21 && byte === 32 ? 100 : -1;
  },
  kind: (row, byte) => STEPS.next(row, byte),
  stays: () => false,
};

const ADDRESSES = ["192.0.2.1", "10.0.0.12", "203.0.113.255", "8.8.8.8"];

test("where half of the texts go on with an address there is a leap over all of them, and none over its first digits", () => {
  const texts = [...ADDRESSES, "host", "::1"].map((address) => `from ${address} port`);
  const { leaps } = chooseLeaps(texts.map(bytesOf), 0, STEPS);
  expect(leaps).toMatchObject([
    { row: 0, kind: "stretch", stretch: { lowest: { length: 5 }, next: 5 } },
    { row: 5, kind: "quad", quad: { behind: 32, ends: new Array(SHAPES).fill(100) } },
  ]);
  const fewer = [...texts, "from ::2 port", "from ::3 port", "from ::4 port"];
  expect(chooseLeaps(fewer.map(bytesOf), 0, STEPS).leaps.map(({ row }) => row)).not.toContain(5);
});

test("a leap leads nowhere where digits are not alike, or what comes of an address is not known", () => {
  expect(quadLeap(5, [32], STEPS)).toEqual({ behind: 32, ends: new Array(SHAPES).fill(100) });
  const unlike = {
    ...STEPS,
    kind: (row: number, byte: number) => (row === 7 ? byte : STEPS.next(row, byte)),
  };
  // from row 5 the third byte of an address is a digit, but for numbers of one digit with the dot and another one
  const ends = quadLeap(5, [32], unlike)?.ends ?? [];
  for (let shape = 0; shape < SHAPES; shape++)
    expect(ends[shape]).toBe(isDigit(bytesOfShape(shape)[2] ?? 0) ? -1 : 100);
  expect(quadLeap(20, [32], STEPS)).toBeUndefined();
  // at a text's end, and before what is no character of a line
  expect(quadLeap(5, [undefined], STEPS)?.behind).toBe(-1);
  expect(quadLeap(5, [10], STEPS)?.behind).toBe(-1);
});

const number = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map(String),
  fc.integer({ min: 0, max: 255 }).map(String),
  fc.constantFrom("0", "7", "42", "256", "999", "0123", "", "a", "f"),
);
/** Most are no addresses. */
const nearly = fc
  .tuple(
    fc.array(number, { minLength: 3, maxLength: 5 }),
    fc.constantFrom("", "", "", "", "", "", ".", ":", "]", "::"),
    fc.constantFrom(
      " port 22 ssh2",
      " port 22 ssh2",
      " port 4711",
      "",
      "",
      " port",
      "  port 1 ssh2",
      "x",
      ": Bye",
    ),
  )
  .map(([numbers, end, rest]) => numbers.join(".") + end + rest);

/** Addresses of all shapes as they come. */
const seen = (before: string, behind: string): readonly string[] =>
  Array.from({ length: SHAPES }, (_, shape) => {
    const digits = String.fromCharCode(...bytesOfShape(shape)).replaceAll("0", () => String(shape % 10));
    return `${before}${digits}${behind}`;
  });

const ADDRESS = "(?P<ip>(?:\\d{1,3}\\.){3}\\d{1,3})";
const SIX = "(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|::){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):))";

test.each([
  [`^Failed (?P<user>.*) from (?:${ADDRESS}|${SIX}) port (\\d+)(?: ssh2)?$`, " port 22 ssh2"],
  [`^Failed (?P<user>\\S*) from ${ADDRESS}`, ""],
  [
    "^Failed (.*) from ((?:2(?:5[0-5]|[0-4]\\d)|1\\d\\d|\\d{1,2})\\.(\\d+)\\.\\d+\\.\\d+)(?: port|$)",
    " port 7",
  ],
  ["^Failed (.*) from (\\S+)(?: port \\d+)?", " port 22"],
])(
  "%s captures what it does alone, once addresses came again and again",
  (source, behind) => {
    const captures = learnt([source], seen("Failed root from ", behind));
    const engine = compileRegex(source, { exact: true });
    const texts = fc.oneof(nearly, fc.constantFrom(...seen("", behind)), fc.constantFrom(...seen("", "")));
    fc.assert(
      fc.property(fc.constantFrom("root", "1.2.3.4", "x from 192.0.2.7"), texts, (user, rest) => {
        const text = `Failed ${user} from ${rest}`;
        expect(take(captures, text)).toBe(true);
        for (const to of [text.length, text.length - 1, text.length - 3])
          expect(expectAlike(captures, 0, engine, engine.groupCount, text, 0, to)).toBe(true);
      }),
      { numRuns: 600 },
    );
  },
  30_000,
);

test("lines are accepted as before, once addresses came again and again", () => {
  const patterns = [
    "^ Failed .* from (?:(?:\\d{1,3}\\.){3}\\d{1,3}|[0-9a-f:]+) port \\d+(?: ssh2)?$",
    "^ Failed root from (?:\\d{1,3}\\.){3}(?:25[0-5]|1\\d\\d|\\d{1,2}) ?",
    "^ Failed \\S+ from (?:\\d{1,3}\\.){3}\\d{1,3}$",
  ];
  const make = (): LineScanner => {
    const made = new LineScanner(patterns.map((pattern) => patternOf(pattern)));
    made.setStamp(SYSLOG_STAMP);
    return made;
  };
  const stamp = "Nov 23 08:00:01";
  for (const behind of [" port 22 ssh2", ""]) {
    const lines = seen(`${stamp} Failed root from `, behind);
    const made = make();
    const bytes = bytesOf(`${lines.join("\n")}\n`.repeat(100));
    for (let scanned = 0; scanned < 2_500_000; scanned += bytes.length) made.scan(bytes, 0, bytes.length);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("root", "a b"), nearly), { minLength: 20 }), (all) => {
        const near = all.map(([user, rest]) => `${stamp} Failed ${user} from ${rest}`);
        const text = [...near, ...lines].map((line) => `${line}\n`).join("");
        expect(scanText(made, text)).toEqual(scanText(make(), text));
      }),
      { numRuns: 20 },
    );
  }
}, 30_000);
