/**
 * The small Python expressions of sample annotations (`name == 'sshd' and opts.get('mode') != 'ddos'`), read as data.
 * Texts, `None`, `True`, `False`, `name`, `opts.get(…)`, `opts[…]`, lists, `==`, `!=`, `in`, `not in`, `not`, `and`, `or`, parentheses. Nothing
 * is called and nothing else can be named.
 * @module
 */

type Value = string | boolean | undefined | readonly Value[];

export class ExpressionError extends Error {}

const TOKEN = /\s*(?:(==|!=|[()[\],.])|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*))/gy;

interface Token {
  readonly kind: "sign" | "text" | "word";
  readonly text: string;
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = source.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const [, sign, single, double, word] = TOKEN.exec(source) ?? [];
    const text = single ?? double;
    if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else if (text !== undefined) tokens.push({ kind: "text", text: text.replace(/\\(.)/g, "$1") });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else throw new ExpressionError(`cannot read ${source.slice(at)}`);
  }
  return tokens;
}

const sameValue = (a: Value, b: Value): boolean =>
  Array.isArray(a) && Array.isArray(b) ? JSON.stringify(a) === JSON.stringify(b) : a === b;

const isTrue = (value: Value): boolean =>
  typeof value === "boolean" ? value : value !== undefined && value.length > 0;

class Reader {
  readonly #tokens: Token[];
  readonly #name: string;
  readonly #options: ReadonlyMap<string, string>;

  constructor(source: string, name: string, options: ReadonlyMap<string, string>) {
    this.#tokens = tokensOf(source);
    this.#name = name;
    this.#options = options;
  }

  whole(): boolean {
    const value = this.#either();
    const [left] = this.#tokens;
    if (left !== undefined) throw new ExpressionError(`cannot go on at ${left.text}`);
    return isTrue(value);
  }

  #takes(text: string): boolean {
    const [token] = this.#tokens;
    if (token === undefined || token.kind === "text" || token.text !== text) return false;
    this.#tokens.shift();
    return true;
  }

  #wants(text: string): void {
    if (!this.#takes(text)) throw new ExpressionError(`${text} is missing`);
  }

  #either(): Value {
    let value = this.#both();
    while (this.#takes("or")) {
      const other = this.#both();
      if (!isTrue(value)) value = other;
    }
    return value;
  }

  #both(): Value {
    let value = this.#negation();
    while (this.#takes("and")) {
      const other = this.#negation();
      if (isTrue(value)) value = other;
    }
    return value;
  }

  #negation(): Value {
    return this.#takes("not") ? !isTrue(this.#negation()) : this.#comparison();
  }

  #comparison(): Value {
    const left = this.#primary();
    if (this.#takes("==")) return sameValue(left, this.#primary());
    if (this.#takes("!=")) return !sameValue(left, this.#primary());
    if (this.#takes("in")) return this.#isIn(left, this.#primary());
    if (this.#takes("not")) {
      this.#wants("in");
      return !this.#isIn(left, this.#primary());
    }
    return left;
  }

  #isIn(value: Value, container: Value): boolean {
    if (Array.isArray(container)) return container.some((item) => sameValue(item, value));
    if (typeof container === "string" && typeof value === "string") return container.includes(value);
    throw new ExpressionError("nothing to look in");
  }

  #primary(): Value {
    const token = this.#tokens.shift();
    if (token === undefined) throw new ExpressionError("a value is missing");
    if (token.kind === "text") return token.text;
    switch (token.text) {
      case "(":
        return this.#group();
      case "[":
        return this.#list("]");
      case "None":
        return undefined;
      case "True":
        return true;
      case "False":
        return false;
      case "name":
        return this.#name;
      case "opts":
        return this.#option();
      default:
        throw new ExpressionError(`${token.text} means nothing here`);
    }
  }

  /** `(a)` is a, `(a, b)` a list. */
  #group(): Value {
    const value = this.#either();
    if (this.#takes(")")) return value;
    this.#wants(",");
    return [value, ...this.#list(")")];
  }

  #list(end: string): readonly Value[] {
    const values: Value[] = [];
    while (!this.#takes(end)) {
      values.push(this.#either());
      if (this.#takes(end)) break;
      this.#wants(",");
    }
    return values;
  }

  #option(): Value {
    if (this.#takes("[")) {
      const value = this.#options.get(String(this.#primary()));
      this.#wants("]");
      return value;
    }
    this.#wants(".");
    this.#wants("get");
    this.#wants("(");
    const key = this.#primary();
    const otherwise = this.#takes(",") ? this.#primary() : undefined;
    this.#wants(")");
    return this.#options.get(String(key)) ?? otherwise;
  }
}

/** Whether the expression is true. @throws {ExpressionError} where it is none of the small ones */
export function holds(source: string, name: string, options: ReadonlyMap<string, string>): boolean {
  return new Reader(source, name, options).whole();
}
