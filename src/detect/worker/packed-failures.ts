/**
 * Failures as few flat lists, for the way from one thread to another: an object, a map and a list for each would cost
 * more than the finding did.
 * Hot: per failure.
 * @module
 */
import type { DataValue, Failure, MatchLine } from "../../filter/failure.ts";

/** Numbers of a failure: time, regex, list of names, lines. */
const NUMBERS = 4;

export interface PackedFailures {
  readonly numbers: Float64Array;
  /** the names of groups, each list once */
  readonly names: readonly (readonly string[])[];
  /** for each failure id, host, ip, the values of its groups, its lines */
  readonly values: readonly (DataValue | MatchLine | undefined)[];
}

/** Gathers failures. */
export class FailurePacker {
  #numbers: number[] = [];
  #names: (readonly string[])[] = [];
  readonly #numberOfNames = new Map<string, number>();
  #values: (DataValue | MatchLine | undefined)[] = [];

  get count(): number {
    return this.#numbers.length / NUMBERS;
  }

  add({ id, host, ip, at, matches, data, regexIndex }: Failure): void {
    this.#numbers.push(at, regexIndex, this.#numberOf(data), matches.length);
    const values = this.#values;
    values.push(id, host, ip);
    for (const value of data.values()) values.push(value);
    for (const line of matches) values.push(line);
  }

  /** All failures since the last time. */
  take(): PackedFailures {
    const packed = { numbers: Float64Array.from(this.#numbers), names: this.#names, values: this.#values };
    this.#numbers = [];
    this.#names = [];
    this.#values = [];
    this.#numberOfNames.clear();
    return packed;
  }

  #numberOf(data: ReadonlyMap<string, DataValue>): number {
    let key = "";
    for (const name of data.keys()) key += `${name}\0`;
    let number = this.#numberOfNames.get(key);
    if (number === undefined) {
      number = this.#names.push([...data.keys()]) - 1;
      this.#numberOfNames.set(key, number);
    }
    return number;
  }
}

/** The failures in their order. */
export function* unpackFailures({ numbers, names, values }: PackedFailures): Generator<Failure> {
  let from = 0;
  for (let index = 0; index < numbers.length; index += NUMBERS) {
    const [at = 0, regexIndex = 0, list = 0, lines = 0] = numbers.subarray(index, index + NUMBERS);
    const [id, host, ip] = values.slice(from, from + 3);
    from += 3;
    const data = new Map<string, DataValue>();
    for (const name of names[list] ?? []) {
      const value = values[from++];
      if (value !== undefined) data.set(name, value);
    }
    const matches = values.slice(from, from + lines).filter(isLine);
    from += lines;
    yield { id: textOf(id), host: textOf(host), ip: textOf(ip), at, matches, data, regexIndex };
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Only the packer fills the lists. */
const isLine = (value: DataValue | MatchLine | undefined): value is MatchLine =>
  typeof value === "string" || Array.isArray(value);
