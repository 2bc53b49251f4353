/**
 * The scanners that jails share which read the same logs. What was scanned is kept for as long as others of them come for it.
 * @module
 */
import type { ScanPattern } from "../scan/line-scanner.ts";
import { SharedScanner, type SharedScannerView } from "../scan/shared-scanner.ts";

/** What was scanned is forgotten when nothing was scanned for this long; milliseconds. */
const KEPT_MS = 500;

export class SharedScanners {
  readonly #byLogs = new Map<string, SharedScanner>();
  /** pieces scanned when it was last looked at */
  readonly #scanned = new WeakMap<SharedScanner, number>();
  readonly #isLasting: (bytes: Uint8Array) => boolean;
  #timer: NodeJS.Timeout | undefined;

  /** @param isLasting whether bytes of a log are never changed; unless told, all may be */
  constructor(isLasting: (bytes: Uint8Array) => boolean = () => false) {
    this.#isLasting = isLasting;
  }

  /** Pieces of logs that are kept now. */
  get kept(): number {
    return [...this.#byLogs.values()].reduce((sum, { kept }) => sum + kept, 0);
  }

  /**
   * A scanner shared with all jails that read the same logs.
   *
   * @param logs paths and globs
   * @param patterns asked for once lines are there
   */
  join(logs: readonly string[], patterns: () => readonly ScanPattern[]): SharedScannerView {
    const key = [...logs].sort().join("\0");
    for (const [known, { size }] of this.#byLogs) if (size === 0) this.#byLogs.delete(known);
    const scanner =
      this.#byLogs.get(key) ??
      new SharedScanner({
        isSame: (one, other) => isWhereItIs(one, other) || Buffer.compare(one, other) === 0,
        isLasting: this.#isLasting,
        kept: () => {
          this.#timer ??= setTimeout(() => this.#look(), KEPT_MS).unref();
        },
      });
    this.#byLogs.set(key, scanner);
    return scanner.join(patterns);
  }

  #look(): void {
    let isKept = false;
    for (const scanner of this.#byLogs.values()) {
      if (this.#scanned.get(scanner) === scanner.scanned) scanner.forget();
      this.#scanned.set(scanner, scanner.scanned);
      isKept ||= scanner.kept > 0;
    }
    this.#timer = isKept ? setTimeout(() => this.#look(), KEPT_MS).unref() : undefined;
  }
}

/** Whether two pieces of the same length are the same memory. */
const isWhereItIs = (one: Uint8Array, other: Uint8Array): boolean =>
  one.buffer === other.buffer && one.byteOffset === other.byteOffset;
