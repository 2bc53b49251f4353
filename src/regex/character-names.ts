/**
 * Finds the character that `\N{NAME}` means. Most names stand in a coded list that is read when the first pattern wants one.
 * @module
 */
import { hasCodePoint, rangesOf } from "./char-set.ts";
import {
  aliased,
  DIGITS,
  entries,
  NUMBERED,
  named,
  ONE_DIGIT,
  shapes,
  TWO_DIGITS,
  words,
} from "./character-name-data.ts";

const HANGUL = "HANGUL SYLLABLE ";
const FIRST_SYLLABLE = 0xac00;
// The parts of a syllable's name in the order of their code points.
const LEADS = "G GG N D DD R M B BB S SS  J JJ C K T P H".split(" ");
const VOWELS = "A AE YA YAE EO E YEO YE O WA WAE OE YO U WEO WE WI YU EU YI I".split(" ");
const TAILS = " G GG GS N NJ NH D L LG LM LB LS LT LP LH M B BS S SS NG J C K T P H".split(" ");

/** The only numbered names in which Python distinguishes case. */
const UNIFIED = "CJK UNIFIED IDEOGRAPH-";

const ASCII = /^[\0-\x7f]*$/;

let spelled: ReadonlyMap<string, number> | undefined;

/**
 * The code point of a name or alias of Unicode 14, `undefined` for an unknown one. Case does not matter, except, as in Python, in names
 * of Hangul syllables and unified ideographs.
 */
export function codePointNamed(name: string): number | undefined {
  if (name.startsWith(HANGUL)) return syllable(name.slice(HANGUL.length));
  if (name.startsWith(UNIFIED)) return numbered(name);
  if (!ASCII.test(name)) return undefined;
  spelled ??= readNames();
  const capitals = name.toUpperCase();
  const number = spelled.get(capitals);
  if (number !== undefined) return number;
  return capitals.startsWith(UNIFIED) ? undefined : numbered(capitals);
}

function numbered(name: string): number | undefined {
  for (const { prefix, codePoints } of NUMBERED) {
    if (!name.startsWith(prefix)) continue;
    const digits = name.slice(prefix.length);
    // Five digits may begin with a zero for unified ideographs alone.
    if (!(prefix === UNIFIED ? /^[0-9A-F]{4,5}$/ : /^[1-9A-F][0-9A-F]{3,4}$/).test(digits)) return undefined;
    const codePoint = Number.parseInt(digits, 16);
    return hasCodePoint(codePoints, codePoint) ? codePoint : undefined;
  }
  return undefined;
}

/** Cuts off the longest part that the text begins with: number of the part and the rest. */
function longestPart(parts: readonly string[], text: string): readonly [number: number, rest: string] {
  let found = -1;
  for (const [number, part] of parts.entries()) {
    if (text.startsWith(part) && (found < 0 || part.length > (parts[found]?.length ?? 0))) found = number;
  }
  return [found, text.slice(parts[found]?.length ?? 0)];
}

function syllable(text: string): number | undefined {
  const [lead, afterLead] = longestPart(LEADS, text);
  const [vowel, afterVowel] = longestPart(VOWELS, afterLead);
  const [tail, rest] = longestPart(TAILS, afterVowel);
  if (lead < 0 || vowel < 0 || tail < 0 || rest !== "") return undefined;
  return FIRST_SYLLABLE + (lead * VOWELS.length + vowel) * TAILS.length + tail;
}

function readNames(): ReadonlyMap<string, number> {
  const known = words().replaceAll("\n", "").split(" ");
  const coded = entries().replaceAll("\n", "");
  const shape = shapes();
  const values = new Map(Array.from(DIGITS, (digit, value) => [digit, value]));
  let at = 0;
  const digit = (): number => values.get(coded.charAt(at++)) ?? 0;
  const number = (): number => {
    const first = digit();
    if (first < ONE_DIGIT) return first;
    const second = digit();
    const base = DIGITS.length;
    const two = first - ONE_DIGIT;
    if (two < TWO_DIGITS) return ONE_DIGIT + two * base + second;
    const three = two - TWO_DIGITS;
    return ONE_DIGIT + TWO_DIGITS * base + (three * base + second) * base + digit();
  };
  const names = new Map<string, number>();
  let before: string[] = [];
  const read = (codePoint: number): void => {
    const place = 3 * number();
    const [first = 0, last = 0, between = 0] = shape.slice(place, place + 3);
    const name = before.slice(0, first);
    for (let i = 0; i < between; i++) name.push(known[number()] ?? "");
    if (last > 0) name.push(...before.slice(-last));
    names.set(name.join(" "), codePoint);
    before = name;
  };
  for (const [low, high] of rangesOf(named())) {
    for (let codePoint = low; codePoint <= high; codePoint++) read(codePoint);
  }
  for (const codePoint of aliased()) read(codePoint);
  return names;
}
