/**
 * The files that `ignoreip` names (`file:PATH`): looked at once a second while somebody asks, read where they have changed (A§3.3).
 * What a file held stays known while it cannot be read.
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { IgnoreList } from "../ban/ignore-list.ts";
import type { Clock } from "../base/clock.ts";
import type { Level, Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { FileReading } from "../exec/changed-file.ts";

/** A file is looked at again after this long. */
const FRESH: Seconds = 1;
/** One that could not be read is tried again after this long. */
const RETRY: Seconds = 60;

export interface IgnoreFilesPorts {
  readonly clock: Clock;
  readonly observe: Observe;
  /** text of a file unless it is as the stamp says */
  readIfChanged(path: string, stamp: string | undefined): Promise<FileReading>;
}

interface KnownFile {
  readonly entry: string;
  readonly path: string;
  stamp: string | undefined;
  lookedAt: EpochSeconds;
  /** why it cannot be read, or not as a whole; each reason is told once */
  problem: string | undefined;
}

export class IgnoreFiles {
  readonly #jail: string;
  readonly #list: IgnoreList;
  readonly #ports: IgnoreFilesPorts;
  readonly #known = new Map<string, KnownFile>();
  #looking: Promise<void> | undefined;

  constructor(jail: string, list: IgnoreList, ports: IgnoreFilesPorts) {
    this.#jail = jail;
    this.#list = list;
    this.#ports = ports;
  }

  /** Whether a file has to be looked at before the list can be asked. */
  get isDue(): boolean {
    return this.#list.hasFiles && this.#due().length > 0;
  }

  /** Looks at what is due. Whoever asks meanwhile waits for the same look. */
  async refresh(): Promise<void> {
    this.#looking ??= this.#look(this.#due()).finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  #due(): KnownFile[] {
    const now = this.#ports.clock.now();
    return this.#list.files().flatMap(({ entry, path }) => {
      const known = this.#known.get(entry) ?? this.#enter(entry, path);
      const wait = known.stamp === undefined && known.problem !== undefined ? RETRY : FRESH;
      return Math.abs(now - known.lookedAt) < wait ? [] : [known];
    });
  }

  #enter(entry: string, path: string): KnownFile {
    const lookedAt = Number.NEGATIVE_INFINITY;
    const known = { entry, path, stamp: undefined, lookedAt, problem: undefined };
    this.#known.set(entry, known);
    return known;
  }

  async #look(files: readonly KnownFile[]): Promise<void> {
    for (const file of files) {
      const reading = await this.#ports.readIfChanged(file.path, file.stamp);
      file.lookedAt = this.#ports.clock.now();
      switch (reading.kind) {
        case "unchanged":
          break;
        case "unreadable":
          file.stamp = undefined;
          this.#note(file, `cannot be read: ${reading.reason}; what was known of it stays`);
          break;
        case "text":
          // a long list is no reason for others to wait
          for (const _ of this.#list.takeFile(file.entry, reading.text)) await setImmediate();
          file.stamp = reading.stamp;
          this.#note(file, reading.isCut ? "is too long; the end of it is not taken" : undefined);
          break;
        default:
          reading satisfies never;
      }
    }
  }

  #note(file: KnownFile, problem: string | undefined): void {
    if (problem === file.problem) return;
    if (problem !== undefined) this.#say("ERROR", `ignoreip: ${file.path} ${problem}`);
    else if (file.problem !== undefined) this.#say("NOTICE", `ignoreip: ${file.path} is read again`);
    file.problem = problem;
  }

  #say(level: Level, text: string): void {
    this.#ports.observe({ type: "message", level, logger: "filter", text: `[${this.#jail}] ${text}` });
  }
}
