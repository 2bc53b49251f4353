/**
 * Plain data as a pickle of protocol 5, byte for byte as Python's own pickler writes it (B§3.5), so that every decoder that was
 * tried against fail2ban works here. Knows nothing of commands.
 * @module
 */
import { END_COMMAND } from "./frames.ts";
import { encodeRawUnicodeEscape, encodeText } from "./pickle-text.ts";
import { BanId, isList, PyException, PyFloat, SharedText, Tuple, type WireValue } from "./wire-value.ts";

/** A frame is closed at the first item boundary beyond this. */
const FRAME_TARGET_BYTES = 65536;
const FRAME_HEADER_BYTES = 9;
/** Less than this is not worth a frame. */
const FRAME_MIN_BYTES = 4;
const ITEMS_PER_BATCH = 1000;

const OPEN_LIST = "]\x94";
const NO_FRAME = -1;

/**
 * One pickle, complete with STOP.
 *
 * @throws {RangeError} for nesting deeper than the stack; replies are flat
 */
export function writePickle(value: WireValue): Buffer {
  return new PickleWriter().write(value);
}

class PickleWriter {
  #bytes = Buffer.allocUnsafe(512);
  #length = 0;
  #frameStart = NO_FRAME;
  #isFraming = true;
  #memoCount = 0;
  /** memo numbers of what Python would recognise as the same object */
  readonly #shared = new Map<string, number>();

  write(value: WireValue): Buffer {
    this.#isFraming = false;
    this.#code("\x80\x05");
    this.#isFraming = true;
    this.#save(value);
    this.#code(".");
    this.#closeFrame();
    return this.#bytes.subarray(0, this.#length);
  }

  #save(value: WireValue): void {
    if (
      this.#frameStart !== NO_FRAME &&
      this.#length - this.#frameStart - FRAME_HEADER_BYTES >= FRAME_TARGET_BYTES
    ) {
      this.#closeFrame();
    }
    if (value === null) this.#code("N");
    else if (typeof value === "boolean") this.#code(value ? "\x88" : "\x89");
    else if (typeof value === "string") this.#text(value);
    else if (typeof value === "bigint") this.#int(value);
    else if (typeof value === "number") {
      if (Number.isInteger(value)) this.#int(BigInt(value));
      else this.#float(value);
    } else if (value instanceof PyFloat) this.#float(value.value);
    else if (value instanceof SharedText) this.#once(`text ${value.text}`, () => this.#text(value.text));
    else if (value instanceof BanId) this.#call("builtins.str", [value.text]);
    else if (value instanceof PyException) this.#call(value.className, value.args);
    else if (value instanceof Tuple) this.#tuple(value.items);
    else if (value instanceof Uint8Array) this.#binary(value);
    else if (isList(value)) this.#list(value);
    else if (value instanceof Map) this.#dict(value);
    else this.#set([...(value as ReadonlySet<WireValue>)]);
  }

  #text(text: string): void {
    if (text.includes(END_COMMAND)) {
      // A ban ID may be any text of a log line: the terminator inside it would cut the reply in two.
      this.#code(`V${encodeRawUnicodeEscape(text)}\n`);
      this.#memoize();
      return;
    }
    const bytes = encodeText(text);
    if (bytes.length <= 255) this.#code("\x8c", bytes.length);
    this.#payload(bytes, bytes.length <= 255 ? undefined : "X");
    this.#memoize();
  }

  #binary(data: Uint8Array): void {
    if (data.length <= 255) this.#code("C", data.length);
    this.#payload(data, data.length <= 255 ? undefined : "B");
    this.#memoize();
  }

  /** The bytes of a text; very long ones stand outside frames. */
  #payload(bytes: Uint8Array, longCode: string | undefined): void {
    const isOutside = bytes.length >= FRAME_TARGET_BYTES;
    if (isOutside) {
      this.#closeFrame();
      this.#isFraming = false;
    }
    if (longCode !== undefined) {
      this.#code(longCode);
      this.#field(4).writeUInt32LE(bytes.length);
    }
    this.#field(bytes.length).set(bytes);
    this.#isFraming = true;
  }

  #int(value: bigint): void {
    if (value >= 0n && value <= 255n) this.#code("K", Number(value));
    else if (value >= 0n && value <= 65535n) {
      this.#code("M");
      this.#field(2).writeUInt16LE(Number(value));
    } else if (BigInt.asIntN(32, value) === value) {
      this.#code("J");
      this.#field(4).writeInt32LE(Number(value));
    } else this.#long(value);
  }

  #long(value: bigint): void {
    const digits: number[] = [];
    let rest = value;
    do {
      digits.push(Number(rest & 0xffn));
      rest >>= 8n;
    } while (!((rest === 0n && (digits.at(-1) ?? 0) < 128) || (rest === -1n && (digits.at(-1) ?? 0) >= 128)));
    if (digits.length <= 255) this.#code("\x8a", digits.length);
    else {
      this.#code("\x8b");
      this.#field(4).writeInt32LE(digits.length);
    }
    this.#field(digits.length).set(digits);
  }

  #float(value: number): void {
    this.#code("G");
    this.#field(8).writeDoubleBE(value);
  }

  #tuple(items: readonly WireValue[]): void {
    if (items.length === 0) {
      this.#code(")");
      return;
    }
    const code = ["", "\x85", "\x86", "\x87"][items.length];
    if (code === undefined) this.#code("(");
    for (const item of items) this.#save(item);
    this.#code(code ?? "t");
    this.#memoize();
  }

  #list(items: readonly WireValue[]): void {
    this.#code(OPEN_LIST);
    this.#memoCount += 1;
    const [first] = items;
    if (items.length === 1 && first !== undefined) {
      this.#save(first);
      this.#code("a");
      return;
    }
    for (let from = 0; from < items.length; from += ITEMS_PER_BATCH) {
      this.#code("(");
      for (const item of items.slice(from, from + ITEMS_PER_BATCH)) this.#save(item);
      this.#code("e");
    }
  }

  #dict(entries: ReadonlyMap<WireValue, WireValue>): void {
    this.#code("}\x94");
    this.#memoCount += 1;
    if (entries.size === 1) {
      for (const [key, item] of entries) {
        this.#save(key);
        this.#save(item);
      }
      this.#code("s");
    } else if (entries.size > 1)
      this.#batches([...entries], "u", ([key, item]) => {
        this.#save(key);
        this.#save(item);
      });
  }

  #set(items: readonly WireValue[]): void {
    this.#code("\x8f\x94");
    this.#memoCount += 1;
    if (items.length > 0) this.#batches(items, "\x90", (item) => this.#save(item));
  }

  /** Python's loop goes round once more after a batch that is exactly full, even if nothing is left. */
  #batches<Item>(items: readonly Item[], code: string, save: (item: Item) => void): void {
    for (let from = 0; from <= items.length; from += ITEMS_PER_BATCH) {
      this.#code("(");
      for (const item of items.slice(from, from + ITEMS_PER_BATCH)) save(item);
      this.#code(code);
    }
  }

  /** A call of a class by name: `builtins.str("…")` and exceptions. */
  #call(className: string, args: readonly WireValue[]): void {
    this.#once(`class ${className}`, () => {
      const dot = className.lastIndexOf(".");
      this.#save(className.slice(0, Math.max(dot, 0)));
      this.#save(className.slice(dot + 1));
      this.#code("\x93");
      this.#memoize();
    });
    this.#save(new Tuple(args));
    this.#code("R");
    this.#memoize();
  }

  /** Writes something the first time and fetches it from the memo afterwards; it must memoize itself last. */
  #once(key: string, write: () => void): void {
    const index = this.#shared.get(key);
    if (index === undefined) {
      write();
      this.#shared.set(key, this.#memoCount - 1);
    } else if (index <= 255) this.#code("h", index);
    else {
      this.#code("j");
      this.#field(4).writeUInt32LE(index);
    }
  }

  #memoize(): void {
    this.#code("\x94");
    this.#memoCount += 1;
  }

  #code(code: string, operand?: number): void {
    const at = this.#room(code.length);
    this.#bytes.write(code, at, "latin1");
    if (operand !== undefined) this.#field(1).writeUInt8(operand);
  }

  /** Room for a field of so many bytes, to be filled at once. */
  #field(count: number): Buffer {
    const at = this.#room(count);
    return this.#bytes.subarray(at, at + count);
  }

  /** Makes room for bytes, in a new frame where none is open; gives the offset to write them at. */
  #room(count: number): number {
    if (this.#isFraming && this.#frameStart === NO_FRAME) {
      this.#frameStart = this.#length;
      this.#grow(FRAME_HEADER_BYTES);
    }
    return this.#grow(count);
  }

  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#length * 2);
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }

  #closeFrame(): void {
    const start = this.#frameStart;
    if (start === NO_FRAME) return;
    this.#frameStart = NO_FRAME;
    const body = start + FRAME_HEADER_BYTES;
    const count = this.#length - body;
    if (count >= FRAME_MIN_BYTES) {
      this.#bytes[start] = 0x95;
      this.#bytes.writeBigUInt64LE(BigInt(count), start + 1);
    } else {
      this.#bytes.copyWithin(start, body, this.#length);
      this.#length -= FRAME_HEADER_BYTES;
    }
  }
}
