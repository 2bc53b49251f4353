/**
 * The words of one command, with fail2ban's answer to a missing one: an IndexError (B§2.1).
 * @module
 */
import type { StreamWord } from "../config/settings.ts";
import { CommandError, missingWord } from "./command-error.ts";
import { valueText } from "./value-text.ts";
import { toStreamWord, type WireValue } from "./wire-value.ts";

export class CommandWords {
  readonly #words: readonly WireValue[];

  constructor(words: readonly WireValue[]) {
    this.#words = words;
  }

  get count(): number {
    return this.#words.length;
  }

  /** @throws {CommandError} there is no such word */
  value(index: number): WireValue {
    const value = this.#words[index];
    if (value === undefined) throw missingWord();
    return value;
  }

  /** Everything from an index on; may be nothing. */
  values(from: number): readonly WireValue[] {
    return this.#words.slice(from);
  }

  /** The word as text; numbers may come as such. Bytes are no text and compare equal to nothing. */
  text(index: number): string {
    return valueText(this.value(index));
  }

  optional(index: number): string | undefined {
    return index < this.#words.length ? this.text(index) : undefined;
  }

  texts(from: number): string[] {
    return this.#words.slice(from).map(valueText);
  }

  /** @throws {CommandError} missing, or nothing that a setting can hold */
  word(index: number): StreamWord {
    const word = toStreamWord(this.value(index));
    if (word === undefined) throw new CommandError("builtins.TypeError", ["word is no plain value"]);
    return word;
  }

  wordsFrom(from: number): StreamWord[] {
    return Array.from(this.#words.slice(from), (_value, offset) => this.word(from + offset));
  }

  /** The same words without the first ones. */
  after(count: number): CommandWords {
    return new CommandWords(this.#words.slice(count));
  }
}
