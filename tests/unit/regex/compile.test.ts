import fc from "fast-check";
import { expect, test } from "vitest";
import { compileRegex } from "../../../src/regex/compile.ts";
import type { CompiledRegex } from "../../../src/regex/compiled-regex.ts";
import { RegexBudgetError, RegexSyntaxError } from "../../../src/regex/errors.ts";
import { BAD_PATTERNS, ODD_PATTERNS } from "./bad-patterns.ts";
import { CORPUS } from "./corpus.ts";
import { FINE_POINTS } from "./fine-points.ts";
import { patterns, texts } from "./pattern-grammar.ts";

function groupsOf(regex: CompiledRegex, text: string): (string | null)[] | null {
  const match = regex.search(text);
  if (match === undefined) return null;
  return Array.from({ length: regex.groupCount + 1 }, (_, group) => match.group(group) ?? null);
}

for (const { name, pattern, text, groups, ...options } of [...CORPUS, ...FINE_POINTS]) {
  test(`compileRegex: ${name}`, () => {
    expect(groupsOf(compileRegex(pattern, options), text)).toEqual(groups);
    expect(groupsOf(compileRegex(pattern, { ...options, chosen: true }), text)).toEqual(groups);
    expect(groupsOf(compileRegex(pattern, { ...options, exact: true }), text)).toEqual(groups);
  });
}

for (const [engine, options] of [
  ["first", {}],
  ["native", { chosen: true }],
  ["exact", { exact: true }],
] as const) {
  test(`a possessive repeat forgets what a failed try has captured (${engine})`, () => {
    // Python leaves the begin of the group where the try began, and gives an empty text.
    expect(groupsOf(compileRegex("(?:(a)|b)*+", options), "ab")).toEqual(["ab", "a"]);
    expect(groupsOf(compileRegex("(?:(a)b|)*+", options), "aba")).toEqual(["ab", "a"]);
  });

  test(`a scope has its own alphabet wherever it stands (${engine})`, () => {
    // Python matches here, but does not find it: it looks for places to begin at without the scope's flags.
    expect(compileRegex("(?a:\\W)", options).search("é")?.start).toBe(0);
    expect(compileRegex("(?a)(?u:\\w)b", options).search("éb")?.start).toBe(0);
  });

  test(`a letter beyond the first plane ignores case in a class too (${engine})`, () => {
    // Python finds neither: it compares the small letter with the capital of the class.
    const regex = compileRegex("(?i)^[\u{10400}x]$", options);
    expect(
      ["\u{10400}", "\u{10428}", "X", "\u{10429}"].map((text) => regex.search(text) !== undefined),
    ).toEqual([true, true, true, false]);
  });
}

for (const [pattern, message] of BAD_PATTERNS) {
  test(`compileRegex refuses ${JSON.stringify(pattern)}`, () => {
    const [, position] = / at position (\d+)/.exec(message) ?? [];
    const expected = new RegexSyntaxError(message, position === undefined ? undefined : Number(position));
    expect(() => compileRegex(pattern)).toThrow(expected);
  });
}

test("compileRegex accepts odd patterns that Python accepts", () => {
  for (const pattern of ODD_PATTERNS) expect(() => compileRegex(pattern)).not.toThrow();
});

test("compileRegex names groups in order of their numbers", () => {
  const regex = compileRegex("(?P<b>x)(y)(?P<a>z)");
  expect(regex.groupNames).toEqual(["b", "a"]);
  expect([...regex.groupIndex]).toEqual([
    ["b", 1],
    ["a", 3],
  ]);
  expect(regex.groupCount).toBe(3);
});

for (const exact of [false, true]) {
  test(`search gives groups by name and their places (${exact ? "exact" : "native"})`, () => {
    const match = compileRegex("(?P<n>a)(?P<m>x)?b", { exact }).search("😀ab");
    expect([match?.start, match?.end]).toEqual([2, 4]);
    expect([match?.group("n"), match?.group("m"), match?.group("none"), match?.group(9)]).toEqual([
      "a",
      undefined,
      undefined,
      undefined,
    ]);
    expect([match?.span("n"), match?.span("m"), match?.span(0)]).toEqual([[2, 3], undefined, [2, 4]]);
  });

  test(`search from a place sees what stands before it (${exact ? "exact" : "native"})`, () => {
    expect(compileRegex("^a", { exact }).search("aa", 1)).toBeUndefined();
    expect(compileRegex("\\ba", { exact }).search("aa", 1)).toBeUndefined();
    expect(compileRegex("(?<=a)a", { exact }).search("aa", 1)?.start).toBe(1);
    expect(compileRegex("a", { exact, spans: true }).search("aba", 1)?.span(0)).toEqual([2, 3]);
  });
}

const engines = [
  { pattern: "^\\s*a(?:b|c)? (?P<x>\\w+)$", engine: "native", reason: /agrees/ },
  { pattern: '(?:(")|a(?(1)c|d))+', engine: "exact", reason: /condition on group 1/ },
  { pattern: "(?:(a)|b)*", engine: "exact", reason: /group 1 keeps its text/ },
  { pattern: "(a)?\\1", engine: "exact", reason: /reference to group 1, which may be unset/ },
  { pattern: "(?:|a)*", engine: "exact", reason: /may match nothing/ },
  { pattern: "(?:a+)+", engine: "exact", reason: /exponentially/ },
  { pattern: "(?<=(a))b", engine: "exact", reason: /lookbehind/ },
  { pattern: "(?i)(a)\\1", engine: "exact", reason: /ignores case/ },
] as const;
for (const { pattern, engine, reason } of engines) {
  test(`compileRegex takes the ${engine} engine for ${pattern} and says why`, () => {
    const regex = compileRegex(pattern);
    expect(regex.engine).toBe(engine);
    expect(regex.reason).toMatch(reason);
  });
}

test("the exact matcher ends a runaway search by its budget", () => {
  const regex = compileRegex("(a|b|ab)*\\1c", { exact: true });
  expect(() => regex.search("ab".repeat(40))).toThrow(RegexBudgetError);
  expect(regex.search("xabbc")?.start).toBe(1);
});

test("deep nesting and long texts do not overflow the stack", () => {
  expect(() => compileRegex("(".repeat(5000))).toThrow(/nested too deeply/);
  const text = `${"ab".repeat(20_000)}c`;
  expect(compileRegex("(?:(a)|b)*c", { exact: true }).search(text)?.end).toBe(text.length);
});

test("patterns too large for V8 are left to the exact matcher", () => {
  const regex = compileRegex("a".repeat(50_000));
  expect([regex.engine, regex.search("a".repeat(50_001))?.end]).toEqual(["exact", 50_000]);
  expect(() => compileRegex("a".repeat(200_001))).toThrow(RegexSyntaxError);
});

test("the engines agree on random patterns and texts", () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      let native: CompiledRegex;
      try {
        native = compileRegex(pattern);
      } catch (error) {
        expect(error).toBeInstanceOf(RegexSyntaxError);
        return;
      }
      if (native.engine === "exact") return;
      const exact = compileRegex(pattern, { exact: true });
      try {
        const expected = groupsOf(exact, text);
        expect(groupsOf(native, text)).toEqual(expected);
        expect(groupsOf(compileRegex(pattern), text)).toEqual(expected);
      } catch (error) {
        if (!(error instanceof RegexBudgetError)) throw error;
      }
    }),
    { numRuns: 1500 },
  );
}, 30_000);

test("parsing never throws anything but a syntax error", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (pattern) => {
      try {
        compileRegex(pattern);
      } catch (error) {
        expect(error).toBeInstanceOf(RegexSyntaxError);
      }
    }),
  );
  const punctuation = fc.string({
    unit: fc.constantFrom(...String.raw`()[]{}?*+|^$\.-:=!<>#Pixa1,`),
    maxLength: 12,
  });
  fc.assert(
    fc.property(punctuation, (pattern) => {
      try {
        compileRegex(pattern).search("ab1\n");
      } catch (error) {
        expect(error).toBeInstanceOf(RegexSyntaxError);
      }
    }),
    { numRuns: 3000 },
  );
}, 30_000);

test("the first texts need no engine, and the engine that is chosen after a while finds the same", () => {
  const pattern = "^(?P<who>\\w+) .*failed (?:from (?P<host>[\\d.]+))?";
  const asked = compileRegex(pattern);
  const text = "root has failed from 1.2.3.4";
  const expected = groupsOf(compileRegex(pattern, { chosen: true }), text);
  expect(expected).toEqual([text, "root", "1.2.3.4"]);
  for (let searched = 0; searched < 120_000; searched += text.length)
    expect(groupsOf(asked, text)).toEqual(expected);
});

test("who needs many rows for his first texts gets the engine of his own", () => {
  const asked = compileRegex("(?:a|b)*a(?:a|b){12}c");
  const chosen = compileRegex("(?:a|b)*a(?:a|b){12}c", { chosen: true });
  let seed = 1;
  for (let line = 0; line < 60; line++) {
    let text = "";
    for (let at = 0; at < 200; at++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      text += seed % 65_536 < 32_768 ? "a" : "b";
    }
    expect(groupsOf(asked, `${text}c`)).toEqual(groupsOf(chosen, `${text}c`));
  }
});
