/**
 * Random patterns in Python's syntax and random texts to search, for comparing engines with each other and with Python.
 * Most patterns are valid; some refer to groups that are not there, on purpose.
 * @module
 */
import fc from "fast-check";

const ATOMS = [
  ...["a", "b", "c", "k", "K", "s", "x", "é", "0", "1", "_", "-", " ", ":", "\\n", "\\.", "\\x41", "\\u0660"],
  ...[".", ".", "\\w", "\\d", "\\s", "\\W", "\\D", "\\S", "😀", "\\101"],
  ...["[ab]", "[^a]", "[^]a]", "[]b]", '[^\\s"]', "[\\w.-]", "[a-c]", "[\\d_]", "[^\\W\\d]", "[K-é]"],
];
const ANCHORS = ["^", "$", "\\A", "\\Z", "\\b", "\\B"];
const SIMPLE_QUANTIFIERS = ["*", "+", "?", "{2}", "{,2}", "{1,2}", "{0,1}", "{1,}"];
const QUANTIFIERS = [...SIMPLE_QUANTIFIERS, "*?", "+?", "??", "{1,2}?", "{,2}?"];
const POSSESSIVE = SIMPLE_QUANTIFIERS.map((quantifier) => `${quantifier}+`);
const OPENINGS = [
  "(",
  "(",
  "(?P<n>",
  "(?:",
  "(?:",
  "(?=",
  "(?!",
  "(?>",
  "(?i:",
  "(?s:",
  "(?m:",
  "(?a:",
  "(?-i:",
];
const LOOKBEHINDS = ["(?<=a)", "(?<!b)", "(?<=[ab]k)", "(?<=^)", "(?<!\\w)", "(?<=a|b)", "(?<!(?:ab|c.))"];
const REFERENCES = ["\\1", "\\2", "(?P=n)"];
const FLAGS = ["", "", "", "(?i)", "(?m)", "(?s)", "(?a)", "(?mi)", "(?s)(?m)"];

const TEXT_CHARACTERS = [
  ...'aaabbbccckKsſx001__-- ::éÉ.\n\n"AB',
  ..."\r\u0085\u2028\ufeff\u001c\u00a0\u0661\u212a\u0130\u00b2",
  "😀",
  "𝒜",
  "\u{10400}",
];

const { pattern: branch } = fc.letrec<{ pattern: string; sequence: string; item: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 3, arbitrary: tie("sequence") },
    { weight: 1, arbitrary: fc.tuple(tie("sequence"), tie("sequence")).map((both) => both.join("|")) },
  ),
  sequence: fc.array(tie("item"), { maxLength: 4, depthIdentifier: "regex" }).map((items) => items.join("")),
  item: fc.oneof(
    { depthSize: "small", depthIdentifier: "regex", maxDepth: 4 },
    { weight: 6, arbitrary: fc.constantFrom(...ATOMS) },
    { weight: 1, arbitrary: fc.constantFrom(...ANCHORS) },
    {
      weight: 4,
      arbitrary: fc.tuple(fc.constantFrom(...ATOMS), fc.constantFrom(...QUANTIFIERS)).map(joined),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...ATOMS), fc.constantFrom(...POSSESSIVE)).map(joined) },
    { weight: 1, arbitrary: fc.constantFrom(...LOOKBEHINDS) },
    { weight: 1, arbitrary: fc.constantFrom(...REFERENCES) },
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...OPENINGS), tie("pattern")).map(closed) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...OPENINGS), tie("pattern"), fc.constantFrom(...QUANTIFIERS))
        .map(([opening, inside, quantifier]) => `${opening}${inside})${quantifier}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom("1", "2", "n"), tie("sequence"), tie("sequence"))
        .map(([group, yes, no]) => `(?(${group})${yes}|${no})`),
    },
  ),
}));

function joined(parts: readonly string[]): string {
  return parts.join("");
}

function closed(parts: readonly string[]): string {
  return `${parts.join("")})`;
}

/** A pattern, nearly always one that Python accepts. */
export const patterns: fc.Arbitrary<string> = fc.tuple(fc.constantFrom(...FLAGS), branch).map(joined);

/** A short text with the characters in which engines differ. */
export const texts: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...TEXT_CHARACTERS), { maxLength: 12 })
  .map(joined);
