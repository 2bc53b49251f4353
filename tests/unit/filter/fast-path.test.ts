/**
 * The fast path comes to what the filter comes to line by line, for random filters, whatever the lines. Those of the stock: the
 * conformance layer.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Dice } from "../../dice.ts";
import { compareWays, filterOf, WAYS } from "./fast-and-plain.ts";

/** Random filters. */
const RUNS = 300;

const piece = fc.constantFrom(
  ...[
    "\\s*",
    "\\S+",
    "\\w+",
    "[^:]*",
    ".*",
    ".+?",
    "(?:a|ab)",
    "(?i:Ab)",
    "\\b",
    "\\B",
    "$",
    "^",
    "\\A",
    "\\Z",
  ],
  ...[
    "(?m:^)",
    "(?m:$)",
    "\\n",
    "\\s",
    "[^a]",
    "x{,2}",
    "(?!root)",
    "(?<=a)",
    "(?=b)",
    "(?>a+)",
    "(?:ab){0,20}",
  ],
  ...[
    "(?P<q>['\"])?b(?(q)(?P=q))",
    "<F-USER>\\S+</F-USER>",
    "<F-NOFAIL>a</F-NOFAIL>",
    "<F-MLFGAINED>b</F-MLFGAINED>",
    "(?:<F-MLFFORGET>ab?</F-MLFFORGET>)?",
    "(?:<F-ALT_USER>\\w</F-ALT_USER>|:)",
    "<F-TUPLE_ID>a</F-TUPLE_ID>",
    "(?P<ip>a?)",
    " ",
    ":",
    "a",
    "b",
    "",
  ],
);

const regex = fc
  .tuple(
    fc.array(piece, { maxLength: 3 }),
    fc.constantFrom("<HOST>", "<ADDR>", "<F-ID>\\S+</F-ID>", "<F-ID>.</F-ID>"),
    fc.array(piece, { maxLength: 3 }),
  )
  .map(([before, id, after]) => [...before, id, ...after].join(""));

const prefix = fc.constantFrom(
  undefined,
  "^ ?<F-CONTENT>.+</F-CONTENT>$",
  "^ ?<F-MLFID>\\S+</F-MLFID> <F-CONTENT>.+</F-CONTENT>$",
  "^ ?<F-MLFID>\\S+</F-MLFID> (?:<F-USER>[ab]+</F-USER> )?<F-CONTENT>.+</F-CONTENT>$",
  "^ ?<F-MLFID>\\S+</F-MLFID> (?:<F-ALT_USER>[ab]+</F-ALT_USER> )?<F-CONTENT>[\\s\\S]+</F-CONTENT>",
  "<F-CONTENT>.+?</F-CONTENT>\\s*$",
  "a<F-CONTENT>\\S+</F-CONTENT>",
  "^ <F-CONTENT>[^ ]*</F-CONTENT>",
  "^(?: a|b<F-CONTENT>.+</F-CONTENT>)",
  "(?:a )?<F-CONTENT>(?s:.+)</F-CONTENT>\\Z",
  "(?P<x><F-CONTENT>a+</F-CONTENT>)b",
  "b(?=.*:)",
  "a$|b",
);

const word = fc.constantFrom(
  ...[
    "a",
    "ab",
    "AB",
    "b",
    "'b'",
    "root",
    " ",
    " ",
    ":",
    "1.2.3.4",
    "::1",
    "h.example.com",
    "999.1.1.1",
    "\t",
    "\r",
  ],
  ...["\u0085", "\u00a0", "\u2028", "é", "٣", "ſ", "K", "😀", "xx", "0", "11:59:00", "2026-11-22 11:59:59 "],
);

const line = fc
  .tuple(
    fc.constantFrom(
      "Nov 22 11:59:50",
      "Nov 22 11:59:51",
      "Nov 22 11:59:52",
      "Nov 22 11:58:10",
      "Nov 31 11:59:59",
      "",
    ),
    fc.array(word, { maxLength: 8 }),
  )
  .map(([stamp, words]) => `${stamp} ${words.join("")}`);

test("random filters come to the same on the fast path", () => {
  let skipped = 0;
  let matched = 0;
  let captured = 0;
  const terms = fc
    .record({
      prefregex: prefix,
      failregex: fc.array(regex, { minLength: 1, maxLength: 4 }),
      ignoreregex: fc.array(fc.constantFrom("root", "^\\s*a", "b$", "(?i)AB"), { maxLength: 1 }),
      datepattern: fc.constantFrom(undefined, "{^LN-BEG}", "^%b %d %H:%M:%S", "%H:%M:%S"),
    })
    .filter((filter) => filterOf(filter, true, true) !== undefined);
  const log = fc.array(line, { maxLength: 30 });
  fc.assert(
    fc.property(terms, log, fc.constantFrom(...WAYS), fc.integer(), (filter, lines, way, seed) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      const agreement = compareWays(filter, bytes, way, new Dice(seed));
      expect(agreement?.difference).toBeUndefined();
      skipped += agreement?.skipped ?? 0;
      matched += agreement?.matched ?? 0;
      captured += agreement?.captured ?? 0;
    }),
    { numRuns: RUNS },
  );
  expect(skipped).toBeGreaterThan(RUNS / 4);
  expect(matched).toBeGreaterThan(RUNS / 4);
  expect(captured).toBeGreaterThan(RUNS / 8);
}, 60_000);

test.each([
  "^(?<! )fail from <HOST>",
  "fail from <HOST> ok(?!:)",
  "fail from <HOST> ok(?=\\n)",
  "fail from <HOST> ok\\n(?<!k)",
])("%s does not see what stands around the content", (failregex) => {
  const prefregex = "^ h (?:x )?<F-CONTENT>[a-z0-9. ]+</F-CONTENT>:";
  const bytes = Buffer.from("Nov 22 11:59:50 h x fail from 192.0.2.1 ok: y\n".repeat(20));
  for (const way of WAYS) {
    const agreement = compareWays({ prefregex, failregex: [failregex] }, bytes, way, new Dice(1));
    expect(agreement).toMatchObject({ difference: undefined, matched: 20 });
  }
});

/** Regexes of sessions, of which a filter has some. */
const ofSessions = fc.shuffledSubarray(
  [
    "^fail(?: of <F-USER>\\w+</F-USER>)?(?: from <HOST>)?",
    "^<F-NOFAIL>wait</F-NOFAIL>(?: of (?:<F-USER>a+</F-USER>|<F-ALT_USER>\\w+</F-ALT_USER>))?(?: from <HOST>)?",
    "^(?:<F-NOFAIL>let</F-NOFAIL> )?<F-MLFGAINED>in</F-MLFGAINED>(?: of <F-USER>\\w+</F-USER>)?(?: from <ADDR>)?",
    "^<F-MLFFORGET>(?:<F-MLFGAINED>good</F-MLFGAINED>)?bye</F-MLFFORGET>(?: of <F-ID>\\w+</F-ID>)?(?: from <HOST>)?",
    "^(?:<F-NOFAIL>quit</F-NOFAIL>|<F-MLFFORGET>end</F-MLFFORGET>)(?: of <F-TUPLE_ID>\\w+</F-TUPLE_ID>)?(?: from <CIDR>)?",
  ],
  { minLength: 1 },
);

const sessionLine = fc
  .tuple(
    fc.integer({ min: 50, max: 52 }),
    fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 30 })),
    fc.constantFrom("fail", "wait", "let in", "in", "bye", "goodbye", "quit", "end", "x"),
    fc.constantFrom("", " of a", " of bob", " of carol"),
    fc.constantFrom("", " from 192.0.2.1", " from 2001:DB8::1", " from 999.1.1.1", " from h.example"),
  )
  .map(([second, key, ...words]) => `Nov 22 11:59:${second} h app[${key}]: ${words.join("")}`);

test("sessions come to the same on the fast path", () => {
  let captured = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(
        "^ h <F-MLFID>app\\[\\d+\\]</F-MLFID>: <F-CONTENT>.+</F-CONTENT>$",
        "^ h app\\[<F-MLFID>\\d+</F-MLFID>\\]: (?:<F-NOFAIL>good</F-NOFAIL>)?<F-CONTENT>.+</F-CONTENT>$",
      ),
      ofSessions,
      fc.constantFrom<readonly string[]>([], [" of carol"]),
      fc.array(sessionLine, { minLength: 20, maxLength: 60 }),
      fc.constantFrom(...WAYS),
      fc.integer(),
      (prefregex, failregex, ignoreregex, lines, way, seed) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
        const agreement = compareWays({ prefregex, failregex, ignoreregex }, bytes, way, new Dice(seed));
        expect(agreement?.difference).toBeUndefined();
        captured += agreement?.captured ?? 0;
      },
    ),
    { numRuns: RUNS / 3 },
  );
  expect(captured).toBeGreaterThan(RUNS);
}, 60_000);
