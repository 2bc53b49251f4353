/**
 * Lines that are counted where they lie come to the numbers that they come to one after another, and leave the same behind: for logs of
 * which most lines can be counted so. Other logs: fast-path.test.ts.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Dice } from "../../dice.ts";
import { compareWays, WAYS } from "./fast-and-plain.ts";

const RUNS = 60;

const way = WAYS.find(({ inNumbers }) => inNumbers);
if (way === undefined) throw new Error("no way counts lines in numbers");
const serverWays = WAYS.filter(({ wantsFailures }) => wantsFailures);

const PREFIX =
  "^ h <F-MLFID>app\\[\\d+\\]</F-MLFID>: (?:<F-NOFAIL>good</F-NOFAIL> )?<F-CONTENT>.+</F-CONTENT>$";
const REGEXES = [
  "^fail of <F-USER>\\S*</F-USER> from <HOST>",
  "^fail of (?:root|<F-ALT_USER>b\\w+</F-ALT_USER>) from",
  "^<F-MLFGAINED>in</F-MLFGAINED> of <F-USER>\\S*</F-USER> from <ADDR>",
  "^<F-MLFFORGET>bye</F-MLFFORGET> of \\S* from <HOST>",
  "^<F-MLFFORGET><F-NOFAIL>bye</F-NOFAIL></F-MLFFORGET> of <F-USER>x</F-USER> from <ADDR>",
  "^<F-MLFGAINED>bye</F-MLFGAINED> of(?P<mlfforget> x)? from <ADDR>",
  "^(?:bye|fail) of (?:x|root) from <ADDR>",
  "^cut (?:<F-ID>x+</F-ID>)?<CIDR>",
  "^odd from <HOST>\\s*\\n?$",
  "^odd (?:of (?P<ip4>\\S+))?",
];

const address = fc.oneof(
  { weight: 6, arbitrary: fc.ipV4() },
  { weight: 2, arbitrary: fc.ipV6() },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        "1.2.3.256",
        "1.2.3.04",
        "1.2.3",
        "1.2.3.4.5",
        "01.2.3.4",
        "h.example",
        "0.0.0.0",
        "255.255.255.255",
      ],
      ...[
        "2001:db8::1",
        "2001:DB8::1",
        "::1",
        "1::",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "::ffff:1.2.3.4",
      ],
      ...["2001:db8:0:0:1::2", "12345::1", "1:2:3:4:5:6:7::"],
    ),
  },
);

const line = fc
  .record({
    key: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 60_000 }) },
      { weight: 1, arbitrary: fc.nat(9) },
    ),
    good: fc.constantFrom("", "", "", "", "good "),
    what: fc.constantFrom(
      ...[
        "fail of bob",
        "fail of bob",
        "fail of root",
        "fail of ",
        "in of eve",
        "bye of x",
        "bye of x",
        "bye of",
        "nothing of y",
      ],
    ),
    from: fc.constantFrom(" from ", " from ", " from ", " from ", " of "),
    address,
    rest: fc.constantFrom("", "", "", " ", "\r", " é", " fail", ` ${"x".repeat(1000)}`),
  })
  .map(({ key, good, what, from, address: at, rest }) => `h app[${key}]: ${good}${what}${from}${at}${rest}`);

const other = fc
  .tuple(fc.constantFrom("cut x", "cut ", "odd from ", "odd of ", ""), address)
  .map((words) => `h app[7]: ${words.join("")}`);

const text = fc.oneof({ weight: 12, arbitrary: line }, { weight: 1, arbitrary: other });

/** Stamps of lines one after another: of the same second, the same minute, or another one; some that are none. */
const stamps = fc.record({
  fraction: fc.boolean(),
  steps: fc.array(
    fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(0, 0, 1) },
      { weight: 1, arbitrary: fc.constantFrom(7, 60, 3600, -1, -100) },
    ),
    {
      minLength: 200,
      maxLength: 200,
    },
  ),
  oddEvery: fc.integer({ min: 20, max: 400 }),
  days: fc.constantFrom(0, 0, 0, 1, 20),
});

function linesOf(
  texts: readonly string[],
  { fraction, steps, oddEvery, days }: typeof stamps extends fc.Arbitrary<infer T> ? T : never,
  { begin, span }: Hours,
): readonly string[] {
  let offset = 0;
  return texts.map((of, index) => {
    offset = Math.max(0, offset + (steps[index % steps.length] ?? 0));
    const second = begin + (offset % span);
    const at = new Date(Date.UTC(2026, 10, 22 - days, 0, 0, second % 86_400)).toISOString();
    const stamp = fraction
      ? `${at.slice(0, 19)}.${String(100_000 + index * 37)}`
      : at.slice(0, 19).replace("T", " ");
    return index % oddEvery === 0 ? `${index % 2 === 0 ? "" : "x "}${stamp}x ${of}` : `${stamp} ${of}`;
  });
}

/** When lines were written: in seconds of the day, of which it is noon. */
interface Hours {
  readonly begin: number;
  readonly span: number;
}

const ALL_DAY: Hours = { begin: 3 * 3600, span: 21 * 3600 };
/** most of what is read at a start is within findtime; most of what is read in operation has just happened */
const LATELY: Hours = { begin: 12 * 3600 - 650, span: 700 };
const NOW: Hours = { begin: 12 * 3600 - 65, span: 100 };

test.each([
  { of: "in numbers", way, hours: ALL_DAY, share: 1 / 20 },
  ...serverWays.map((one) =>
    one.inOperation
      ? { of: "in operation, those that are no failures", way: one, hours: NOW, share: 1 / 100 }
      : { of: "at a start, those that are no failures", way: one, hours: LATELY, share: 1 / 100 },
  ),
])(
  "lines are counted as they would be taken one after another: $of",
  ({ way, hours, share }) => {
    let counted = 0;
    let lines = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(PREFIX, PREFIX.replace("\\[\\d+", "\\[[0-9]{1,4}"), undefined),
        fc.shuffledSubarray(REGEXES, { minLength: 3 }),
        fc
          .array(text, { minLength: 300, maxLength: 600, size: "max" })
          .map((texts) => [...texts, ...texts, ...texts]),
        stamps,
        fc.integer(),
        (prefregex, failregex, texts, chosen, seed) => {
          const own =
            prefregex === undefined
              ? failregex.map((regex) => regex.replace("^", "^ h app\\[\\d+\\]: (?:good )?"))
              : failregex;
          const bytes = Buffer.from(
            linesOf(texts, chosen, hours)
              .map((of) => `${of}\n`)
              .join(""),
          );
          const agreement = compareWays({ prefregex, failregex: own }, bytes, way, new Dice(seed));
          expect(agreement?.difference).toBeUndefined();
          counted += agreement?.counted ?? 0;
          lines += agreement?.lines ?? 0;
        },
      ),
      { numRuns: RUNS },
    );
    expect(counted).toBeGreaterThan(lines * share);
  },
  120_000,
);

test("a line that ends what nobody began is counted once, with each regex that it matches", () => {
  const failregex = [
    "^<F-MLFFORGET><F-MLFGAINED>bye</F-MLFGAINED></F-MLFFORGET> of \\S+ from <ADDR>",
    "^<F-MLFFORGET><F-NOFAIL>bye</F-NOFAIL></F-MLFFORGET> of <F-USER>\\S+</F-USER> from <HOST>",
    "^<F-MLFFORGET>bye</F-MLFFORGET> of x from <ADDR>",
  ];
  const texts = Array.from(
    { length: 3000 },
    (_, index) => `2026-11-22 11:59:58 h app[${index}]: bye of x from 192.0.2.${index % 256}\n`,
  );
  const agreement = compareWays(
    { prefregex: PREFIX, failregex },
    Buffer.from(texts.join("")),
    way,
    new Dice(1),
  );
  expect(agreement?.difference).toBeUndefined();
  expect(agreement?.counted).toBeGreaterThan(texts.length / 4);
});

const SESSIONS = {
  prefregex:
    "^ h <F-MLFID>\\wapp\\[\\d+\\]</F-MLFID>: (?:<F-NOFAIL>good</F-NOFAIL> )?<F-CONTENT>.+</F-CONTENT>$",
  failregex: [
    "^fail of <F-USER>\\S*</F-USER> from <ADDR>",
    "^in <F-MLFGAINED>of</F-MLFGAINED> <F-USER>\\S*</F-USER> from <ADDR>",
    "^<F-MLFFORGET>bye</F-MLFFORGET> of <F-USER>\\S*</F-USER> from <ADDR>",
  ],
};

/** Few keys, some of which end alike. */
const sessionLine = fc
  .record({
    key: fc.tuple(fc.constantFrom("a", "b"), fc.integer({ min: 10_000, max: 10_030 })),
    good: fc.constantFrom("", "", "", "", "", "good "),
    what: fc.constantFrom("fail", "fail", "fail", "fail", "fail", "fail", "in", "bye", "bye"),
    user: fc.constantFrom("bob", "bob", "eve", ""),
    at: fc.constantFrom("192.0.2.1", "192.0.2.77", "2001:db8::1"),
    rest: fc.constantFrom("", "", ` ${"x".repeat(300)}`),
  })
  .map(
    ({ key: [host, pid], good, what, user, at, rest }) =>
      `2026-11-22 11:59:58 h ${host}app[${pid}]: ${good}${what} of ${user} from ${at}${rest}\n`,
  );

test("sessions of several lines come to what they come to one after another", () => {
  let counted = 0;
  let lines = 0;
  fc.assert(
    fc.property(
      fc.array(sessionLine, { minLength: 60, maxLength: 200, size: "max" }),
      fc.integer(),
      (texts, seed) => {
        // once the rows are there that all of them need
        const bytes = Buffer.from(Array.from({ length: 30 }, () => texts.join("")).join(""));
        const agreement = compareWays(SESSIONS, bytes, way, new Dice(seed));
        expect(agreement?.difference).toBeUndefined();
        counted += agreement?.counted ?? 0;
        lines += agreement?.lines ?? 0;
      },
    ),
    { numRuns: RUNS },
  );
  expect(counted).toBeGreaterThan(lines / 50);
}, 120_000);
