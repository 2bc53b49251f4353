/**
 * What we know of characters against what Python knows, over all code points: categories, case, names.
 * @module
 */
import { type CharSet, charSet, rangesOf } from "../../../src/regex/char-set.ts";
import { codePointNamed } from "../../../src/regex/character-names.ts";
import { classSet, closedOverCase, simpleLower } from "../../../src/regex/character-sets.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { isIdentifier, isLetter, numberOf, quoted } from "../../../src/regex/python-names.ts";
import type { Node } from "../../../src/regex/tree.ts";
import { CASED } from "../../../src/regex/unicode-tables.ts";
import type { Dice } from "../../dice.ts";
import type { Difference } from "../part.ts";
import type { PythonJudge, Tables } from "./judge.ts";

const ALL = 0x110000;

/** Names that are made of those of characters, right and wrong, in one run. */
const DAMAGED_NAMES = 20_000;

export interface TableComparison {
  readonly name: string;
  readonly cases: number;
  readonly differences: readonly Difference[];
}

const only = (codePoint: number): CharSet => [codePoint, codePoint];

function setOf(pattern: string): CharSet {
  let node: Node | undefined = parsePattern(pattern).root;
  while (node?.kind === "sequence") node = node.items[0];
  if (node?.kind !== "class") throw new Error(`${pattern} is no class`);
  return classSet(node);
}

function where(holds: (character: string) => boolean): CharSet {
  const ranges: [number, number][] = [];
  for (let codePoint = 0; codePoint < ALL; codePoint++) {
    if (holds(String.fromCodePoint(codePoint))) ranges.push([codePoint, codePoint]);
  }
  return charSet(ranges);
}

/** Our sets by the names that the judge gives them. */
const OUR_SETS: Readonly<Record<string, () => CharSet>> = {
  "\\d": () => setOf("\\d"),
  "\\s": () => setOf("\\s"),
  "\\w": () => setOf("\\w"),
  "(?a)\\d": () => setOf("(?a)\\d"),
  "(?a)\\s": () => setOf("(?a)\\s"),
  "(?a)\\w": () => setOf("(?a)\\w"),
  printable: () =>
    where((character) => !quoted(character).slice(1, -1).startsWith("\\") || character === "\\"),
  "identifier-start": () => where(isIdentifier),
  "identifier-part": () => where((character) => isIdentifier(`a${character}`)),
  letter: () => where(isLetter),
  decimal: () => where((character) => numberOf(character) !== undefined),
};

/** Sets of characters, case, and names, each as one comparison. */
export async function* compareTables(judge: PythonJudge, dice: Dice): AsyncGenerator<TableComparison> {
  const tables = await judge.tables();
  for (const [name, ours] of Object.entries(OUR_SETS))
    yield compareSet(name, tables.sets[name] ?? [], ours());
  yield compareCase(tables);
  yield* compareNames(judge, dice);
}

function compareSet(name: string, theirs: CharSet, ours: CharSet): TableComparison {
  const differences: Difference[] = [];
  const show = (set: CharSet): Set<string> =>
    new Set([...rangesOf(set)].map(([low, high]) => `${low.toString(16)}-${high.toString(16)}`));
  const [their, our] = [show(theirs), show(ours)];
  for (const range of new Set([...their, ...our])) {
    if (their.has(range) && our.has(range)) continue;
    differences.push({
      key: `characters ${name}: ${range}`,
      input: `${name} ${range}`,
      theirs: their.has(range) ? "a range" : "none",
      ours: our.has(range) ? "a range" : "none",
    });
  }
  return { name: `characters: ${name}`, cases: ALL, differences };
}

function membersOf(set: CharSet): number[] {
  return [...rangesOf(set)].flatMap(([low, high]) =>
    Array.from({ length: high - low + 1 }, (_, i) => low + i),
  );
}

function compareCase({ cases }: Tables): TableComparison {
  const differences: Difference[] = [];
  const check = (
    codePoint: number,
    what: string,
    theirs: readonly number[],
    ours: readonly number[],
  ): void => {
    if (theirs.join() === ours.join()) return;
    const isKnown = what === "in a class" && codePoint > 0xffff;
    const key = isKnown
      ? "astral letter in a class that ignores case"
      : `case of ${codePoint.toString(16)} ${what}`;
    differences.push({
      key,
      input: `${codePoint.toString(16)} ${what}`,
      theirs: theirs.join(" "),
      ours: ours.join(" "),
    });
  };
  const seen = new Set<number>();
  for (const [codePoint, literal, listed, again, ascii] of cases) {
    seen.add(codePoint);
    const variants = membersOf(closedOverCase(only(codePoint), false));
    check(codePoint, "alone", literal, variants);
    const inClass = membersOf(setOf(`(?i)[${String.fromCodePoint(codePoint)}\0]`)).slice(1);
    check(codePoint, "in a class", listed, inClass);
    const lower = simpleLower(codePoint, false);
    check(
      codePoint,
      "by reference",
      again,
      variants.filter((other) => simpleLower(other, false) === lower),
    );
    check(codePoint, "in ASCII", ascii, membersOf(closedOverCase(only(codePoint), true)));
  }
  for (const codePoint of membersOf(CASED)) {
    if (seen.has(codePoint)) continue;
    check(codePoint, "alone", [codePoint], membersOf(closedOverCase(only(codePoint), false)));
    check(codePoint, "lowered", [codePoint], [simpleLower(codePoint, false)]);
  }
  return { name: "characters: case", cases: 4 * cases.length, differences };
}

async function* compareNames(judge: PythonJudge, dice: Dice): AsyncGenerator<TableComparison> {
  const differences: Difference[] = [];
  const check = (name: string, theirs: number | null): void => {
    const ours = codePointNamed(name) ?? null;
    if (ours === theirs) return;
    differences.push({ key: `name ${name}`, input: name, theirs: String(theirs), ours: String(ours) });
  };
  const characters = await judge.characters();
  for (const [codePoint, name] of characters) check(name, codePoint);
  yield { name: "names of characters", cases: characters.length, differences: differences.splice(0) };
  const names = Array.from({ length: DAMAGED_NAMES }, () => damagedName(dice, dice.pick(characters)[1]));
  for (const [index, codePoint] of (await judge.codePointsOf(names)).entries())
    check(names[index] ?? "", codePoint);
  yield { name: "names of no characters", cases: names.length, differences };
}

function damagedName(dice: Dice, name: string): string {
  const at = dice.below(name.length);
  switch (dice.below(6)) {
    case 0:
      return name.toLowerCase();
    case 1:
      return name.slice(0, at) + name.slice(at + 1);
    case 2:
      return name.slice(0, at) + dice.pick([..." -A0Fga4E"]) + name.slice(at + dice.below(2));
    case 3:
      return `HANGUL SYLLABLE ${dice.pick(["", "G", "GG", "S", "SS", "J"])}${dice.pick(["A", "YE", "WEO", "I", "", "E"])}${dice.pick(["", "G", "GS", "LB", "SS", "H", "A"])}`;
    case 4:
      return (
        dice.pick([
          "CJK UNIFIED IDEOGRAPH-",
          "CJK COMPATIBILITY IDEOGRAPH-",
          "nushu character-",
          "KHITAN SMALL SCRIPT CHARACTER-",
        ]) +
        dice.pick(["", "0"]) +
        dice.below(0x32000).toString(16)[dice.once(2) ? "toUpperCase" : "toString"]()
      );
    default:
      return name.replace(/^\S+ /, "");
  }
}
