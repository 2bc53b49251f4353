/**
 * One scanner for all filters that read the same log: their patterns are one automaton, and what one of them has just had scanned is
 * not scanned again for the others. Each gets what a scanner of its own would give it. Knows no files: lines that were scanned are
 * recognised by their bytes.
 * @module
 */
import type { OrdinaryStamp } from "../date/ordinary-stamp.ts";
import { LineScanner, type ScanPattern, type ScanResult } from "./line-scanner.ts";
import { relax, writtenSize } from "./relaxed-tree.ts";
import { SharedStamps } from "./shared-stamps.ts";
import { type SharedPart, SharedUnion } from "./shared-union.ts";
import type { WindowPorts } from "./shared-windows.ts";

/** What somebody who has lines scanned needs of a scanner. */
export type LineScanning = Pick<LineScanner, "patternsOf" | "setStamp" | "scan">;

/** Nodes that shared patterns have together; who does not fit scans for himself. */
const MAX_NODES = 60_000;

const NEWLINE = 10;

type Union = SharedUnion<SharedScannerView>;

export class SharedScanner {
  readonly #ports: WindowPorts;
  readonly #stamps = new SharedStamps();
  readonly #members = new Set<SharedScannerView>();
  /** who has had lines scanned and does not rest */
  readonly #awake = new Set<SharedScannerView>();
  #union: Union | undefined;

  constructor(ports: WindowPorts) {
    this.#ports = ports;
  }

  /** How many share it. */
  get size(): number {
    return this.#members.size;
  }

  /** Pieces that were scanned since the patterns were put together. */
  get scanned(): number {
    return this.#union?.windows.made ?? 0;
  }

  /** Pieces that are kept now. */
  get kept(): number {
    return this.#union?.windows.size ?? 0;
  }

  /**
   * One more who shares it.
   *
   * @param patterns asked for once lines are there
   */
  join(patterns: () => readonly ScanPattern[]): SharedScannerView {
    const view: SharedScannerView = new SharedScannerView(patterns, {
      stampOf: (stamp) => this.#stamps.of(stamp),
      union: () => this.#unionFor(view),
      rest: () => this.#rest(view),
      leave: () => {
        this.#members.delete(view);
        this.#rest(view);
      },
    });
    this.#members.add(view);
    return view;
  }

  /** Keeps nothing of what was scanned. */
  forget(): void {
    this.#union?.windows.clear();
  }

  #unionFor(view: SharedScannerView): Union | undefined {
    if (!this.#members.has(view)) return undefined;
    this.#awake.add(view);
    const union = this.#union;
    const isOutgrown =
      union === undefined ||
      (view.canShare && union.partOf(view) === undefined) ||
      union.size > 2 * this.#members.size;
    this.#union = isOutgrown ? this.#unite() : union;
    return this.#union;
  }

  #unite(): Union {
    const members = new Map<SharedScannerView, readonly ScanPattern[]>();
    let nodes = 0;
    for (const view of this.#members) {
      if (!view.canShare) continue;
      const size = view.patterns.reduce((sum, { root }) => sum + writtenSize(relax(root).node), 0);
      if (nodes + size > MAX_NODES) {
        view.canShare = false;
        continue;
      }
      nodes += size;
      members.set(view, view.patterns);
    }
    return new SharedUnion(members, this.#ports);
  }

  #rest(view: SharedScannerView): void {
    this.#awake.delete(view);
    if (this.#awake.size === 0) this.#union = undefined;
  }
}

/** What a member needs of those that it shares with. */
interface ViewPorts {
  stampOf(stamp: OrdinaryStamp): OrdinaryStamp;
  /** `undefined`: it shares no more */
  union(): Union | undefined;
  rest(): void;
  leave(): void;
}

/** The scanner of one of those who share. */
export class SharedScannerView implements LineScanning {
  readonly #makePatterns: () => readonly ScanPattern[];
  readonly #ports: ViewPorts;
  #patterns: readonly ScanPattern[] | undefined;
  #canShare: boolean | undefined;
  #stamp: OrdinaryStamp | undefined;
  /** in the last scan; `undefined`: it was done alone */
  #part: SharedPart | undefined;
  #own: LineScanner | undefined;

  constructor(patterns: () => readonly ScanPattern[], ports: ViewPorts) {
    this.#makePatterns = patterns;
    this.#ports = ports;
  }

  get patterns(): readonly ScanPattern[] {
    this.#patterns ??= this.#makePatterns();
    return this.#patterns;
  }

  /** Whether its patterns can be among others: those whose lines are counted cannot. */
  get canShare(): boolean {
    this.#canShare ??= this.patterns.every(({ use }) => use === "candidate");
    return this.#canShare;
  }

  set canShare(canShare: boolean) {
    this.#canShare = canShare;
  }

  /** Whether the last scan was one with others. */
  get isShared(): boolean {
    return this.#part !== undefined;
  }

  /** The patterns that may match a line that the last scan gave out, ascending. */
  patternsOf(acceptSet: number): readonly number[] {
    return (this.#part ?? this.#alone()).patternsOf(acceptSet);
  }

  /** What stamps look like from now on; without one, every line is odd. */
  setStamp(stamp: OrdinaryStamp | undefined): void {
    this.#stamp = stamp && this.#ports.stampOf(stamp);
  }

  /** Scans complete lines, each with its newline. */
  scan(bytes: Uint8Array, from: number, to: number): ScanResult {
    const stamp = this.#stamp;
    this.#part = stamp !== undefined && bytes[to - 1] === NEWLINE ? this.#partFor(stamp) : undefined;
    if (stamp !== undefined && this.#part !== undefined) return this.#part.scan(bytes, from, to, stamp);
    const scanner = this.#alone();
    scanner.setStamp(stamp);
    return scanner.scan(bytes, from, to);
  }

  /** Nothing is to be scanned for a while: what was made for it may go. */
  rest(): void {
    this.#part = undefined;
    this.#own = undefined;
    this.#patterns = undefined;
    this.#ports.rest();
  }

  /** Shares no more. */
  leave(): void {
    this.rest();
    this.#ports.leave();
  }

  #partFor(stamp: OrdinaryStamp): SharedPart | undefined {
    const union = this.#ports.union();
    return union?.takes(stamp) === true ? union.partOf(this) : undefined;
  }

  #alone(): LineScanner {
    this.#own ??= new LineScanner(this.patterns);
    return this.#own;
  }
}
