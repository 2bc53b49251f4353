/**
 * The memories of a stamp's ways under numbers, and what each becomes: there are few, and each is asked for again and again.
 * @module
 */
import {
  closeField,
  isConvertible,
  memoryKey,
  NOTHING_READ,
  openField,
  readCharacter,
  type StampMemory,
} from "./stamp-memory.ts";

/** Characters are ASCII. */
const CHARACTERS = 0x80;

/** Number 0 is of nothing read. */
export class StampMemories {
  readonly #all: StampMemory[] = [NOTHING_READ];
  readonly #numbers = new Map([[memoryKey(NOTHING_READ), 0]]);
  readonly #afterCharacter = new Map<number, number>();

  isConvertible(number: number): boolean {
    return isConvertible(this.#at(number));
  }

  atField(number: number, kind: "open" | "close", field: string): number {
    return this.#numberOf((kind === "open" ? openField : closeField)(this.#at(number), field));
  }

  afterCharacter(number: number, code: number): number {
    const memory = this.#at(number);
    if (memory.field === "") return number;
    const key = number * CHARACTERS + code;
    let after = this.#afterCharacter.get(key);
    if (after === undefined) {
      after = this.#numberOf(readCharacter(memory, code));
      this.#afterCharacter.set(key, after);
    }
    return after;
  }

  #at(number: number): StampMemory {
    return this.#all[number] ?? NOTHING_READ;
  }

  #numberOf(memory: StampMemory): number {
    const key = memoryKey(memory);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#all.push(memory) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}
