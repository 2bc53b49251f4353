/**
 * What a fuzzing target is: a piece of the program that reads what strangers or operators write, and what must hold of any input.
 * @module
 */

export interface FuzzTarget {
  readonly name: string;
  /** what inputs are made of; the first generation */
  readonly seeds: readonly string[];
  /** pieces that are put in now and then */
  readonly words: readonly string[];
  /**
   * Tries one input.
   *
   * @returns what kind of outcome it was: inputs that lead to a new kind are kept and changed further
   * @throws {Error} if something that must hold does not: an exception that is none of the expected, a broken invariant
   */
  run(input: Buffer): string;
}

/** Fails if it does not hold. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Fails if two values are not the same by their JSON. */
export function mustAgree(one: unknown, other: unknown, what: string): void {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  if (a !== b) throw new Error(`${what}: ${a?.slice(0, 300)} and ${b?.slice(0, 300)}`);
}

/** The text of an input as a file is read. */
export const textOf = (input: Buffer): string => input.toString("utf8");

/** The input in two at the first newline. */
export function halves(input: Buffer): readonly [first: string, second: string] {
  const text = textOf(input);
  const newline = text.indexOf("\n");
  return newline < 0 ? [text, ""] : [text.slice(0, newline), text.slice(newline + 1)];
}

/** The same bytes in pieces of sizes that follow from the bytes themselves. */
export function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  let state = bytes.length * 2_654_435_761;
  for (let at = 0; at < bytes.length; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const size = 1 + ((state >>> 24) % 17);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** The name of an error's class and the beginning of its text without what varies. */
export const kindOf = (error: Error): string =>
  `${error.constructor.name} ${error.message.replaceAll(/'[^']*'|"[^"]*"|\d+/g, "").slice(0, 40)}`;
