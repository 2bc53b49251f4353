/**
 * Syntax of the safe arithmetic subset: text → tree (A§1.10, A§3.4, A§7.5).
 * Knows no values of names; `arithmetic.ts` computes.
 * @module
 */

/** Longest expression, characters. */
const MAX_SOURCE_CHARS = 2000;
/** Deepest nesting of parentheses, signs, powers and conditions. */
const MAX_DEPTH = 60;

/** An expression that is wrong or has no value; the message is worded as Python words it. */
export class ArithmeticError extends Error {
  override readonly name = "ArithmeticError";
}

/** A number that remembers whether Python would hold it as a float. */
export interface ArithmeticNumber {
  readonly value: number;
  readonly isFloat: boolean;
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**" | "<<" | ">>";
export type Comparison = "<" | ">" | "<=" | ">=" | "==" | "!=";

export type Tree =
  | { readonly kind: "number"; readonly number: ArithmeticNumber }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Tree[] }
  | { readonly kind: "negate" | "plus" | "not"; readonly operand: Tree }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Tree;
      readonly right: Tree;
    }
  | { readonly kind: "and" | "or"; readonly left: Tree; readonly right: Tree }
  | {
      readonly kind: "compare";
      readonly first: Tree;
      readonly rest: readonly { readonly operator: Comparison; readonly operand: Tree }[];
    }
  | { readonly kind: "condition"; readonly test: Tree; readonly yes: Tree; readonly no: Tree };

interface Token {
  readonly kind: "number" | "name" | "operator";
  readonly text: string;
}

const NUMBER = /(?:\d(?:_?\d)*)?\.?(?:\d(?:_?\d)*)?(?:(?<=[\d.])[eE][+-]?\d(?:_?\d)*)?/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*(?:\s*\.\s*[\p{L}_][\p{L}\p{N}_]*)*/uy;
const OPERATOR = /\*\*|\/\/|<<|>>|<=|>=|==|!=|[-+*/%()<>,]/y;
const BLANK = /\s+/y;

function syntaxError(text = "invalid syntax"): ArithmeticError {
  return new ArithmeticError(`${text} (<string>, line 1)`);
}

function take(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? "";
}

/** Python's complaints about a number that ends in the middle of a word or has a zero too many. */
function checkNumber(text: string, next: string): void {
  if (/^0[xX]?$/.test(text + next)) {
    if (next !== "") throw syntaxError("invalid hexadecimal literal");
    return;
  }
  if (/[\p{L}_]/u.test(next)) throw syntaxError("invalid decimal literal");
  if (/^0[\d_]*[1-9][\d_]*$/.test(text)) {
    throw syntaxError(
      "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
    );
  }
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const blank = take(BLANK, source, at);
    if (blank !== "") {
      at += blank.length;
      continue;
    }
    const number = take(NUMBER, source, at);
    if (/\d/.test(number)) {
      at += number.length;
      checkNumber(number, source.charAt(at));
      tokens.push({ kind: "number", text: number });
      continue;
    }
    const name = take(NAME, source, at);
    if (name !== "") {
      at += name.length;
      tokens.push({ kind: "name", text: name.replace(/\s+/g, "") });
      continue;
    }
    const operator = take(OPERATOR, source, at);
    if (operator === "") throw syntaxError();
    at += operator.length;
    tokens.push({ kind: "operator", text: operator });
  }
  return tokens;
}

const KEYWORDS: ReadonlySet<string> = new Set([
  "if",
  "else",
  "and",
  "or",
  "not",
  "in",
  "is",
  "for",
  "lambda",
]);
const COMPARISONS: readonly Comparison[] = ["<", ">", "<=", ">=", "==", "!="];

/** Recursive descent, one method a level of Python's precedence. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Tree {
    const tree = this.#condition();
    if (this.#accept(")")) throw syntaxError("unmatched ')'");
    if (this.#at < this.#tokens.length) throw syntaxError();
    return tree;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at]?.text;
  }

  #accept(...texts: readonly string[]): string | undefined {
    const text = this.#peek();
    if (text === undefined || !texts.includes(text)) return undefined;
    this.#at += 1;
    return text;
  }

  #oneOf<T extends string>(texts: readonly T[]): T | undefined {
    const text = this.#peek();
    const found = texts.find((each) => each === text);
    if (found !== undefined) this.#at += 1;
    return found;
  }

  /** Runs a level that may lead back to itself, and refuses to go too deep. */
  #deeper(level: () => Tree): Tree {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw syntaxError("too many nested parentheses");
    const tree = level();
    this.#depth -= 1;
    return tree;
  }

  #condition(): Tree {
    return this.#deeper(() => {
      const yes = this.#or();
      if (this.#accept("if") === undefined) return yes;
      const test = this.#or();
      if (this.#accept("else") === undefined) {
        throw syntaxError("expected 'else' after 'if' expression");
      }
      return { kind: "condition", test, yes, no: this.#condition() };
    });
  }

  #or(): Tree {
    let left = this.#and();
    while (this.#accept("or") !== undefined) left = { kind: "or", left, right: this.#and() };
    return left;
  }

  #and(): Tree {
    let left = this.#not();
    while (this.#accept("and") !== undefined) left = { kind: "and", left, right: this.#not() };
    return left;
  }

  #not(): Tree {
    if (this.#accept("not") === undefined) return this.#comparison();
    return this.#deeper(() => ({ kind: "not", operand: this.#not() }));
  }

  #comparison(): Tree {
    const first = this.#shift();
    const rest: { operator: Comparison; operand: Tree }[] = [];
    for (let op = this.#oneOf(COMPARISONS); op !== undefined; op = this.#oneOf(COMPARISONS)) {
      rest.push({ operator: op, operand: this.#shift() });
    }
    return rest.length === 0 ? first : { kind: "compare", first, rest };
  }

  #leftToRight(operators: readonly BinaryOperator[], operand: () => Tree): Tree {
    let left = operand();
    for (let op = this.#oneOf(operators); op !== undefined; op = this.#oneOf(operators)) {
      left = { kind: "binary", operator: op, left, right: operand() };
    }
    return left;
  }

  #shift(): Tree {
    return this.#leftToRight(["<<", ">>"], () => this.#sum());
  }

  #sum(): Tree {
    return this.#leftToRight(["+", "-"], () => this.#product());
  }

  #product(): Tree {
    return this.#leftToRight(["*", "/", "//", "%"], () => this.#signed());
  }

  #signed(): Tree {
    const sign = this.#accept("-", "+");
    if (sign === undefined) return this.#power();
    return this.#deeper(() => ({ kind: sign === "-" ? "negate" : "plus", operand: this.#signed() }));
  }

  #power(): Tree {
    const left = this.#atom();
    if (this.#accept("**") === undefined) return left;
    return this.#deeper(() => ({ kind: "binary", operator: "**", left, right: this.#signed() }));
  }

  #atom(): Tree {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw syntaxError();
    this.#at += 1;
    if (token.kind === "number") {
      const value = Number(token.text.replaceAll("_", ""));
      return { kind: "number", number: { value, isFloat: /[.eE]/.test(token.text) } };
    }
    if (token.kind === "name" && !KEYWORDS.has(token.text)) {
      if (this.#accept("(") === undefined) return { kind: "name", name: token.text };
      return { kind: "call", name: token.text, args: this.#args() };
    }
    if (token.text !== "(") throw syntaxError();
    const inner = this.#condition();
    this.#close();
    return inner;
  }

  #args(): Tree[] {
    const args: Tree[] = [];
    while (this.#accept(")") === undefined) {
      args.push(this.#condition());
      if (this.#accept(",") === undefined) {
        this.#close();
        break;
      }
    }
    return args;
  }

  #close(): void {
    if (this.#accept(")") !== undefined) return;
    throw this.#at >= this.#tokens.length ? syntaxError("'(' was never closed") : syntaxError();
  }
}

/**
 * Reads an expression.
 *
 * @throws {ArithmeticError} where Python raises SyntaxError, and where the text is too long or nested too deep
 */
export function parseArithmetic(source: string): Tree {
  if (source.length > MAX_SOURCE_CHARS) throw syntaxError("expression is too long");
  const tokens = tokenize(source);
  if (tokens.length === 0) throw new ArithmeticError("invalid syntax (<string>, line 0)");
  return new Parser(tokens).whole();
}
