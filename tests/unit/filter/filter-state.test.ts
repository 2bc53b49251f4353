/**
 * A filter that is taken apart after any line and put together elsewhere goes on as if nothing had happened.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compileFilter, type FilterState, type LineFilter } from "../../../src/filter/line-filter.ts";
import { NOON, utc } from "../date/fixed-zones.ts";
import { logLines } from "../date/log-lines.ts";
import { definitionOf, type FilterTerms } from "./filter-terms.ts";

/** Sessions, pending failures, lines of several lines, dates of all kinds, and all that is told now and then. */
const FILTERS: Readonly<Record<string, FilterTerms>> = {
  sessions: {
    prefregex: "^\\s*s\\[<F-MLFID>\\d</F-MLFID>\\]: <F-CONTENT>.+</F-CONTENT>$",
    failregex: [
      "^fail of <F-USER>\\S*</F-USER> from <HOST>$",
      "^<F-NOFAIL>wrong</F-NOFAIL> for <F-USER>\\S*</F-USER>$",
      "^<F-NOFAIL>connect</F-NOFAIL> from <HOST>$",
      "^pending of <F-USER>\\S*</F-USER>$",
      "^<F-MLFGAINED>in</F-MLFGAINED> by <F-USER>\\S*</F-USER>$",
      "^<F-MLFFORGET>end</F-MLFFORGET> by <ADDR>$",
    ],
    ignoreregex: ["of good"],
  },
  tuples: {
    failregex: [
      "^ ?<F-TUPLE_ID>\\d+</F-TUPLE_ID>(?: <F-TUPLE_ID>\\d+</F-TUPLE_ID>)?$",
      "^ ?fail from <HOST>$",
    ],
  },
  several: {
    failregex: [
      "^ ?begin <HOST>$<SKIPLINES>^ ?end$",
      "^ ?begin of (?P<user>\\S+)$<SKIPLINES>^ ?fail from <HOST>$",
    ],
    maxlines: 4,
  },
  undated: { failregex: ["^ ?fail from <HOST>$", "^ ?begin <F-ID>.*</F-ID>$"], datepattern: "{NONE}" },
  anchored: { failregex: ["^ ?fail from <HOST>$"], datepattern: "{^LN-BEG}" },
  hard: {
    failregex: [
      "^ ?(a+)(a*)(a*)b\\1\\2\\3c$<HOST>?",
      "^ ?(?:begin )?<F-ID>[\\d.]*</F-ID>$",
      "^ ?end$(?P<mlfid>x)?",
    ],
  },
};

function filterOf(name: string): LineFilter {
  const definition = definitionOf(FILTERS[name] ?? { failregex: [] });
  const { filter, diagnostics } = compileFilter(definition, { zone: utc, startYear: 2026 });
  if (filter === undefined) throw new Error(JSON.stringify(diagnostics));
  return filter;
}

interface TimedLine {
  readonly text: string;
  readonly now: number;
}

/** What a filter makes of lines. */
const take = (filter: LineFilter, lines: readonly TimedLine[], inOperation: boolean): readonly unknown[] =>
  lines.map(({ text, now }) => filter.process(text, { now, inOperation }));

const content = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("begin 192.0.2.7", "begin 999.1.1.1", "begin of bob", "end", "x", ""),
  },
  { weight: 3, arbitrary: fc.constantFrom("fail from 192.0.2.1", "fail from a.example", "7 5", "5") },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.nat(3),
        fc.constantFrom(
          "fail of bob from 192.0.2.1",
          "wrong for bob",
          "wrong for eve",
          "connect from 2001:db8::1",
        ),
        fc.constantFrom("", "pending of bob", "in by eve", "end by 192.0.2.9", "fail of good from 192.0.2.3"),
      )
      .map(([session, one, other]) => `s[${session}]: ${other === "" ? one : other}`),
  },
);
const stamp = fc.constantFrom(
  "2026-11-22 11:59:58",
  "2026-11-22 11:59:58,123",
  "2026-11-20 01:00:00",
  "Nov 22 11:59:59",
  "22/Nov/2026:11:59:57 +0000",
  "1795348790",
  "x Nov 31 10:20:30",
);
const line = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(stamp, content).map(([at, text]) => `${at} ${text}`) },
  { weight: 2, arbitrary: content },
  { weight: 1, arbitrary: logLines.map(([first = ""]) => first) },
);
const lines = fc.array(
  fc.record({ text: line, after: fc.oneof(fc.nat(3), fc.constantFrom(0.3, 61, 299, 301, 90_000)) }),
  { minLength: 1, maxLength: 40 },
);

for (const name of Object.keys(FILTERS)) {
  test(`a filter taken apart after any line goes on elsewhere as if nothing had happened: ${name}`, () => {
    fc.assert(
      fc.property(lines, fc.nat(), fc.boolean(), lines, (made, cut, inOperation, strange) => {
        let now = NOON;
        const timed = made.map(({ text, after }) => {
          now += after;
          return { text, now };
        });
        const at = cut % (timed.length + 1);
        const whole = filterOf(name);
        const expected = take(whole, timed, inOperation);

        const first = filterOf(name);
        const outcomes = [...take(first, timed.slice(0, at), inOperation)];
        const state: FilterState = structuredClone(first.state());
        // what has seen other lines forgets them, and what is taken on goes its own way
        const other = filterOf(name);
        take(
          other,
          strange.map(({ text, after }) => ({ text, now: NOON + after })),
          true,
        );
        other.restore(state);
        outcomes.push(...take(other, timed.slice(at), inOperation));
        expect(outcomes).toEqual(expected);
        expect(other.state()).toEqual(whole.state());
        expect(other.searchesGivenUp).toBe(whole.searchesGivenUp);
        expect(other.parts.detector.hits()).toEqual(whole.parts.detector.hits());
        // and a state is not touched by what comes afterwards
        expect(first.state()).toEqual(state);
      }),
      { numRuns: 70 },
    );
  }, 60_000);
}

test("what a filter makes a state of says nothing of a regex given up or an address that is none a second time", () => {
  const filter = filterOf("hard");
  const half = "a".repeat(300);
  const evil = `${half}b${half}ac`;
  const said = (one: LineFilter, text: string): string[] =>
    one.process(text, { now: NOON, inOperation: true }).warnings.map(({ kind }) => kind);
  expect(said(filter, evil)).toEqual(["budget"]);
  expect(said(filter, "begin 999.1.1.1")).toEqual(["no-address"]);
  const other = filterOf("hard");
  other.restore(structuredClone(filter.state()));
  expect([said(other, evil), said(other, "begin 999.1.1.1")]).toEqual([[], []]);
  expect(other.searchesGivenUp).toBe(2);
  expect(said(filterOf("hard"), evil)).toEqual(["budget"]);
}, 30_000);
