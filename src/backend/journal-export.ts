/**
 * Reads the journal's export format: entries as they come in pieces of any size. Only the wanted fields are kept, each up to
 * a bound; binary fields are fields like others. Knows nothing of what the fields mean.
 * @module
 */

/** Most bytes kept of one value; what is longer is cut. */
export const MAX_VALUE_BYTES = 64 * 1024;
/** Most values of one field in one entry; further ones are dropped. */
const MAX_VALUES = 32;
/** Longest name of a field, bytes; journald allows 64 characters. */
const MAX_NAME_BYTES = 256;

/** Values of the wanted fields, in their order in the entry. */
export type JournalFields = ReadonlyMap<string, readonly Uint8Array[]>;

const LF = 0x0a;
const EQUALS = 0x3d;

type State =
  /** in a line: `NAME=value`, a name alone, or the empty line that ends the entry */
  | { readonly kind: "line" }
  /** in the eight bytes of a binary value's length */
  | { readonly kind: "length"; readonly name: string }
  /** in a binary value; one byte more than its length, for the newline */
  | { readonly kind: "binary"; readonly name: string; left: number };

/** Longest line kept. */
const MAX_LINE_BYTES = MAX_NAME_BYTES + MAX_VALUE_BYTES;

export class JournalExportParser {
  readonly #wanted: ReadonlySet<string>;
  #state: State = { kind: "line" };
  /** what is kept of the line, length or value that is not complete; never longer than the bound of a line */
  readonly #kept = Buffer.alloc(MAX_LINE_BYTES);
  #keptLength = 0;
  #fields = new Map<string, Uint8Array[]>();

  constructor(wanted: ReadonlySet<string>) {
    this.#wanted = wanted;
  }

  /** Takes the next bytes; gives the entries that they complete. */
  push(bytes: Uint8Array): JournalFields[] {
    const entries: JournalFields[] = [];
    for (let at = 0; at < bytes.length; ) at = this.#take(bytes, at, entries);
    return entries;
  }

  /** One step; gives the offset after what it took. */
  #take(bytes: Uint8Array, at: number, entries: JournalFields[]): number {
    const state = this.#state;
    switch (state.kind) {
      case "line": {
        const newline = bytes.indexOf(LF, at);
        this.#keep(bytes.subarray(at, newline < 0 ? bytes.length : newline));
        if (newline < 0) return bytes.length;
        this.#endLine(entries);
        return newline + 1;
      }
      case "length": {
        const end = Math.min(bytes.length, at + 8 - this.#keptLength);
        this.#keep(bytes.subarray(at, end));
        if (this.#keptLength === 8) {
          const left = Number(this.#kept.readBigUInt64LE(0)) + 1;
          this.#keptLength = 0;
          this.#state = { kind: "binary", name: state.name, left };
        }
        return end;
      }
      case "binary": {
        const end = Math.min(bytes.length, at + state.left);
        const isLast = end - at === state.left;
        this.#keep(bytes.subarray(at, isLast ? end - 1 : end));
        state.left -= end - at;
        if (isLast) {
          this.#add(state.name, this.#kept.subarray(0, this.#keptLength));
          this.#keptLength = 0;
          this.#state = { kind: "line" };
        }
        return end;
      }
    }
  }

  #keep(bytes: Uint8Array): void {
    const part = bytes.subarray(0, this.#kept.length - this.#keptLength);
    this.#kept.set(part, this.#keptLength);
    this.#keptLength += part.length;
  }

  #endLine(entries: JournalFields[]): void {
    const line = this.#kept.subarray(0, this.#keptLength);
    this.#keptLength = 0;
    if (line.length === 0) {
      // two empty lines between entries are one
      if (this.#fields.size > 0) entries.push(this.#fields);
      this.#fields = new Map();
      return;
    }
    const equals = line.indexOf(EQUALS);
    if (equals < 0) {
      this.#state = { kind: "length", name: line.toString("latin1", 0, MAX_NAME_BYTES) };
    } else {
      this.#add(line.toString("latin1", 0, Math.min(equals, MAX_NAME_BYTES)), line.subarray(equals + 1));
    }
  }

  #add(name: string, value: Uint8Array): void {
    if (!this.#wanted.has(name)) return;
    const values = this.#fields.get(name);
    // copied: the buffer is used again
    const copy = Uint8Array.prototype.slice.call(value, 0, MAX_VALUE_BYTES);
    if (values === undefined) this.#fields.set(name, [copy]);
    else if (values.length < MAX_VALUES) values.push(copy);
  }
}
