/**
 * The standard output of `gaoler regex`: gathered into blocks, and noticed when its reader has gone (`| head`).
 * @module
 */

/** Characters gathered before they are written. */
const BLOCK_CHARS = 64 * 1024;

/** Nobody reads what is written: there is nothing left to do. */
export class ReaderGone extends Error {}

export interface OutletIo {
  stdout(text: string): void;
  /** whether the reader of stdout has gone; unknown unless told */
  isReaderGone?(): boolean;
  /** resolves once what was written is taken, or nobody is there to take it; unknown unless told */
  drained?(): Promise<void>;
}

export class Outlet {
  readonly #io: OutletIo;
  #pieces: string[] = [];
  #chars = 0;

  constructor(io: OutletIo) {
    this.#io = io;
  }

  write(text: string): void {
    this.#pieces.push(text);
    this.#chars += text.length;
    if (this.#chars >= BLOCK_CHARS) this.flush();
  }

  flush(): void {
    if (this.#chars > 0) this.#io.stdout(this.#pieces.join(""));
    this.#pieces = [];
    this.#chars = 0;
  }

  /** Waits for a reader that is slower: what he did not take yet would all be held in memory. */
  async drained(): Promise<void> {
    await this.#io.drained?.();
  }

  /** @throws {ReaderGone} */
  checkReader(): void {
    if (this.#io.isReaderGone?.() === true) throw new ReaderGone();
  }
}
