#!/usr/bin/env python3
"""Writes src/regex/character-name-data.ts: the names of characters as Python 3.11 knows them, for `\\N{…}` in patterns.

Run with a Python of the wanted Unicode version, from the root of the repository:

    python3.11 scripts/character-names.py > src/regex/character-name-data.ts

Names come from the module unicodedata. It does not list its aliases (`NULL`, `LF`), though it finds characters by them, so the
candidates are taken from Perl's list of names, and those stay that unicodedata knows.

The coding, chosen to be small and quick to read back (src/regex/character-names.ts): all words, the more frequent ones first; then
one entry for each name in the order of code points: how many words the name begins and ends with in common with the one before, how many
words lie between, and their numbers. Numbers are written in DIGITS: below ONE as one digit, below ONE + TWO * BASE as two, else as three.
"""

import collections
import glob
import re
import sys
import unicodedata

DIGITS = "".join(chr(c) for c in range(0x21, 0x7F) if chr(c) not in "`$\\\"")
BASE = len(DIGITS)
ONE = 50
THREE = 4
TWO = BASE - ONE - THREE
LINE = 1000
# Named by their number; \N wants the case of the first two as it is.
NUMBERED = ["CJK UNIFIED IDEOGRAPH-", "CJK COMPATIBILITY IDEOGRAPH-", "KHITAN SMALL SCRIPT CHARACTER-", "NUSHU CHARACTER-"]


def number(value):
    if value < ONE:
        return DIGITS[value]
    value -= ONE
    if value < TWO * BASE:
        return DIGITS[ONE + value // BASE] + DIGITS[value % BASE]
    value -= TWO * BASE
    assert value < THREE * BASE * BASE
    return DIGITS[ONE + TWO + value // BASE // BASE] + DIGITS[value // BASE % BASE] + DIGITS[value % BASE]


def runs(codes):
    found = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def aliases():
    [path] = glob.glob("/usr/share/perl/5.*.*/unicore/Name.pl")
    with open(path, encoding="utf8") as file:
        candidates = re.findall(r"^([0-9A-F]{5,6})\n(.+)$", file.read(), re.MULTILINE)
    for code, name in candidates:
        character = chr(int(code, 16))
        try:
            if unicodedata.lookup(name) == character and unicodedata.name(character, None) != name:
                yield name, ord(character)
        except KeyError:
            pass


def common(one, other):
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def coded(names):
    entries = []
    before = []
    for name in names:
        words = name.split(" ")
        first = common(words, before)
        last = common(words[first:][::-1], before[first:][::-1])
        entries.append(((first, last, len(words) - first - last), words[first : len(words) - last]))
        before = words
    shapes = [shape for shape, _ in collections.Counter(shape for shape, _ in entries).most_common()]
    words = [word for word, _ in collections.Counter(word for _, middle in entries for word in middle).most_common()]
    shape_numbers = {shape: place for place, shape in enumerate(shapes)}
    word_numbers = {word: place for place, word in enumerate(words)}
    text = "".join(
        number(shape_numbers[shape]) + "".join(number(word_numbers[word]) for word in middle) for shape, middle in entries
    )
    return shapes, words, text


def lines(text):
    return "\n".join(text[start : start + LINE] for start in range(0, len(text), LINE))


def flat(pairs):
    return "[" + ", ".join(f"0x{low:x}, 0x{high:x}" for low, high in pairs) + "]"


def main():
    numbered = {prefix: [] for prefix in NUMBERED}
    spelled = {}
    for code in range(sys.maxunicode + 1):
        name = unicodedata.name(chr(code), None)
        if name is None or name.startswith("HANGUL SYLLABLE "):
            continue
        prefix = next((prefix for prefix in NUMBERED if name == f"{prefix}{code:X}"), None)
        if prefix is None:
            spelled[code] = name
        else:
            numbered[prefix].append(code)
    also = sorted(set(aliases()), key=lambda alias: (alias[1], alias[0]))
    shapes, words, text = coded([*spelled.values(), *(name for name, _ in also)])
    print(f"""/**
 * Names of characters as Python 3.11 knows them (Unicode {unicodedata.unidata_version}). Written by `scripts/character-names.py`, which says how
 * it is coded. Data only; as functions, since V8 holds nothing of those that nobody calls.
 * @module
 */
import type {{ CharSet }} from "./char-set.ts";

/** The digits of the numbers in `entries`, from 0 on. */
export const DIGITS = {DIGITS!r};

/** Numbers of one digit; from there on the first digit says that there are more. */
export const ONE_DIGIT = {ONE};

/** First digits of numbers of two digits. */
export const TWO_DIGITS = {TWO};

/** Characters named by their number. */
export const NUMBERED: readonly {{
  readonly prefix: string;
  readonly codePoints: CharSet;
}}[] = [""")
    for prefix, codes in numbered.items():
        print(f"  {{ prefix: {prefix!r}, codePoints: {flat(runs(codes))} }},")
    print(f"""];

/** Code points of the names in `entries`, in order; behind them come the aliases. */
export const named = (): CharSet => {flat(runs(spelled))};

/** Code points of the aliases. */
export const aliased = (): readonly number[] => [{", ".join(hex(code) for _, code in also)}];

/** By threes: words in common with the name before, at its beginning and at its end, and words between. */
export const shapes = (): readonly number[] => {[part for shape in shapes for part in shape]};

/** All words, the more frequent ones first. Lines end within words. */
export const words = (): string => `
{lines(" ".join(words))}
`;

/** For each name the number of its shape and those of its words. */
export const entries = (): string => `
{lines(text)}
`;""")


main()
