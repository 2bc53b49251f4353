import { expect, test } from "vitest";
import { codePointNamed } from "../../../src/regex/character-names.ts";

test.each([
  ["SPACE", 0x20],
  ["space", 0x20],
  ["LATIN SMALL LETTER A WITH MACRON", 0x101],
  ["ZERO WIDTH NO-BREAK SPACE", 0xfeff],
  ["GRINNING FACE", 0x1f600],
  ["EGYPTIAN HIEROGLYPH AA032", 0x1342e],
  ["VARIATION SELECTOR-256", 0xe01ef],
  ["NULL", 0],
  ["BOM", 0xfeff],
  ["VS256", 0xe01ef],
  ["BELL", 0x1f514],
  ["ALERT", 7],
  ["HANGUL SYLLABLE GA", 0xac00],
  ["HANGUL SYLLABLE A", 0xc544],
  ["HANGUL SYLLABLE HIH", 0xd7a3],
  ["CJK UNIFIED IDEOGRAPH-4E00", 0x4e00],
  ["CJK UNIFIED IDEOGRAPH-04E00", 0x4e00],
  ["CJK UNIFIED IDEOGRAPH-20000", 0x20000],
  ["cjk compatibility ideograph-f900", 0xf900],
  ["nushu character-1b170", 0x1b170],
])("%s names its character", (name, codePoint) => {
  expect(codePointNamed(name)).toBe(codePoint);
});

test.each([
  "",
  " ",
  "NO SUCH",
  " SPACE",
  "SPACE ",
  "LINE  FEED",
  "hangul syllable ga",
  "HANGUL SYLLABLE ",
  "HANGUL SYLLABLE GAGA",
  "cjk unified ideograph-4e00",
  "CJK UNIFIED IDEOGRAPH-4e00",
  "CJK UNIFIED IDEOGRAPH-2A6E0",
  "CJK COMPATIBILITY IDEOGRAPH-0F900",
  "TANGUT IDEOGRAPH-17000",
  "LATIN ſMALL LETTER A",
  "toString",
])("%j names none", (name) => {
  expect(codePointNamed(name)).toBeUndefined();
});
