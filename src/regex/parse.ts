/**
 * Reads a pattern in the syntax of Python 3.11's `re` into a tree, with Python's messages for what is wrong.
 * Knows nothing of engines.
 * @module
 */
import { parseClass } from "./character-class.ts";
import { RegexSyntaxError } from "./errors.ts";
import { parseEscape } from "./escapes.ts";
import { type Flags, isFlagLetter, parseFlags, withFlags } from "./flags.ts";
import { checkName, PatternGroups } from "./groups.ts";
import { lengthOf, PatternReader } from "./pattern-reader.ts";
import { isQuantifier, parseQuantifier } from "./quantifier.ts";
import { type Marks, mistakeIn, repeated } from "./translation.ts";
import { type CharacterMode, EMPTY, type Node, type ParsedPattern, unwrapped } from "./tree.ts";
import { type Width, widthOf } from "./width.ts";

/** Groups within groups; Python's own limit is its stack, near this. */
const MAX_NESTING = 495;

/** Longest pattern, UTF-16 units. */
const MAX_PATTERN_LENGTH = 200_000;

const VERBOSE_BLANKS = " \t\n\r\v\f";

/** Thrown within this file alone: `(?x)` changes how the text before it is read, so reading starts again. */
const VERBOSE_FOUND = Symbol("verbose");

const NO_FLAGS: Flags = {
  ignoreCase: false,
  multiline: false,
  dotAll: false,
  verbose: false,
  ascii: false,
};

/**
 * Parses a pattern.
 *
 * @throws {RegexSyntaxError} the pattern is none of Python's
 */
export function parsePattern(pattern: string, flags: Partial<Flags> = {}): ParsedPattern {
  if (pattern.length > MAX_PATTERN_LENGTH) throw new RegexSyntaxError("pattern too long", undefined);
  const start = { ...NO_FLAGS, ...flags };
  try {
    return new Parser(pattern, start).parse();
  } catch (error) {
    if (error !== VERBOSE_FOUND) throw error;
    return new Parser(pattern, { ...start, verbose: true }).parse();
  }
}

class Parser {
  readonly #reader: PatternReader;
  readonly #groups = new PatternGroups();
  readonly #groupWidths = new Map<number, Width>();
  readonly #places = new Map<Node, readonly [start: number, end: number]>();
  #flags: Flags;
  #nesting = 0;
  /** letters of flags for the whole pattern */
  readonly #globals = new Set<string>();
  readonly #marks: Marks = { repeats: new WeakMap(), variableLookbehinds: new Set() };

  constructor(pattern: string, flags: Flags) {
    this.#reader = new PatternReader(pattern);
    this.#flags = flags;
  }

  parse(): ParsedPattern {
    const root = this.#parseAlternation();
    if (this.#globals.has("a") && this.#globals.has("u")) {
      throw new RegexSyntaxError("ASCII and UNICODE flags are incompatible", undefined);
    }
    if (this.#reader.next !== undefined) throw this.#reader.error("unbalanced parenthesis");
    const broken = this.#groups.brokenCondition;
    if (broken !== undefined) {
      const [number, position] = broken;
      const back = this.#reader.position - position;
      throw this.#reader.error(`invalid group reference ${number}`, back);
    }
    const mistake = mistakeIn(root, this.#marks, this.#globals.has("t"));
    if (mistake !== undefined) throw new RegexSyntaxError(mistake, undefined);
    return { root, groupCount: this.#groups.count, groupIndex: this.#groups.names, places: this.#places };
  }

  #mode(): CharacterMode {
    return { ignoreCase: this.#flags.ignoreCase, ascii: this.#flags.ascii };
  }

  #parseAlternation(): Node {
    if (this.#nesting > MAX_NESTING) throw this.#reader.error("groups nested too deeply");
    const branches = [this.#parseSequence(this.#nesting === 0)];
    while (this.#reader.accept("|")) branches.push(this.#parseSequence(false));
    const [only] = branches;
    return branches.length === 1 && only !== undefined ? only : { kind: "alternation", branches };
  }

  /** Reads up to `|`, `)` or the end. Only the very first sequence may turn on flags for the whole pattern. */
  #parseSequence(isFirst: boolean): Node {
    const items: Node[] = [];
    for (;;) {
      const token = this.#reader.next;
      if (token === undefined || token === "|" || token === ")") break;
      const start = this.#reader.position;
      const { length } = items;
      const repeated = items.at(-1);
      this.#reader.take();
      if (this.#flags.verbose && (VERBOSE_BLANKS.includes(token) || token === "#")) {
        if (token === "#") this.#skipLine();
      } else if (token === "(") {
        const group = this.#parseGroup(isFirst && items.length === 0);
        if (group !== undefined) items.push(group);
      } else if (isQuantifier(token)) {
        this.#parseRepeat(token, items);
      } else {
        items.push(this.#parseCharacter(token));
      }
      this.#place(items.at(-1), items.length > length ? undefined : repeated, start);
    }
    return { kind: "sequence", items };
  }

  /** Notes where a node was written: from the piece that it repeats, or from `start`, up to the token to come. */
  #place(node: Node | undefined, repeated: Node | undefined, start: number): void {
    if (node === undefined || node === repeated) return;
    const from = repeated === undefined ? start : (this.#places.get(repeated)?.[0] ?? start);
    this.#places.set(node, [from, this.#reader.position]);
  }

  #skipLine(): void {
    for (;;) {
      const token = this.#reader.take();
      if (token === undefined || token === "\n") return;
    }
  }

  #parseCharacter(token: string): Node {
    const { ascii } = this.#flags;
    if (token === "[") return parseClass(this.#reader, this.#mode());
    if (token === ".") return { kind: "any", newline: this.#flags.dotAll };
    if (token === "^") {
      return { kind: "anchor", at: this.#flags.multiline ? "line-start" : "text-start", ascii };
    }
    if (token === "$") {
      return { kind: "anchor", at: this.#flags.multiline ? "line-end" : "last-line-end", ascii };
    }
    if (!token.startsWith("\\")) return this.#literal(token.codePointAt(0) ?? 0);
    const escaped = parseEscape(this.#reader, token);
    switch (escaped.kind) {
      case "literal":
        return this.#literal(escaped.codePoint);
      case "category":
        return { kind: "class", negated: false, items: [escaped], ...this.#mode() };
      case "anchor":
        return { kind: "anchor", at: escaped.at, ascii };
      case "reference":
        this.#groups.checkReference(this.#reader, escaped.group, escaped.text);
        return { kind: "reference", group: escaped.group, ...this.#mode() };
    }
  }

  #literal(codePoint: number): Node {
    const items = [{ kind: "range", low: codePoint, high: codePoint }] as const;
    return { kind: "class", negated: false, items, ...this.#mode() };
  }

  #parseRepeat(token: string, items: Node[]): void {
    const quantifier = parseQuantifier(this.#reader, token);
    if (quantifier === undefined) {
      items.push(this.#literal(token.codePointAt(0) ?? 0));
      return;
    }
    const item = items.pop();
    const { min, max, back } = quantifier;
    if (item === undefined || item.kind === "anchor") throw this.#reader.error("nothing to repeat", back);
    if (this.#marks.repeats.has(item)) throw this.#reader.error("multiple repeat", back);
    const suffix = this.#reader.accept("?") ? "lazy" : this.#reader.accept("+") ? "possessive" : "greedy";
    const node = repeated(unwrapped(item), min, max, suffix);
    this.#marks.repeats.set(node, suffix);
    items.push(node);
  }

  /** Reads what follows `(`; `undefined` for comments and flags, which leave nothing in the tree. */
  #parseGroup(mayTurnOnFlags: boolean): Node | undefined {
    const reader = this.#reader;
    const start = reader.position - 1;
    if (!reader.accept("?")) return this.#parseCapture(start, undefined);
    const token = reader.take();
    if (token === undefined) throw reader.error("unexpected end of pattern");
    if (token === "P") return this.#parseNamed(start);
    if (token === ":") return this.#parsePlain(start, this.#flags);
    if (token === ">") return { kind: "atomic", body: this.#parsePlain(start, this.#flags) };
    if (token === "#") {
      this.#skipComment(start);
      return undefined;
    }
    if (token === "=" || token === "!") return this.#parseLook(start, false, token === "!");
    if (token === "<") return this.#parseLookbehind(start);
    if (token === "(") return this.#parseConditional(start);
    if (isFlagLetter(token) || token === "-") {
      const inline = parseFlags(reader, token);
      const flags = withFlags(this.#flags, inline.on, inline.off);
      if (!inline.global) return this.#parsePlain(start, flags);
      if (!mayTurnOnFlags) {
        const back = reader.position - start;
        throw reader.error("global flags not at the start of the expression", back);
      }
      if (flags.verbose && !this.#flags.verbose) throw VERBOSE_FOUND;
      for (const letter of inline.on) this.#globals.add(letter);
      this.#flags = flags;
      return undefined;
    }
    throw reader.error(`unknown extension ?${token}`, lengthOf(token) + 1);
  }

  #skipComment(start: number): void {
    for (;;) {
      const token = this.#reader.take();
      if (token === ")") return;
      if (token === undefined) {
        throw this.#reader.error("missing ), unterminated comment", this.#reader.position - start);
      }
    }
  }

  /** Reads the inside of parentheses and the closing one. */
  #parseInside(start: number): Node {
    this.#nesting++;
    const body = this.#parseAlternation();
    this.#nesting--;
    this.#close(start);
    return body;
  }

  #close(start: number): void {
    if (this.#reader.accept(")")) return;
    throw this.#reader.error("missing ), unterminated subpattern", this.#reader.position - start);
  }

  #parsePlain(start: number, flags: Flags): Node {
    const outer = this.#flags;
    this.#flags = flags;
    const body = this.#parseInside(start);
    this.#flags = outer;
    // A sequence of its own: what follows repeats all of it, and a quantifier inside is not "multiple".
    return { kind: "sequence", items: [body] };
  }

  #parseCapture(start: number, name: string | undefined): Node {
    const number = this.#groups.open(this.#reader, name);
    const body = this.#parseInside(start);
    this.#groups.close(number, body);
    this.#groupWidths.set(number, this.#widthOf(body));
    return { kind: "group", number, body };
  }

  #parseNamed(start: number): Node {
    const reader = this.#reader;
    if (reader.accept("<")) {
      const name = reader.takeUntil(">", "group name");
      checkName(reader, name);
      return this.#parseCapture(start, name);
    }
    if (reader.accept("=")) {
      const name = reader.takeUntil(")", "group name");
      checkName(reader, name);
      const group = this.#groups.named(reader, name);
      return { kind: "reference", group, ...this.#mode() };
    }
    const token = reader.take();
    if (token === undefined) throw reader.error("unexpected end of pattern");
    throw reader.error(`unknown extension ?P${token}`, lengthOf(token) + 2);
  }

  #parseLookbehind(start: number): Node {
    const token = this.#reader.take();
    if (token === undefined) throw this.#reader.error("unexpected end of pattern");
    if (token !== "=" && token !== "!") {
      throw this.#reader.error(`unknown extension ?<${token}`, lengthOf(token) + 2);
    }
    return this.#groups.inLookbehind(() => this.#parseLook(start, true, token === "!"));
  }

  #parseLook(start: number, behind: boolean, negated: boolean): Node {
    const body = this.#parseInside(start);
    const { min, max } = this.#widthOf(body);
    const node: Node = { kind: "look", behind, negated, width: behind ? min : 0, body };
    if (behind && min !== max) this.#marks.variableLookbehinds.add(node);
    return node;
  }

  #parseConditional(start: number): Node {
    const reader = this.#reader;
    const name = reader.takeUntil(")", "group name");
    const back = lengthOf(name) + 1;
    const group = this.#groups.condition(reader, name, back);
    this.#groups.checkInLookbehind(reader, group);
    this.#nesting++;
    if (this.#nesting > MAX_NESTING) throw reader.error("groups nested too deeply");
    const yes = this.#parseSequence(false);
    const no = reader.accept("|") ? this.#parseSequence(false) : EMPTY;
    this.#nesting--;
    if (reader.next === "|") throw reader.error("conditional backref with more than two branches");
    this.#close(start);
    return { kind: "conditional", group, yes, no };
  }

  #widthOf(node: Node): Width {
    return widthOf(node, (group) => this.#groupWidths.get(group));
  }
}
