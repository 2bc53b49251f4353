/**
 * A file source at work on real files in a directory of its own, and what it delivered; for the tests of this folder.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { FileSource, type FileSourceOptions } from "../../../src/backend/file-source.ts";
import type { LogChunk } from "../../../src/backend/log-source.ts";
import type { GaolerEvent } from "../../../src/base/event.ts";

/** Longest wait for an expected outcome, on a machine that is busy with much else; milliseconds. */
const PATIENCE_MS = 20_000;
/** Longest time of a test that waits for several of them; milliseconds. */
export const TEST_MS = 60_000;

export class FollowedLog {
  readonly directory = mkdtempSync(join(tmpdir(), "gaoler-log-"));
  readonly path = join(this.directory, "app.log");
  readonly chunks: (Omit<LogChunk, "bytes"> & { readonly text: string })[] = [];
  readonly events: GaolerEvent[] = [];
  idles = 0;
  /** what is taken of a chunk in one go */
  sliceOf: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes;
  source: FileSource | undefined;

  /** Starts a source; by default it follows {@link FollowedLog.path}. */
  async follow(options: Partial<FileSourceOptions> & Pick<FileSourceOptions, "mode">): Promise<FileSource> {
    const source = new FileSource({
      patterns: [{ pattern: this.path, tail: false }],
      resume: () => undefined,
      sink: {
        chunk: ({ bytes, ...rest }) => {
          const taken = this.sliceOf(bytes);
          this.chunks.push({ ...rest, text: Buffer.from(taken).toString("latin1") });
          return taken.length;
        },
        turn: () => nextTurn(),
        idle: () => this.idles++,
        observe: (event) => this.events.push(event),
      },
      ...options,
    });
    this.source = source;
    await source.start();
    return source;
  }

  /** Delivered lines without their newlines. */
  lines(): string[] {
    return this.chunks.flatMap((chunk) => chunk.text.split("\n").slice(0, -1));
  }

  /** Texts of the messages so far. */
  texts(): string[] {
    return this.events.flatMap((event) => (event.type === "message" ? [event.text] : []));
  }

  /** Waits until so many lines came; then a little longer, so that one too many is seen. */
  async untilLines(count: number): Promise<string[]> {
    await until(() => this.lines().length >= count);
    return this.lines();
  }

  async untilText(part: string): Promise<void> {
    await until(() => this.texts().some((text) => text.includes(part)));
  }

  async end(): Promise<void> {
    await this.source?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Waits for a condition; gives up silently so that the assertion that follows shows what is there. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!condition() && performance.now() < end) await sleep(5);
}
