/**
 * Random patterns over the whole syntax of Python 3.11's `re`: most are valid, some are wrong in one place, some are noise.
 * @module
 */
import type { Dice } from "../../dice.ts";

const PLAIN = [..."aaabbbcxk019_- :/", "é", "ß", "\u00b5", "K", "S", "i", "İ", "\u017f", "\u212a", "σ", "ς"];
const ODD = [
  "😀",
  "𝒜",
  "\u{10400}",
  "\u{10428}",
  "\u{118a0}",
  "\u{1e943}",
  "\ud800",
  "\udc00",
  "\0",
  "\u0085",
  "\u2028",
  "\ufeff",
];
const LITERAL_SIGNS = [
  "]",
  "}",
  "{",
  "{a",
  "{1",
  "{,",
  "{}",
  "{1,a}",
  ",",
  "\n",
  " ",
  "#",
  "&",
  "~",
  "-",
  "=",
  "<",
  ">",
  "!",
];
const ESCAPES = [
  ...[
    "\\.",
    "\\*",
    "\\\\",
    "\\[",
    "\\]",
    "\\(",
    "\\)",
    "\\{",
    "\\|",
    "\\^",
    "\\$",
    "\\/",
    "\\-",
    "\\ ",
    "\\#",
    "\\_",
    "\\'",
  ],
  ...[
    "\\n",
    "\\t",
    "\\r",
    "\\a",
    "\\f",
    "\\v",
    "\\x41",
    "\\x0a",
    "\\xE9",
    "\\u00e9",
    "\\u212A",
    "\\U0001F600",
    "\\U00010400",
  ],
  ...["\\0", "\\00", "\\07", "\\012", "\\101", "\\141", "\\377", "\\ud800", "\\é", "\\😀", "\\\n"],
  ...[
    "\\N{LATIN SMALL LETTER A}",
    "\\N{em dash}",
    "\\N{HANGUL SYLLABLE GA}",
    "\\N{CJK UNIFIED IDEOGRAPH-4E00}",
    "\\N{NULL}",
  ],
];
const CATEGORIES = ["\\w", "\\d", "\\s", "\\W", "\\D", "\\S"];
const ANCHORS = ["^", "$", "\\A", "\\Z", "\\b", "\\B"];
const BAD = [
  ...[
    "\\q",
    "\\8",
    "\\99",
    "\\400",
    "\\x4",
    "\\u12",
    "\\U0011",
    "\\U00110000",
    "\\N",
    "\\N{}",
    "\\N{NO SUCH}",
    "\\N{a",
    "\\é",
    "\\z",
  ],
  ...[
    "[",
    "[]",
    "[^]",
    "[z-a]",
    "[\\d-a]",
    "[a-\\w]",
    "[\\q]",
    "[\\400]",
    "[\\N{DIGIT ONE}-0]",
    "(",
    ")",
    "(?",
    "(?P",
    "(?P<",
    "(?P<1>",
  ],
  ...[
    "(?P=zz)",
    "(?P>a)",
    "(?(9)a)",
    "(?(zz)a)",
    "(?(",
    "(?(1",
    "(?(0)",
    "(?(-1)",
    "(?( 1 )a)",
    "(?(+1)a)",
    "(?(١)a)",
    "(?(1_0)a)",
  ],
  ...[
    "(?<a",
    "(?<=a*)",
    "(?<!a|bc)",
    "(?#",
    "(?#a)",
    "(?#a\\)",
    "(?i)",
    "(?x)",
    "(?L)",
    "(?au)",
    "(?a)(?u)",
    "(?i-i:a)",
    "(?-a:b)",
    "(?t:a)",
  ],
  ...[
    "(?-i)",
    "(?i-",
    "(?iz)",
    "(?i1)",
    "(?",
    "*",
    "**",
    "{2}",
    "{3,2}",
    "{4294967295}",
    "{99999}",
    "a{2}{3}",
    "|*",
    "\\",
    "(?R)",
    "(?é)",
  ],
];
const NAMES = [
  "n",
  "m",
  "_1",
  "é",
  "Ж2",
  "n",
  "m",
  "ª",
  "a-b",
  "1a",
  "",
  "a'b",
  "\u00ad",
  "\u{10400}",
  "n\u0301",
];
const GOOD_NAMES = ["n", "m", "o", "_1", "é", "Ж2", "\u{10400}x"];
const COUNTS = [
  "*",
  "+",
  "?",
  "*",
  "+",
  "?",
  "{2}",
  "{0}",
  "{,2}",
  "{,}",
  "{1,}",
  "{1,2}",
  "{0,1}",
  "{2,3}",
  "{0,0}",
  "{3}",
  "{1}",
  "{0,70000}",
  "{2,99}",
];
const LETTERS = ["i", "m", "s", "x", "a", "u"];
const GLOBALS = [
  "(?i)",
  "(?m)",
  "(?s)",
  "(?a)",
  "(?u)",
  "(?x)",
  "(?is)",
  "(?mi)",
  "(?s)(?m)",
  "(?ix)",
  "(?x) (?m)",
  "(?#c)(?s)",
  "(?t)",
];
const NOISE = [
  ..."()[]{}?*+|^$\\.,-:=!<>P#iamsxuLt0123456789ab \n&_\"'",
  "é",
  "😀",
  "(?",
  "(?P<",
  "(?P=",
  "(?(",
  "(?<",
  "(?:",
  "[^",
  "\\N{",
  "{,",
];

/** What is known of the pattern so far. */
interface Draft {
  readonly dice: Dice;
  groups: number;
  readonly names: string[];
  /** pieces it may still have, so that no pattern grows without end */
  left: number;
  isVerbose: boolean;
}

/** A random pattern; at most some hundred characters. */
export function arbitraryPattern(dice: Dice): string {
  if (dice.once(40)) return noise(dice, 1 + dice.below(14));
  const draft: Draft = {
    dice,
    groups: 0,
    names: [],
    left: 2 + dice.below(dice.pick([5, 9, 9, 16, 30])),
    isVerbose: false,
  };
  let start = "";
  if (dice.once(4)) {
    start = dice.pick(GLOBALS);
    draft.isVerbose = start.includes("x");
  }
  const pattern = start + alternation(draft, 0);
  return dice.once(12) ? damaged(dice, pattern) : pattern;
}

/** The pattern with one to three small mistakes. */
export function damaged(dice: Dice, pattern: string): string {
  let characters = Array.from(pattern);
  for (let times = 1 + dice.few(1, 2); times > 0; times--) {
    const at = dice.below(characters.length + 1);
    const length = 1 + dice.few(1, 5);
    const piece = characters.slice(at, at + length);
    switch (dice.below(5)) {
      case 0:
        characters.splice(at, length);
        break;
      case 1:
        characters.splice(dice.below(characters.length + 1), 0, ...piece);
        break;
      case 2:
        characters.splice(at, 1, ...Array.from(dice.pick(NOISE)));
        break;
      case 3:
        characters.splice(at, 0, ...Array.from(dice.pick(dice.once(2) ? NOISE : BAD)));
        break;
      default:
        characters = characters.slice(0, at);
    }
  }
  return characters.join("");
}

function noise(dice: Dice, length: number): string {
  return Array.from({ length }, () => dice.pick(NOISE)).join("");
}

function alternation(draft: Draft, depth: number): string {
  const { dice } = draft;
  const branches = [sequence(draft, depth)];
  while (branches.length < 4 && dice.once(depth === 0 ? 6 : 3))
    branches.push(dice.once(6) ? "" : sequence(draft, depth));
  return branches.join("|");
}

function sequence(draft: Draft, depth: number): string {
  const { dice } = draft;
  let text = "";
  for (let count = dice.once(12) ? 0 : 1 + dice.few(1, 5); count > 0 && draft.left > 0; count--) {
    draft.left--;
    text += piece(draft, depth);
    if (draft.isVerbose && dice.once(3))
      text += dice.pick([" ", "\n", " # c)\n", "#\n", "\t", "\\ ", "[ #]", "\u00a0"]);
  }
  return text;
}

function piece(draft: Draft, depth: number): string {
  const { dice } = draft;
  const chance = dice.below(100);
  if (chance < 9) return dice.pick(ANCHORS);
  if (chance < 11) return dice.once(6) ? dice.pick(BAD) : dice.pick(LITERAL_SIGNS);
  if (chance < 13) return "(?#c)";
  const isRepeated = dice.once(3);
  return atom(draft, depth) + (isRepeated ? quantifier(dice) : "");
}

function quantifier(dice: Dice): string {
  const space = dice.once(60) ? dice.pick([" ", "(?#c)", "\n"]) : "";
  const suffix = dice.below(6);
  const twice = dice.once(80) ? dice.pick(COUNTS) : "";
  return space + dice.pick(COUNTS) + (suffix === 0 ? "?" : suffix === 1 ? "+" : "") + twice;
}

function atom(draft: Draft, depth: number): string {
  const { dice } = draft;
  const chance = dice.below(100);
  if (chance < 24 || (depth > 6 && chance < 80)) return dice.pick(dice.once(12) ? ODD : PLAIN);
  if (chance < 30) return ".";
  if (chance < 38) return dice.pick(CATEGORIES);
  if (chance < 42) return dice.pick(ESCAPES);
  if (chance < 54) return characterClass(dice);
  if (chance < 62) return reference(draft);
  if (chance < 66) return conditional(draft, depth);
  return `${opening(draft)}${alternation(draft, depth + 1)})`;
}

function opening(draft: Draft): string {
  const { dice } = draft;
  const chance = dice.below(100);
  if (chance < 34) {
    draft.groups++;
    return "(";
  }
  if (chance < 42) {
    draft.groups++;
    const isGood = !dice.once(10);
    const name = isGood
      ? (GOOD_NAMES.find((one) => !draft.names.includes(one)) ?? `g${draft.groups}`)
      : dice.pick(NAMES);
    draft.names.push(name);
    return `(?P<${name}>`;
  }
  if (chance < 60) return "(?:";
  if (chance < 67) return "(?>";
  if (chance < 73) return "(?=";
  if (chance < 79) return "(?!";
  if (chance < 84) return "(?<=";
  if (chance < 88) return "(?<!";
  return scopedFlags(dice);
}

function scopedFlags(dice: Dice): string {
  const letters = (): string =>
    Array.from({ length: 1 + dice.few(1, 2) }, () =>
      dice.pick(dice.once(30) ? ["L", "t", "q"] : LETTERS),
    ).join("");
  const off = (): string =>
    Array.from({ length: 1 + dice.few(1, 2) }, () =>
      dice.pick(dice.once(30) ? ["a", "u", "L"] : ["i", "m", "s", "x"]),
    ).join("");
  const form = dice.below(10);
  if (form < 6) return `(?${dice.pick(["i", "i", "i", "s", "m", "x", letters()])}:`;
  if (form < 8) return `(?-${off()}:`;
  return `(?${letters()}-${off()}:`;
}

function reference(draft: Draft): string {
  const { dice } = draft;
  if (draft.groups === 0 && !dice.once(10)) return dice.pick(PLAIN);
  if (draft.names.length > 0 && dice.once(2)) return `(?P=${dice.pick(dice.once(15) ? NAMES : draft.names)})`;
  return `\\${1 + dice.below(draft.groups + (dice.once(8) ? 2 : 0)) || 1}${dice.once(15) ? dice.pick(["0", "8", "(?:)0"]) : ""}`;
}

function conditional(draft: Draft, depth: number): string {
  const { dice } = draft;
  const most = draft.groups + (dice.once(4) ? 1 : 0);
  let group = String(1 + dice.below(Math.max(most, 1)));
  if (draft.names.length > 0 && dice.once(2)) group = dice.pick(dice.once(15) ? NAMES : draft.names);
  if (most === 0 && !dice.once(10)) return dice.pick(PLAIN);
  const yes = sequence(draft, depth + 1);
  const no = dice.once(3) ? "" : `|${sequence(draft, depth + 1)}`;
  return `(?(${group})${yes}${no}${dice.once(60) ? "|" : ""})`;
}

function characterClass(dice: Dice): string {
  const member = (): string => {
    const chance = dice.below(20);
    if (chance < 9) return dice.pick(PLAIN);
    if (chance < 11) return dice.pick(ODD);
    if (chance < 13) return dice.pick(CATEGORIES);
    if (chance < 14) return dice.pick(ESCAPES);
    if (chance < 15)
      return dice.pick([
        "\\b",
        "\\1",
        "\\12",
        "^",
        "[",
        "#",
        " ",
        ".",
        "$",
        "|",
        "(",
        ")",
        "--",
        "&&",
        "~~",
        "||",
        "[:",
      ]);
    if (chance < 19) return range(dice);
    return dice.once(20) ? dice.pick(BAD) : "-";
  };
  const first = dice.once(8) ? dice.pick(["]", "-", "^", "[", "]-a"]) : "";
  const last = dice.once(10) ? "-" : "";
  const members = Array.from({ length: (first === "" ? 1 : 0) + dice.few(2, 5) }, member).join("");
  return `[${dice.once(3) ? "^" : ""}${first}${members}${last}]`;
}

const RANGES = [
  "a-c",
  "A-Z",
  "0-9",
  "a-z",
  "!-~",
  "à-ÿ",
  "K-\u212a",
  "\\0-\\x1f",
  "\\x80-\\U0010ffff",
  "😀-😂",
  "\u{10400}-\u{10427}",
  "i-s",
  "\u0131-\u017f",
];

function range(dice: Dice): string {
  if (!dice.once(3)) return dice.pick(RANGES);
  const ends = [dice.pick(dice.once(3) ? ODD : PLAIN), dice.pick(dice.once(3) ? ODD : PLAIN)];
  if (!dice.once(12)) ends.sort((a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0));
  return ends.join("-");
}
