/**
 * The fast path and the reference path agree on any filter and text: V8's engine, the routes between engines and whatever else
 * makes a search fast, beside the exact matcher alone. The filters of the stock: the conformance layer.
 * @module
 */
import fc from "fast-check";
import { test } from "vitest";
import { compileFilter } from "../../../src/filter/line-filter.ts";
import { utc } from "../date/fixed-zones.ts";
import { expectAgreement } from "./exact-and-fast.ts";
import { definitionOf } from "./filter-terms.ts";

const piece = fc.constantFrom(
  "\\s*",
  "\\S+",
  "\\w+",
  "\\d+",
  "[^:]*",
  ".*",
  ".+?",
  "(?:a|ab)",
  "(?:user )?",
  "(?i:Ab)",
  "\\b",
  "$",
  "^",
  "[\\w.-]+",
  "x{,2}",
  "<F-USER>\\S+</F-USER>",
  "(?P<q>['\"])?b(?(q)(?P=q))",
  "(?:u=(\\w+) |\\w+=\\w+ )*",
  "(?!root)",
  "(?<=a)",
  " ",
  ":",
  "a",
  "b",
  "\\[",
  "\\]",
); // prettier-ignore

const regex = fc
  .tuple(
    fc.array(piece, { maxLength: 4 }),
    fc.constantFrom("<HOST>", "<ADDR>", "<F-ID>\\S+</F-ID>", "<SUBNET>"),
    fc.array(piece, { maxLength: 3 }),
  )
  .map(([before, id, after]) => [...before, id, ...after].join(""));

const word = fc.constantFrom(
  "a",
  "ab",
  "AB",
  "b",
  "'b'",
  '"b',
  "user",
  "root",
  "u=bob",
  "x=1",
  " ",
  "  ",
  ":",
  "[",
  "]",
  "1.2.3.4",
  "999.1.1.1",
  "::1",
  "::ffff:1.2.3.4",
  "10.0.0.1/24",
  "host.example.com",
  "\t",
  "\r",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\ufeff",
  "é",
  "٣",
  "ſ",
  "K",
  "😀",
  "xx",
  "0",
  "2026-11-22 12:00:00",
  "Nov 22 12:00:00",
); // prettier-ignore

const isCompilable = (failregex: readonly string[]): boolean => {
  const { filter, diagnostics } = compileFilter(definitionOf({ failregex, usedns: "raw" }), {
    zone: utc,
    startYear: 2026,
  });
  return filter !== undefined && diagnostics.length === 0;
};

test("small random filters come to the same on either path", () => {
  const filters = fc.record({
    failregex: fc.array(regex, { minLength: 1, maxLength: 3 }).filter(isCompilable),
    ignoreregex: fc.array(fc.constantFrom("root", "^\\s*a", "b$", "(?i)USER"), { maxLength: 1 }),
    maxlines: fc.constantFrom(1, 1, 3),
  });
  const lines = fc.array(
    fc.array(word, { maxLength: 10 }).map((words) => words.join("")),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(filters, lines, (filter, log) => {
      expectAgreement(filter, log);
    }),
    { numRuns: 100 },
  );
}, 30_000);
