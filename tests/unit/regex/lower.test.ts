import { expect, test } from "vitest";
import { emitNative } from "../../../src/regex/emit.ts";
import { lowerForNative } from "../../../src/regex/lower.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";

/** The native source for texts up to U+00FF, or the refusal. */
function lowered(pattern: string): string {
  const { root, groupCount } = parsePattern(pattern);
  const result = lowerForNative(resolveCharacters(root), groupCount);
  return result.kind === "lowered"
    ? emitNative(result.root, "narrow", groupCount).source
    : `! ${result.reason}`;
}

const WORD = "0-9A-Z_a-z\\xaa\\xb2\\xb3\\xb5\\xb9\\xba\\xbc-\\xbe\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\xff";
const LAST_LINE_END = "(?=\\x0a?$)";

const rewrites = [
  ["characters", "a.b", "a[^\\x0a]b"],
  ["characters", "(?s).", "[^]"],
  ["characters", "\\s", "[\\x09-\\x0d\\x1c- \\x85\\xa0]"],
  ["characters", "\\d[^]a]", "[0-9][^\\x5da]"],
  ["characters", "\\w", `[${WORD}]`],
  ["characters", "(?a)\\w", "[0-9A-Z_a-z]"],
  ["characters", "ф", "[]"],
  ["ignoring case", "(?i)ab1", "[Aa][Bb]1"],
  ["ignoring case", "(?i:a)b", "[Aa]b"],
  ["ignoring case", "(?i)é", "[\\xc9\\xe9]"],
  ["line anchors", "^a$", `^a${LAST_LINE_END}`],
  ["line anchors", "\\Aa\\Z", "^a$"],
  ["line anchors", "(?m)^a$", "(?<![^\\x0a])a(?![^\\x0a])"],
  ["word boundaries", "(?a)\\ba", "(?<![0-9A-Z_a-z])a"],
  ["word boundaries", "(?a)a\\b", "a(?![0-9A-Z_a-z])"],
  ["word boundaries", "(?a)a\\B", "a(?=[0-9A-Z_a-z])"],
  ["word boundaries", "(?a)-\\b", "\\x2d(?=[0-9A-Z_a-z])"],
  ["empty iterations", "x(a|)?", "x(?:(a|)|)"],
  ["empty iterations", "x(a|)??", "x(?:|(a|))"],
  ["empty iterations", "(?:a?){3}", "(?:a?){3}"],
  ["atomic groups", "(?>a|b)c", "(?=(a|b))(?:\\1)c"],
  ["atomic groups", "a*+b", "(?=(a*))(?:\\1)b"],
  ["conditions", "(<)?a(?(1)>|!)", "(<)a>|a!"],
  ["conditions", "(<)??a(?(1)>)", "a|(<)a>"],
  ["conditions", "(?:(<)|x|y)(?(1)>|!)", "(<)>|(?:x|y)!"],
  ["conditions", "(?(1)x|y)(z)?", "y(z)?"],
  ["conditions", "(?:(a)|b)(c)(?(1)d|e)\\2", "(a)(c)d(?:\\2)|b(c)e(?:\\2(?:)\\3)"],
  ["named groups", "(?P<a>x)(?P=a)", "(x)(?:\\1)"],
  ["quantifiers", "a{,2}b{2,}?c{3}", "a{0,2}b{2,}?c{3}"],
] as const;
for (const [name, pattern, source] of rewrites) {
  test(`lowering ${name}: ${pattern} → ${source}`, () => expect(lowered(pattern)).toBe(source));
}

const refusals = [
  ["(?:u=(\\w+) |x )*", /group 1 keeps its text over the iterations/],
  ["(a)?\\1", /reference to group 1, which may be unset/],
  ["(?:(a)|b\\1){2}", /reference to group 1/],
  ["(?i)(a)\\1", /reference to group 1 that ignores case/],
  ["(?:|a)*", /may match nothing/],
  ["(a|b*?)*", /exponentially|may match nothing/],
  ["(?<=(a))b", /capture inside lookbehind/],
  ["(?:(a)|b(?(1)c|d))*", /condition on group 1 inside of a loop/],
  ["(?:a+)+", /exponentially many ways/],
  ["(\\w+\\s?)*x", /exponentially many ways/],
  ["(?:\\w|\\d)*", /exponentially many ways/],
  ["(?:a|b|ab)*c", /exponentially many ways/],
  ["(?:a?b?)*", /exponentially many ways/],
] as const;
for (const [pattern, reason] of refusals) {
  test(`lowering refuses ${pattern}`, () => expect(lowered(pattern)).toMatch(reason));
}

const harmless = [
  "(?:\\w+ )*",
  "(?:.*\\n)*?",
  "(?:ab|ac)*",
  '(?:[^"\\\\]|\\\\.)*',
  "(?:\\d{1,3}\\.)+",
  "(?:\\w+(?:-\\w+)*,)*",
  "(?:[0-9a-f]{1,4}::?|:){1,7}",
  "(?:a|ab)*c",
];
for (const pattern of harmless) {
  test(`lowering keeps the harmless loop ${pattern}`, () => expect(lowered(pattern)).not.toMatch(/^!/));
}
