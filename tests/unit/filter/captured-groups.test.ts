/**
 * Groups by their places are what a reader makes of the matches.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CapturedGroups, type CapturedPart } from "../../../src/filter/captured-groups.ts";
import { GroupReader } from "../../../src/filter/group-reader.ts";
import { compileRegex } from "../../../src/regex/compile.ts";
import type { RegexMatch } from "../../../src/regex/compiled-regex.ts";

const PREFIXES = [
  undefined,
  "^ ?(?P<content>.+)$",
  "^ ?(?P<mlfid>\\w+) (?P<content>[\\s\\S]+)$",
  "^(?P<user>a+)?(?P<content>.*)(?P<rest>\\s*)\\Z",
  "^(?P<alt_user>b+)?(?P<content>.*)$",
];
const REGEXES = [
  "(?P<ip4>[\\d.]+)",
  "^(?P<user>\\w+)? ?(?P<alt_user>\\w+)?",
  "(?P<user>a*)(?P<alt_user>b*)(?P<alt_user_1>\\d*)",
  "(?P<alt_ghost>\\w)",
  "(?P<user>\\w+)\\s*(?P<rest>[\\s\\S]*)",
  "(?P<tuple_user>\\w)(?P<user>\\w)?",
  "(?P<fid>\\w+)(?P<alt_id>\\d+)?$",
];

const texts = fc
  .array(fc.constantFrom("a", "b", "ab", " ", "1.2.3.4", "7", ":", "é"), { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(""));

function partOf(match: RegexMatch, groupCount: number, from: number, to: number): CapturedPart {
  const spans = Array.from({ length: groupCount + 1 }, (_, group) => match.span(group) ?? [-1, -1]);
  // wherever they stand among others
  return { from, to, places: Int32Array.from([7, 8, 9, ...spans.flat(), 7]), base: 3 };
}

const NOTHING: CapturedPart = { from: 0, to: 0, places: new Int32Array(), base: 0 };

test("what stands at the places is what the matches captured, alternatives, tuples and newlines as well", () => {
  let matched = 0;
  let placed = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...PREFIXES),
      fc.constantFrom(...REGEXES),
      texts,
      (prefixSource, ownSource, cut) => {
        const prefix = prefixSource === undefined ? undefined : compileRegex(prefixSource, { spans: true });
        const own = compileRegex(ownSource, { spans: true });
        const before = prefix?.search(`${cut}\n`);
        if (prefix !== undefined && before === undefined) return;
        const [from, end] = before?.span("content") ?? [0, cut.length];
        const to = Math.min(end, cut.length);
        const match = own.search(`${cut.slice(from, to)}\n`);
        if (match === undefined) return;
        matched += 1;
        const readers = [prefix && new GroupReader(prefix), new GroupReader(own)] as const;
        const below = before && readers[0]?.read(before);
        below?.delete("content");
        const captured = new CapturedGroups(...readers);
        const parts = [
          prefix && before ? partOf(before, prefix.groupCount, 0, cut.length) : NOTHING,
          partOf(match, own.groupCount, from, to),
        ] as const;
        const expected = readers[1].read(match, below);
        expect([...captured.read(cut, ...parts)]).toEqual([...expected]);
        if (!captured.place(...parts)) return;
        placed += 1;
        expect([...captured.groupsAt(cut, captured.places)]).toEqual([...expected]);
        expect(expected.names.list.map((_, index) => captured.hasTextAt(index))).toEqual(
          expected.names.list.map((_, index) => expected.hasTextAt(index)),
        );
      },
    ),
    { numRuns: 600 },
  );
  expect(matched).toBeGreaterThan(100);
  expect(placed).toBeGreaterThan(50);
});
