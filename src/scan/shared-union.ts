/**
 * The patterns of several filters in one scanner, what was scanned for one of them a moment ago, and the part that each has in it.
 * Who asks for what was just scanned gets the answer from there.
 * Hot: per piece.
 * @module
 */
import type { OrdinaryStamp } from "../date/ordinary-stamp.ts";
import type { Node } from "../regex/tree.ts";
import { MAX_ACCEPT_SETS } from "./accept-sets.ts";
import { LineScanner, type ScanPattern, type ScanResult } from "./line-scanner.ts";
import { NOT_OWN, OWN, SharedItems } from "./shared-items.ts";
import { SharedWindows, type WindowPlace, type WindowPorts } from "./shared-windows.ts";

/** Kinds of strangers; with those of none, a scanner has as many walks, and none takes another's place, which would give numbers anew. */
const MAX_STRANGERS = 2;

/** Lines that were given up; with more, the patterns are too much together. */
const MAX_GIVEN_UP = 1000;

/** The patterns of several members. */
export class SharedUnion<Member> {
  readonly windows: SharedWindows;
  readonly #scanner: LineScanner;
  readonly #parts = new Map<Member, SharedPart>();
  readonly #strangers = new Set<Node>();

  constructor(members: ReadonlyMap<Member, readonly ScanPattern[]>, ports: WindowPorts) {
    this.windows = new SharedWindows(ports);
    const all: ScanPattern[] = [];
    const bases: number[] = [];
    for (const patterns of members.values()) {
      bases.push(all.length);
      for (const pattern of patterns) all.push(pattern);
    }
    this.#scanner = new LineScanner(all);
    const windows = members.size > 1 ? this.windows : undefined;
    for (const [index, [member, patterns]] of [...members].entries())
      this.#parts.set(member, new SharedPart(this.#scanner, windows, bases[index] ?? 0, patterns.length));
  }

  get size(): number {
    return this.#parts.size;
  }

  /** What a member has in it. `undefined`: nothing. */
  partOf(member: Member): SharedPart | undefined {
    return this.#parts.get(member);
  }

  /** Whether lines with such stamps are better scanned together. */
  takes(stamp: OrdinaryStamp): boolean {
    if (this.#scanner.linesGivenUp > MAX_GIVEN_UP) return false;
    const strangers = stamp.inside?.strangers;
    if (strangers === undefined || this.#strangers.has(strangers)) return true;
    if (this.#strangers.size >= MAX_STRANGERS) return false;
    this.#strangers.add(strangers);
    return true;
  }
}

/** What was scanned last, as it lay in memory. */
interface LyingPart {
  readonly address: number;
  readonly id: number;
  readonly from: number;
  readonly to: number;
}

/** A member's part in the scanner of all. */
export class SharedPart {
  readonly #scanner: LineScanner;
  /** `undefined`: it is alone */
  readonly #windows: SharedWindows | undefined;
  readonly #base: number;
  readonly #patterns: number;
  readonly #items: SharedItems;
  /** by kind of strangers: by set, whether what was accepted so is own; 0: not asked for yet */
  readonly #uses = new Map<Node | undefined, Uint8Array>();
  #usesNow: Uint8Array = new Uint8Array(MAX_ACCEPT_SETS);
  /** own patterns by those of all */
  readonly #ownOf = new WeakMap<readonly number[], readonly number[]>();
  #stamp: OrdinaryStamp | undefined;
  /** where what was scanned last ended */
  #place: WindowPlace | undefined;
  #lying: readonly LyingPart[] = [];
  #buffer: ArrayBufferLike | undefined;

  constructor(scanner: LineScanner, windows: SharedWindows | undefined, base: number, patterns: number) {
    this.#scanner = scanner;
    this.#windows = windows;
    this.#base = base;
    this.#patterns = patterns;
    this.#items = new SharedItems(patterns, {
      useOf: (acceptSet) => this.#useOf(acceptSet),
      scanLine: (window, from, to) => scanner.scan(window.bytes, from, to),
    });
  }

  patternsOf(acceptSet: number): readonly number[] {
    this.#scanner.setStamp(this.#stamp);
    const all = this.#scanner.patternsOf(acceptSet);
    let own = this.#ownOf.get(all);
    if (own === undefined) {
      own = all.flatMap((pattern) => {
        const index = pattern - this.#base;
        return index >= 0 && index < this.#patterns ? [index] : [];
      });
      this.#ownOf.set(all, own);
    }
    return own;
  }

  /**
   * Scans complete lines.
   *
   * @param stamp always the same one for stamps that say the same
   */
  scan(bytes: Uint8Array, from: number, to: number, stamp: OrdinaryStamp): ScanResult {
    this.#setStamp(stamp);
    const windows = this.#windows;
    if (windows === undefined) return this.#scanner.scan(bytes, from, to);
    this.#items.begin();
    const lying: LyingPart[] = [];
    for (let at = from; at < to; ) {
      const part =
        windows.find(bytes, at, to, stamp, [this.#hint(bytes, at), this.#place]) ??
        windows.keep(bytes, at, to, this.#scanner.scan(bytes, at, to), stamp, this.#place);
      this.#items.add(part, at - part.from, this.#usesNow);
      const { id } = part.window;
      lying.push({ address: bytes.byteOffset + at, id, from: part.from, to: part.to });
      this.#place = { id, offset: part.to };
      at += part.to - part.from;
    }
    this.#lying = lying;
    this.#buffer = bytes.buffer;
    return this.#items.result();
  }

  #setStamp(stamp: OrdinaryStamp): void {
    this.#scanner.setStamp(stamp);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    const strangers = stamp.inside?.strangers;
    this.#usesNow = this.#uses.get(strangers) ?? new Uint8Array(MAX_ACCEPT_SETS);
    this.#uses.set(strangers, this.#usesNow);
  }

  /** Where it is in what was scanned last: a slice may have ended in the middle of that. */
  #hint(bytes: Uint8Array, at: number): WindowPlace | undefined {
    if (bytes.buffer !== this.#buffer) return undefined;
    const address = bytes.byteOffset + at;
    for (const { address: known, id, from, to } of this.#lying) {
      const offset = from + address - known;
      if (offset >= from && offset < to) return { id, offset };
    }
    return undefined;
  }

  #useOf(acceptSet: number): typeof OWN | typeof NOT_OWN {
    const use = this.patternsOf(acceptSet).length > 0 ? OWN : NOT_OWN;
    this.#usesNow[acceptSet] = use;
    return use;
  }
}
