/**
 * Writes texts that a regex should match, by walking its tree with dice: which branch, how often, which character.
 * Lookarounds are not solved, so now and then a text does not match after all; that does no harm here.
 * @module
 */

import { type CharSet, hasCodePoint, intersectionOf } from "../../../src/regex/char-set.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";
import type { Node } from "../../../src/regex/tree.ts";
import type { Dice } from "../../dice.ts";

/** Longest text written for one regex, characters; walking stops adding repeats from there on. */
const MAX_CHARS = 3000;

/** A text and the places where a piece of the regex ended: where it may be cut and spliced. */
export interface WrittenText {
  readonly text: string;
  readonly cuts: readonly number[];
}

/** What to write for a named group instead of walking it; `undefined`: walk. */
export type GroupWriter = (name: string, walk: () => string) => string | undefined;

/** Words as they stand in logs, and some that nobody expects there. */
const WORDS = [
  "root",
  "admin",
  "bob",
  "x",
  "a",
  "0",
  "22",
  "4711",
  "65536",
  "unknown",
  "localhost",
  "host.example.com",
  "user@example.com",
  "/index.php",
  "GET / HTTP/1.1",
  "invalid user",
  "r00t",
  "naïve",
  "Müller",
  "пользователь",
  "-",
  "none",
  "PLAIN",
  "LOGIN",
  "[preauth]",
  "from 192.0.2.1",
  "192.0.2.7",
  "2001:db8::7",
  "a b",
  "a=b",
  "<x>",
  "%s",
  "\\x00",
  "O'Brien",
  '"q"',
  "x from 10.0.0.1 port 22 ssh2",
  "rhost=10.0.0.2",
  "user=eve",
  "(x)",
  "{y}",
  "...",
  "\t",
  "😀",
  "１２",
  "٣",
  "\u00a0",
  "\u0085",
  "ſ",
  "K",
] as const; // prettier-ignore

const LETTERS: CharSet = [0x30, 0x39, 0x61, 0x7a];
const PRINTABLE: CharSet = [0x20, 0x7e];
const ODD = [..."\t\r\u000b\u001c\u0085\u00a0\u2028\ufeff\ufffdéßİıſKЖ٣１😀\u0000\u007f"].map(
  (character) => character.codePointAt(0) ?? 0,
);

const countOf = (set: CharSet): number => {
  let count = 0;
  for (let i = 0; i + 1 < set.length; i += 2) count += (set[i + 1] ?? 0) - (set[i] ?? 0) + 1;
  return count;
};

function memberOf(set: CharSet, index: number): number {
  let left = index;
  for (let i = 0; i + 1 < set.length; i += 2) {
    const low = set[i] ?? 0;
    const size = (set[i + 1] ?? 0) - low + 1;
    if (left < size) return low + left;
    left -= size;
  }
  return set[0] ?? 0x3f;
}

/** The members of a set that are worth trying, by kind. */
class Palette {
  readonly #kinds: readonly CharSet[];
  readonly #odd: readonly number[];
  readonly words: readonly string[];

  constructor(set: CharSet) {
    const usual = [intersectionOf(set, LETTERS), intersectionOf(set, PRINTABLE)].filter(
      (kind) => kind.length > 0,
    );
    this.#kinds = usual.length > 0 ? usual : [set.slice(0, 8)];
    this.#odd = ODD.filter((codePoint) => hasCodePoint(set, codePoint));
    this.words = WORDS.filter((word) =>
      Array.from(word).every((character) => hasCodePoint(set, character.codePointAt(0) ?? 0)),
    );
  }

  draw(dice: Dice): string {
    if (this.#odd.length > 0 && dice.once(150)) return String.fromCodePoint(dice.pick(this.#odd));
    const kind = dice.once(4) ? dice.pick(this.#kinds) : (this.#kinds[0] ?? []);
    return String.fromCodePoint(memberOf(kind, dice.below(countOf(kind))));
  }
}

const palettes = new WeakMap<Node, Palette>();

function paletteOf(node: Node & { readonly kind: "set" }): Palette {
  const known = palettes.get(node);
  if (known !== undefined) return known;
  const palette = new Palette(node.set);
  palettes.set(node, palette);
  return palette;
}

/** One regex that texts can be written for. */
export class TextTree {
  readonly #root: Node;
  readonly #names: ReadonlyMap<number, string>;

  /** @throws {RegexSyntaxError} */
  constructor(pattern: string, options: { readonly multiline?: boolean } = {}) {
    const parsed = parsePattern(pattern, { multiline: options.multiline ?? false });
    this.#root = resolveCharacters(parsed.root);
    this.#names = new Map(Array.from(parsed.groupIndex, ([name, number]) => [number, name]));
  }

  write(dice: Dice, writeGroup: GroupWriter = () => undefined): WrittenText {
    return new Walk(dice, this.#names, writeGroup).write(this.#root);
  }

  /** As {@link write}, with the text of group 1 and where it begins: what a date pattern cuts out. */
  writeCut(dice: Dice): { readonly before: string; readonly cut: string; readonly after: string } {
    const walk = new Walk(dice, this.#names, () => undefined);
    const { text } = walk.write(this.#root);
    const [start, end] = walk.spans.get(1) ?? [0, text.length];
    return { before: text.slice(0, start), cut: text.slice(start, end), after: text.slice(end) };
  }
}

class Walk {
  readonly #dice: Dice;
  readonly #names: ReadonlyMap<number, string>;
  readonly #writeGroup: GroupWriter;
  readonly spans = new Map<number, readonly [start: number, end: number]>();
  readonly #cuts: number[] = [];
  #text = "";

  constructor(dice: Dice, names: ReadonlyMap<number, string>, writeGroup: GroupWriter) {
    this.#dice = dice;
    this.#names = names;
    this.#writeGroup = writeGroup;
  }

  write(root: Node): WrittenText {
    this.#walk(root, 0);
    return { text: this.#text, cuts: this.#cuts };
  }

  #walk(node: Node, depth: number): void {
    const dice = this.#dice;
    switch (node.kind) {
      case "set":
        this.#text += paletteOf(node).draw(dice);
        return;
      case "sequence":
        for (const item of node.items) {
          this.#walk(item, depth + 1);
          if (depth < 4) this.#cuts.push(this.#text.length);
        }
        return;
      case "alternation":
        this.#walk(dice.pick(node.branches), depth + 1);
        return;
      case "group":
        this.#group(node.number, node.body, depth);
        return;
      case "repeat":
        this.#repeat(node, depth);
        return;
      case "atomic":
        this.#walk(node.body, depth + 1);
        return;
      case "look":
        if (!node.behind && !node.negated && dice.once(3)) this.#walk(node.body, depth + 1);
        return;
      case "reference":
        this.#text += this.#captured(node.group) ?? "";
        return;
      case "conditional":
        this.#walk(this.spans.has(node.group) ? node.yes : node.no, depth + 1);
        return;
      case "anchor":
      case "class":
      case "any":
        return;
    }
  }

  #captured(group: number): string | undefined {
    const span = this.spans.get(group);
    return span === undefined ? undefined : this.#text.slice(...span);
  }

  #group(number: number, body: Node, depth: number): void {
    const start = this.#text.length;
    const name = this.#names.get(number);
    const walk = (): string => {
      this.#walk(body, depth + 1);
      const written = this.#text.slice(start);
      this.#text = this.#text.slice(0, start);
      return written;
    };
    const given = name === undefined ? undefined : this.#writeGroup(name, walk);
    if (given === undefined) this.#walk(body, depth + 1);
    else this.#text += given;
    this.spans.set(number, [start, this.#text.length]);
  }

  #repeat(node: Node & { readonly kind: "repeat" }, depth: number): void {
    const dice = this.#dice;
    const { min, max, body } = node;
    if (body.kind === "set" && max > 3) {
      const { words } = paletteOf(body);
      if (words.length > 0 && dice.below(3) > 0) {
        const word = dice.pick(words);
        const length = Array.from(word).length;
        if (length >= min && length <= max) {
          this.#text += word;
          return;
        }
      }
    }
    const most = Math.min(max, min + (dice.once(300) ? 400 : 8));
    let count = min === 0 && max === 1 ? dice.below(2) : min + dice.few(2, most - min);
    if (this.#text.length > MAX_CHARS) count = min;
    for (let i = 0; i < Math.min(count, 2000); i++) this.#walk(body, depth + 1);
  }
}
