/**
 * Logs whose stamps stand in the middle of their lines, as those of web servers, come to the same on the fast path.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Dice } from "../../dice.ts";
import { compareWays } from "./fast-and-plain.ts";
import type { FilterTerms } from "./filter-terms.ts";

const host = fc.constantFrom(
  "192.0.2.1",
  "192.0.2.17",
  "2001:db8::1",
  "www.example.org:80 192.0.2.9",
  "caf\u00e9",
);
const user = fc.constantFrom("-", "root", "[x]");
const stamp = fc.oneof(
  {
    arbitrary: fc.nat(59).map((second) => `22/Nov/2026:11:59:${String(second).padStart(2, "0")} +0000`),
    weight: 8,
  },
  fc.constantFrom(
    "2/Nov/2026:11:59:59 +0000",
    "22/Nov/2026:25:59:59 +0000",
    "31/Nov/2026:11:59:59 +0000",
    "22/Nov/2026:11:59:59",
    "2026-11-22 11:59:59",
  ),
);
const path = fc.oneof(
  { arbitrary: fc.constantFrom("/", "/admin/login", "/index.php?a=[1]", "/x.png"), weight: 8 },
  fc.constantFrom(
    "/?at=11:59:58",
    "/id/1795348800",
    "/\u00e9",
    "/@4000000045ec1a3c0b3d1f2e",
    "/20261122 115958",
  ),
);
const status = fc.constantFrom("200", "401", "404", "12345678");
const agent = fc.constantFrom("-", "Mozilla/5.0 (X11; rv:115.0) Gecko/20100101 Firefox/115.0", "caf\u00e9");
const line = fc.oneof(
  {
    arbitrary: fc
      .tuple(host, user, stamp, path, status, agent)
      .map(
        ([from, who, at, what, code, by]) =>
          `${from} - ${who} [${at}] "GET ${what} HTTP/1.1" ${code} 7 "-" "${by}"`,
      ),
    weight: 12,
  },
  fc.constantFrom("", "Nov 22 11:59:59 host x", '[22/Nov/2026:11:59:59 +0000] "GET /', "no stamp at all"),
);

const ALL = { mode: "first", inOperation: true, checkFindTime: true, encoding: "UTF-8" } as const;

test.each<FilterTerms & { readonly name: string }>([
  { name: "the default date templates", failregex: ['^<HOST> \\S+ \\S+ \\[\\] "GET [^"]*" 40[14] '] },
  {
    name: "a date template behind the first bracket",
    failregex: ['^<HOST> .*"GET [^"]*" 40[14] '],
    datepattern: "^[^\\[]*\\[({DATE})\n{^LN-BEG}",
  },
])("with $name", (terms) => {
  let [skipped, matched] = [0, 0];
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 40, size: "max" }),
      fc.nat(),
      fc.boolean(),
      (lines, seed, isRegex) => {
        const way = isRegex ? { ...ALL, inOperation: false, checkFindTime: false } : ALL;
        const agreement = compareWays(terms, Buffer.from(`${lines.join("\n")}\n`), way, new Dice(seed));
        expect(agreement?.difference).toBeUndefined();
        skipped += agreement?.skipped ?? 0;
        matched += agreement?.matched ?? 0;
      },
    ),
    { numRuns: 60 },
  );
  expect([skipped > 100, matched > 100]).toEqual([true, true]);
});
