/**
 * Walks a pattern token by token as Python's `re` does: a token is one code point, or a backslash with the one after it.
 * Positions count code points from 0.
 * @module
 */
import { type RegexSyntaxError, syntaxErrorAt } from "./errors.ts";

export class PatternReader {
  readonly #characters: readonly string[];
  #index = 0;
  #next: string | undefined;

  constructor(pattern: string) {
    this.#characters = Array.from(pattern);
    this.#advance();
  }

  /** The token to come, `undefined` at the end. */
  get next(): string | undefined {
    return this.#next;
  }

  /** Position of the token to come. */
  get position(): number {
    return this.#index - (this.#next === undefined ? 0 : this.#next.startsWith("\\") ? 2 : 1);
  }

  /** Takes a token. */
  take(): string | undefined {
    const token = this.#next;
    this.#advance();
    return token;
  }

  /** Takes the token if it is the one expected. */
  accept(token: string): boolean {
    if (this.#next !== token) return false;
    this.#advance();
    return true;
  }

  /** Takes up to `limit` tokens that satisfy the test, as text. */
  takeWhile(limit: number, test: RegExp): string {
    let text = "";
    for (let i = 0; i < limit && this.#next !== undefined && test.test(this.#next); i++) {
      text += this.#next;
      this.#advance();
    }
    return text;
  }

  /**
   * Takes everything before the terminator, and the terminator.
   *
   * @param what the thing read, for the messages: "group name"
   * @throws {RegexSyntaxError} nothing there, or no terminator
   */
  takeUntil(terminator: string, what: string): string {
    let text = "";
    for (;;) {
      const token = this.take();
      if (token === undefined) {
        if (text === "") throw this.error(`missing ${what}`);
        throw this.error(`missing ${terminator}, unterminated name`, lengthOf(text));
      }
      if (token === terminator) {
        if (text === "") throw this.error(`missing ${what}`, 1);
        return text;
      }
      text += token;
    }
  }

  /** Goes back to a position read before. */
  seek(position: number): void {
    this.#index = position;
    this.#advance();
  }

  /** An error `back` code points before the token to come. */
  error(message: string, back = 0): RegexSyntaxError {
    return syntaxErrorAt(message, this.#characters, this.position - back);
  }

  #advance(): void {
    const character = this.#characters[this.#index];
    if (character === undefined) {
      this.#next = undefined;
      return;
    }
    this.#index++;
    if (character !== "\\") {
      this.#next = character;
      return;
    }
    const escaped = this.#characters[this.#index];
    if (escaped === undefined) {
      throw syntaxErrorAt("bad escape (end of pattern)", this.#characters, this.#characters.length - 1);
    }
    this.#index++;
    this.#next = character + escaped;
  }
}

/** Length in code points, the unit of positions. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}
