/**
 * Which files the paths and globs of one jail lead to, evaluated again and again: what appears later is monitored from its beginning, what the
 * operator has taken away does not come back. Knows nothing of how files are read or watched.
 * @module
 */
import type { Observe } from "../base/event.ts";
import { hasGlobCharacters } from "../base/glob-name.ts";
import { expandGlob, MAX_GLOB_PATHS } from "./glob.ts";
import type { MonitoredFiles } from "./monitored-files.ts";
import type { TailedFile } from "./tailed-file.ts";

/** A path or glob to monitor. */
export interface LogPattern {
  readonly pattern: string;
  /** begin at the end of what is there at the start */
  readonly tail: boolean;
}

interface PatternPorts {
  readonly files: Pick<MonitoredFiles, "get" | "named">;
  readonly observe: Observe;
  /** begins to monitor a path */
  monitor(path: string, tail: boolean): Promise<void>;
  hasStopped(): boolean;
}

export class LogPatterns {
  readonly #ports: PatternPorts;
  readonly #patterns: LogPattern[];
  /** removed by the operator: a glob does not bring them back */
  readonly #removed = new Set<string>();
  #directories: ReadonlySet<string> = new Set();
  #saidCut = false;

  constructor(patterns: readonly LogPattern[], ports: PatternPorts) {
    this.#patterns = [...patterns];
    this.#ports = ports;
  }

  /** Where new names may match a glob. */
  get directories(): ReadonlySet<string> {
    return this.#directories;
  }

  /** Monitors what all of them lead to. */
  async beginAll(): Promise<void> {
    for (const pattern of this.#patterns) await this.begin(pattern);
  }

  /** Takes one more; `false`: it is there already. */
  add(pattern: LogPattern): boolean {
    if (this.#patterns.some((known) => known.pattern === pattern.pattern)) return false;
    this.#removed.delete(pattern.pattern);
    this.#patterns.push(pattern);
    return true;
  }

  /** Monitors what one of them leads to. */
  async begin(pattern: LogPattern): Promise<void> {
    const directories = await this.#evaluate(pattern, pattern.tail, true);
    if (hasGlobCharacters(pattern.pattern)) {
      this.#directories = new Set([...this.#directories, ...directories]);
    }
  }

  /** Takes one away. @returns the files to be monitored no longer; `undefined`: neither it nor such a file is known */
  async remove(pattern: string): Promise<readonly TailedFile[] | undefined> {
    const { files } = this.#ports;
    const at = this.#patterns.findIndex((known) => known.pattern === pattern);
    const paths =
      files.get(pattern) !== undefined ? [pattern] : at < 0 ? [] : (await expandGlob(pattern)).paths;
    if (at >= 0) this.#patterns.splice(at, 1);
    else if (paths.length === 0) return undefined;
    const left = paths.flatMap((path) => files.get(path) ?? []);
    for (const { path } of left) this.#removed.add(path);
    return left;
  }

  /** Evaluates the globs again: new files are read from their beginning. @returns whether there are any */
  async refresh(): Promise<boolean> {
    const globs = this.#patterns.filter(({ pattern }) => hasGlobCharacters(pattern));
    if (globs.length === 0 && this.#directories.size === 0) return false;
    const directories = new Set<string>();
    for (const pattern of globs) {
      for (const directory of await this.#evaluate(pattern, false, false)) directories.add(directory);
    }
    this.#directories = directories;
    return true;
  }

  /** Monitors what a pattern leads to and is not monitored yet; gives the directories where more may appear. */
  async #evaluate({ pattern }: LogPattern, tail: boolean, isFirst: boolean): Promise<readonly string[]> {
    const { files, monitor, hasStopped } = this.#ports;
    const { paths, directories, isCut } = await expandGlob(pattern);
    if (isCut && !this.#saidCut) {
      this.#saidCut = true;
      this.#complain(`Glob ${pattern} matches more than ${MAX_GLOB_PATHS} files; the rest is not monitored`);
    }
    for (const path of paths) {
      if (hasStopped()) break;
      if (this.#removed.has(path)) continue;
      if (files.named(path) === undefined) await monitor(path, tail);
      else if (isFirst) this.#complain(`${path} already exists`);
    }
    return directories;
  }

  #complain(text: string): void {
    this.#ports.observe({ type: "message", level: "ERROR", logger: "filter", text });
  }
}
