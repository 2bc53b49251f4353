/**
 * The short ways of the default templates, a look instead of a search and stand-ins for characters beyond the basic plane, lead where the
 * plain search leads.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { LineView } from "../../../src/date/line-view.ts";
import { templatesOf } from "../../../src/date/template-list.ts";
import { compiledOf } from "../../../src/date/template-regex.ts";
import type { RegexMatch } from "../../../src/regex/compiled-regex.ts";

const templates = templatesOf(undefined, 2026);

const stamps = [
  ...[
    "2026-11-20 10:20:30",
    "2026/1/2T1:2:3.5 +0200",
    "Nov 20 10:20:30",
    "Fri nov  2  1:2:3.123 2026",
    "Nov 2 2026 10:20:30",
  ],
  ...[
    "20/11/2026 10:20:30",
    "20-11-26 10:20:30",
    "20/Nov/2026:10:20:30 +0100",
    "11/20/2026:10:20:30",
    "11-20-2026 10:20:30",
  ],
  ...[
    "1795262400",
    "[1795262400.123]",
    "audit(1795262400.123:4)",
    "10:20:30",
    "<11/20/26@10:20:30>",
    "261120 10:20:30",
  ],
  ...[
    "Nov 20, 2026 10:20:30 PM",
    "Nov-20-26 10:20:30",
    "20261120102030",
    "20261120T102030Z",
    "20261120-10:20:30",
  ],
  ...[
    "CEST Nov 20 10:20:30",
    "+0200 Nov 20 10:20:30",
    "@4000000045ec1a3c0b3d1f2e",
    "\u0662\u0660\u0662\u0666-11-20 10:20:30",
  ],
  ...["10:20:\u{1d7db}\u{1d7d8}", "\u{1d7ce}0261120102030", "\u017fun Nov 20 10:20:30"],
];
const other = [
  " ",
  "-",
  "[",
  "]",
  ": ",
  "x",
  "7",
  "\u{1f600}",
  "\u{1d400}",
  "\u{10400}",
  "\u0436",
  "\u2003",
  "\ud83d",
  "\ude00",
  "\u0130",
];
const anyLine = fc
  .array(fc.oneof({ arbitrary: fc.constantFrom(...other), weight: 3 }, fc.constantFrom(...stamps)), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(""));

const shown = (match: RegexMatch | undefined): unknown =>
  match && [match.start, match.end, match.span(1), match.group("H"), match.group("b"), match.group("z")];

test("a line that lacks what a default template needs is not matched by it", () => {
  fc.assert(
    fc.property(anyLine, (line) => {
      const view = new LineView(line);
      for (const template of templates)
        if (view.lacks(template.needs)) expect(compiledOf(template).search(line)).toBeUndefined();
    }),
  );
});

test("every stamp has what its template needs, so that the looks are not idle", () => {
  for (const template of templates) {
    const matching = stamps.filter((stamp) => compiledOf(template).search(stamp) !== undefined);
    expect([template.name, matching.length > 0]).toEqual([template.name, true]);
    expect(matching.filter((stamp) => new LineView(stamp).lacks(template.needs))).toEqual([]);
    expect(new LineView("kernel: 7 words, no stamp 1.2.3.4:22").lacks(template.needs)).toBe(true);
  }
});

test("a search with stand-ins finds what the search of the line itself finds", () => {
  fc.assert(
    fc.property(anyLine, fc.nat(40), (line, from) => {
      // never within a pair
      const start = /^[\udc00-\udfff]/.test(line.slice(from)) ? from + 1 : Math.min(from, line.length);
      const view = new LineView(line);
      for (const template of templates) {
        const regex = compiledOf(template);
        for (const at of [0, start])
          expect(shown(view.searchWith(regex, at))).toEqual(shown(regex.search(line, at)));
      }
    }),
    { numRuns: 200 },
  );
});

test("a long line of characters beyond the basic plane costs no budget", () => {
  const line = `${"\u{1f600}nov 1 1:1 ".repeat(5000)}12345678`;
  const view = new LineView(line);
  for (const template of templates) expect(view.searchWith(compiledOf(template), 0)).toBeUndefined();
});
