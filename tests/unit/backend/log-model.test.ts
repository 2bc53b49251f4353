/**
 * A model of what may happen to a log between two looks at it, against the tailer on real files: whatever the order of writes,
 * rotations and truncations, and whenever it looks, each line arrives exactly once. `GAOLER_LONG_TESTS` multiplies the runs.
 * @module
 */
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { LogPosition } from "../../../src/backend/log-source.ts";
import { newlinesOf } from "../../../src/backend/newline.ts";
import { READ_BUFFER_BYTES } from "../../../src/backend/open-log.ts";
import { SharedReads } from "../../../src/backend/shared-reads.ts";
import { TailedFile } from "../../../src/backend/tailed-file.ts";

const LONGER = Math.max(1, Number(process.env["GAOLER_LONG_TESTS"] ?? 1));
/** More than the clock that stamps files can lag; milliseconds. */
const TICK_MS = 12;
/** Turns in which the tailer must have read everything. */
const MAX_TURNS = 1000;
const LAST_GENERATION = 6;

/** What may happen. "late" writes to the file that the service still has open, wherever it is by now. */
const steps = {
  append: fc.record({
    kind: fc.constant("append" as const),
    lines: fc.integer({ min: 1, max: 5 }),
    length: fc.constantFrom(0, 10, 300, 5000),
  }),
  half: fc.constant({ kind: "half" as const }),
  look: fc.constant({ kind: "look" as const }),
  rename: fc.record({ kind: fc.constant("rename" as const), reopens: fc.boolean() }),
  dated: fc.constant({ kind: "dated" as const }),
  copytruncate: fc.constant({ kind: "copytruncate" as const }),
  truncate: fc.constant({ kind: "truncate" as const }),
  remove: fc.record({ kind: fc.constant("remove" as const), looks: fc.boolean() }),
  compress: fc.constant({ kind: "compress" as const }),
  /** what happens between the last full look and the stop, and while nobody watches */
  restart: fc.record({
    kind: fc.constant("restart" as const),
    before: fc.constantFrom("nothing", "rename", "copytruncate"),
    chunks: fc.integer({ min: 0, max: 3 }),
    meanwhile: fc.array(fc.constantFrom("append", "rename", "copytruncate"), { maxLength: 3 }),
  }),
  relink: fc.constant({ kind: "relink" as const }),
  /** somebody else who reads the log, and shares his reads, looks */
  glance: fc.constant({ kind: "glance" as const }),
  pause: fc.constant({ kind: "pause" as const }),
};
/** More at a time than is read at once. */
const appendMuch = fc.record({
  kind: fc.constant("append" as const),
  lines: fc.integer({ min: 1, max: 14 }),
  length: fc.constantFrom(10, 60_000),
});
type Steps = typeof steps & { readonly appendMuch: typeof appendMuch };
type Step = Steps extends Record<string, fc.Arbitrary<infer T>> ? T : never;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: steps.append },
  { weight: 2, arbitrary: steps.half },
  { weight: 5, arbitrary: steps.look },
  { weight: 3, arbitrary: steps.rename },
  { weight: 1, arbitrary: steps.dated },
  { weight: 3, arbitrary: steps.copytruncate },
  { weight: 1, arbitrary: steps.truncate },
  { weight: 1, arbitrary: steps.remove },
  { weight: 1, arbitrary: steps.compress },
  { weight: 2, arbitrary: steps.restart },
  { weight: 1, arbitrary: steps.relink },
  { weight: 2, arbitrary: steps.pause },
);

/** With somebody else who reads the log, too. */
const sharedStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: appendMuch },
  { weight: 10, arbitrary: steps.glance },
  { weight: 3, arbitrary: steps.rename },
  { weight: 5, arbitrary: steps.copytruncate },
  { weight: 8, arbitrary: step },
);

class ModelledLog {
  readonly directory = mkdtempSync(join(tmpdir(), "gaoler-model-"));
  readonly path = join(this.directory, "app.log");
  readonly written: string[] = [];
  readonly delivered: string[] = [];
  readonly #isLink: boolean;
  /** the service's file */
  #file: number;
  #half = "";
  #tailed: TailedFile;
  readonly #reads: SharedReads | undefined;
  readonly #other: TailedFile | undefined;
  #stored: LogPosition | undefined;
  #dates = 0;
  #links = 0;
  /** chunks that are taken before a pause */
  #chunksLeft = Infinity;

  constructor(isLink: boolean, isShared: boolean) {
    this.#isLink = isLink;
    if (isShared) {
      this.#reads = new SharedReads();
      this.#other = this.#tail([]);
    }
    if (isLink) {
      writeFileSync(join(this.directory, "target0"), "");
      symlinkSync(join(this.directory, "target0"), this.path);
    }
    this.#file = openSync(this.path, "a");
    this.#tailed = this.#tail();
  }

  #tail(delivered: string[] = this.delivered): TailedFile {
    const isMain = delivered === this.delivered;
    const reads = this.#reads;
    return new TailedFile(
      {
        path: this.path,
        newlines: newlinesOf("utf-8"),
        absenceLevel: "DEBUG",
        absenceLogger: "filterpoll",
        resume: () => this.#stored,
        mustPause: () => isMain && this.#chunksLeft <= 0,
        openFile: reads && ((path, flags) => reads.open(path, flags)),
        isMonitored: () => false,
        sink: {
          // half of a chunk at a time, at least a line
          chunk: ({ bytes }) => {
            if (isMain) this.#chunksLeft--;
            const end = bytes.indexOf(10, bytes.length >> 1) + 1;
            delivered.push(...Buffer.from(bytes.subarray(0, end)).toString().split("\n").slice(0, -1));
            return end;
          },
          turn: () => Promise.resolve(),
          idle: () => undefined,
          observe: () => undefined,
        },
      },
      false,
    );
  }

  async begin(): Promise<void> {
    await this.#tailed.begin();
    await this.#other?.begin();
  }

  /** Reads all that is there. */
  async look(tailed: TailedFile = this.#tailed): Promise<void> {
    const buffer = new Uint8Array(READ_BUFFER_BYTES);
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      if ((await tailed.advance(buffer)) === "idle") return;
      if (tailed === this.#tailed && this.#chunksLeft <= 0) return;
    }
    throw new Error("the tailer does not come to an end");
  }

  async end(): Promise<void> {
    closeSync(this.#file);
    await this.#tailed.close();
    await this.#other?.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #line(text: string): void {
    const whole = `${this.#half}${text}`;
    writeSync(this.#file, `${text}\n`);
    this.written.push(whole);
    this.#half = "";
  }

  /** Nothing tears a line: the service completes it before it closes or loses its file. */
  #endHalf(): void {
    if (this.#half !== "") this.#line("|end");
  }

  #reopen(): void {
    this.#endHalf();
    closeSync(this.#file);
    this.#file = openSync(this.path, "a");
  }

  /** `app.log.1` → `app.log.2` and so on; with a link beside what it leads to. */
  #cascade(): string {
    const base = this.#isLink ? join(this.directory, `target${this.#links}`) : this.path;
    for (let n = LAST_GENERATION * 10; n > 0; n--)
      if (existsSync(`${base}.${n}`)) renameSync(`${base}.${n}`, `${base}.${n + 1}`);
    return base;
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case "append":
        for (let line = 0; line < step.lines; line++)
          this.#line(`${this.written.length} ${"x".repeat(step.length)}`);
        break;
      case "half":
        if (this.#half !== "") break;
        this.#half = `${this.written.length} half`;
        writeSync(this.#file, this.#half);
        break;
      case "look":
        await this.look();
        break;
      case "glance":
        if (this.#other !== undefined) await this.look(this.#other);
        break;
      case "pause":
        await sleep(TICK_MS);
        break;
      case "rename": {
        const base = this.#cascade();
        renameSync(base, `${base}.1`);
        appendFileSync(base, "");
        if (step.reopens) this.#reopen();
        else {
          // the service writes on to the old file for a moment
          this.#line(`${this.written.length} late`);
          this.#reopen();
        }
        break;
      }
      case "dated": {
        const base = this.#isLink ? join(this.directory, `target${this.#links}`) : this.path;
        this.#endHalf();
        renameSync(base, `${base}-202611${String(++this.#dates).padStart(3, "0")}`);
        appendFileSync(base, "");
        this.#reopen();
        break;
      }
      case "copytruncate": {
        this.#endHalf();
        const base = this.#cascade();
        copyFileSync(base, `${base}.1`);
        truncateSync(base, 0);
        break;
      }
      case "truncate":
        // what nobody had a chance to read is lost
        this.#endHalf();
        await this.look();
        truncateSync(this.path, 0);
        break;
      case "remove":
        // a file that is open is read to its end even without a name; one that was never seen is gone
        this.#endHalf();
        await this.look();
        this.#line(`${this.written.length} last words`);
        rmSync(this.#isLink ? join(this.directory, `target${this.#links}`) : this.path);
        if (step.looks) await this.look();
        this.#reopen();
        break;
      case "compress": {
        // rotation compresses what it has rotated, after it was seen
        await this.look();
        const base = basename(this.#isLink ? join(this.directory, `target${this.#links}`) : this.path);
        for (let n = 1; n < LAST_GENERATION; n++) {
          const path = join(dirname(this.path), `${base}.${n}`);
          if (!existsSync(path)) continue;
          writeFileSync(`${path}.gz`, gzipSync("old"));
          rmSync(path);
        }
        break;
      }
      case "restart": {
        // who is away knows a file by its first line only: one was read
        this.#line(`${this.written.length} before the stop`);
        await this.look();
        const more = async (): Promise<void> => await this.take({ kind: "append", lines: 3, length: 10 });
        await more();
        await sleep(TICK_MS);
        if (step.before !== "nothing") await this.#rotate(step.before);
        await sleep(TICK_MS);
        if (step.before !== "nothing") await more();
        this.#chunksLeft = step.chunks;
        if (step.chunks > 0) await this.look();
        this.#chunksLeft = Infinity;
        this.#stored = this.#tailed.position;
        await this.#tailed.close();
        for (const what of step.meanwhile) {
          // without a tailer that remembers only stamps tell what is younger
          await sleep(TICK_MS);
          if (what === "append") await more();
          else await this.#rotate(what);
        }
        // what came into being in this very tick would pass for younger than the new tailer's first look
        await sleep(TICK_MS);
        this.#tailed = this.#tail();
        await this.#tailed.begin();
        break;
      }
      case "relink": {
        if (!this.#isLink) break;
        this.#endHalf();
        await this.look();
        const target = join(this.directory, `target${++this.#links}`);
        writeFileSync(target, "");
        symlinkSync(target, `${this.path}.new`);
        renameSync(`${this.path}.new`, this.path);
        this.#reopen();
        break;
      }
      default:
        step satisfies never;
    }
  }

  async #rotate(how: "rename" | "copytruncate"): Promise<void> {
    await this.take(how === "rename" ? { kind: how, reopens: true } : { kind: how });
  }

  /** What was written and what was delivered. */
  async outcome(): Promise<{ readonly written: string[]; readonly delivered: string[] }> {
    this.#endHalf();
    await this.look();
    return { written: this.written, delivered: this.delivered };
  }
}

for (const [isLink, isShared, how] of [
  [false, false, ""],
  [true, false, ", through a link"],
  [false, true, ", and whoever else reads the same blocks"],
] as const) {
  test.concurrent(
    `each line arrives exactly once, whenever the tailer looks${how}`,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(isShared ? sharedStep : step, { maxLength: 30 }), async (life) => {
          const log = new ModelledLog(isLink, isShared);
          try {
            await log.begin();
            for (const one of life) await log.take(one);
            const { written, delivered } = await log.outcome();
            expect([...delivered].sort()).toEqual([...written].sort());
          } finally {
            await log.end();
          }
        }),
        { numRuns: 40 * LONGER },
      );
    },
    60_000 * LONGER,
  );
}
