/**
 * The input that is being tried, in a file where another process sees it: a process that hangs can no longer say what it hangs at.
 * @module
 */
import { openSync, readFileSync, writeSync } from "node:fs";

const HEAD = 8;

/** The writing end. */
export class TriedInputWriter {
  readonly #file: number;
  readonly #head = Buffer.alloc(HEAD);
  #count = 0;

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  put(input: Uint8Array): void {
    this.#count = (this.#count + 1) >>> 0;
    this.#head.writeUInt32LE(this.#count, 0);
    this.#head.writeUInt32LE(input.length, 4);
    writeSync(this.#file, Buffer.concat([this.#head, input]), 0, HEAD + input.length, 0);
  }
}

export interface TriedInput {
  /** how many were tried, this one included */
  readonly count: number;
  readonly input: Buffer;
}

/** @returns `undefined` before the first */
export function readTriedInput(path: string): TriedInput | undefined {
  const bytes = readFileSync(path);
  if (bytes.length < HEAD) return undefined;
  return { count: bytes.readUInt32LE(0), input: bytes.subarray(HEAD, HEAD + bytes.readUInt32LE(4)) };
}
