/**
 * The log files of one jail: which there are (globs, again and again), when to look at them (inotify with a slow poll beside
 * it, or polling alone), and whose turn it is to be read. Knows nothing of what the lines mean.
 * Better than the reference where it loses lines or forgets files (A§5.5, A§7.4).
 * @module
 */
import { dirname, join, normalize } from "node:path";
import { hasGlobCharacters } from "../base/glob-name.ts";
import type { ReadLineAt } from "./bisect.ts";
import { expandGlob, MAX_GLOB_PATHS } from "./glob.ts";
import type { LogPosition, LogSink, LogSource } from "./log-source.ts";
import { newlinesOf } from "./newline.ts";
import { type OpenFile, READ_BUFFER_BYTES } from "./open-log.ts";
import { TailedFile } from "./tailed-file.ts";
import { Watches, type WatchPath } from "./watches.ts";

/** A path or glob to monitor. */
export interface LogPattern {
  readonly pattern: string;
  /** begin at the end of what is there at the start */
  readonly tail: boolean;
}

export interface FileSourceOptions {
  readonly patterns: readonly LogPattern[];
  readonly mode: "polling" | "pyinotify";
  /** `logencoding`; only the shape of a newline depends on it */
  readonly encoding?: string;
  readonly sink: LogSink;
  /** the stored position of a path, if any (A§5.4) */
  resume(path: string): LogPosition | undefined;
  /** first read: the offset, at `from` or later, where the lines of interest begin (A§5.2) */
  readonly firstRelevantOffset?: (
    path: string,
    size: number,
    readLineAt: ReadLineAt,
    from: number,
  ) => Promise<number>;
  /** how to open files; default `fs.open` */
  readonly openFile?: OpenFile;
  /** how to watch by inotify; default `fs.watch` */
  readonly watchPath?: WatchPath;
}

/** Between two looks at files that nothing else watches; milliseconds. */
const POLL_MS = 300;
/** Between two looks at files that inotify watches, and between two evaluations of the globs; milliseconds. */
const SLOW_POLL_MS = 1500;
/** After a new name in a watched directory, before the globs are evaluated; milliseconds. */
const NEW_NAME_DELAY_MS = 20;
/** Files of one jail read at once, each with a buffer of its own. */
const MAX_READS = 2;

export class FileSource implements LogSource {
  readonly #options: FileSourceOptions;
  readonly #patterns: LogPattern[];
  readonly #files = new Map<string, TailedFile>();
  /** normal form of a path → the path as given */
  readonly #names = new Map<string, string>();
  /** removed by the operator: a glob does not bring them back */
  readonly #removed = new Set<string>();
  readonly #watches: Watches;
  #globDirectories: ReadonlySet<string> = new Set();
  readonly #buffers: Uint8Array[] = [];
  readonly #waiting = new Set<TailedFile>();
  readonly #reading = new Map<TailedFile, Promise<void>>();
  #state: "new" | "running" | "stopped" = "new";
  #isIdle = false;
  #timer: NodeJS.Timeout | undefined;
  #newNameTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #evaluatedAt = 0;
  #saidCut = false;

  constructor(options: FileSourceOptions) {
    this.#options = options;
    this.#patterns = [...options.patterns];
    this.#watches = new Watches(
      {
        changed: (path, name, isNew) => this.#changed(path, name, isNew),
        refused: (path, reason) => {
          const text = `Unable to watch '${path}' by inotify (${reason}); its files are polled instead`;
          options.sink.observe({ type: "message", level: "WARNING", logger: "filterpyinotify", text });
        },
      },
      options.watchPath,
    );
  }

  /** Opens what is there, begins to watch; the reading goes on in the background. */
  async start(): Promise<void> {
    if (this.#state !== "new") return;
    this.#state = "running";
    for (const pattern of this.#patterns) await this.#evaluate(pattern, pattern.tail, true);
    await this.#watch();
    this.#evaluatedAt = performance.now();
    if (this.#hasStopped()) await this.#closeFiles();
    this.#schedule();
  }

  /** Ends the watching, waits for reads under way, closes all files. */
  async stop(): Promise<void> {
    this.#state = "stopped";
    clearTimeout(this.#timer);
    clearTimeout(this.#newNameTimer);
    this.#watches.close();
    this.#waiting.clear();
    await this.#looking;
    await Promise.all(this.#reading.values());
    await this.#closeFiles();
  }

  /** While idle nothing is read; nothing is lost either. */
  setIdle(isIdle: boolean): void {
    this.#isIdle = isIdle;
    if (!isIdle) for (const file of this.#files.values()) this.#wake(file);
  }

  /** Monitors one more path or glob. `false`: it is monitored already. */
  async add(pattern: LogPattern): Promise<boolean> {
    if (this.#patterns.some((known) => known.pattern === pattern.pattern)) return false;
    this.#removed.delete(pattern.pattern);
    this.#patterns.push(pattern);
    if (this.#state !== "running") return true;
    await this.#evaluate(pattern, pattern.tail, true);
    await this.#watch();
    return true;
  }

  /** Monitors a path or the files of a glob no longer. `false`: it was not monitored. */
  async remove(pattern: string): Promise<boolean> {
    const at = this.#patterns.findIndex((known) => known.pattern === pattern);
    const paths = this.#files.has(pattern) ? [pattern] : at < 0 ? [] : (await expandGlob(pattern)).paths;
    if (at >= 0) this.#patterns.splice(at, 1);
    else if (paths.length === 0) return false;
    for (const path of paths) {
      const file = this.#files.get(path);
      if (file === undefined) continue;
      this.#removed.add(path);
      this.#files.delete(path);
      this.#names.delete(normalize(path));
      this.#waiting.delete(file);
      await this.#reading.get(file);
      await file.close();
      const text = `Removed logfile: '${path}'`;
      this.#options.sink.observe({ type: "message", level: "INFO", logger: "filter", text });
    }
    return true;
  }

  /** Monitored paths in the order in which they were found. */
  paths(): string[] {
    return [...this.#files.keys()];
  }

  /** Where each file stands; for storing at stop. */
  positions(): { readonly path: string; readonly hash: string; readonly position: number }[] {
    const all = [];
    for (const { path, position } of this.#files.values()) {
      if (position !== undefined) all.push({ path, ...position });
    }
    return all;
  }

  /** Monitors what a pattern leads to and is not monitored yet; gives the directories where more may appear. */
  async #evaluate(pattern: LogPattern, tail: boolean, isFirst: boolean): Promise<readonly string[]> {
    const { sink, mode, newlines } = {
      ...this.#options,
      newlines: newlinesOf(this.#options.encoding ?? "utf-8"),
    };
    const { paths, directories, isCut } = await expandGlob(pattern.pattern);
    if (isCut && !this.#saidCut) {
      this.#saidCut = true;
      const text = `Glob ${pattern.pattern} matches more than ${MAX_GLOB_PATHS} files; the rest is not monitored`;
      sink.observe({ type: "message", level: "ERROR", logger: "filter", text });
    }
    for (const path of paths) {
      const name = normalize(path);
      if (this.#state === "stopped") break;
      if (this.#names.has(name) || this.#removed.has(path)) {
        if (isFirst && !this.#removed.has(path)) {
          sink.observe({ type: "message", level: "ERROR", logger: "filter", text: `${path} already exists` });
        }
        continue;
      }
      const file: TailedFile = new TailedFile(
        {
          path,
          newlines,
          sink,
          absenceLevel: mode === "polling" ? "DEBUG" : "MSG",
          absenceLogger: mode === "polling" ? "filterpoll" : "filterpyinotify",
          resume: (one) => this.#options.resume(one),
          isMonitored: (one) => this.#names.has(normalize(one)),
          openFile: this.#options.openFile,
          mustPause: () => this.#state !== "running" || this.#isIdle || this.#files.get(path) !== file,
          firstRelevantOffset: this.#options.firstRelevantOffset,
        },
        tail,
      );
      this.#names.set(name, path);
      this.#files.set(path, file);
      await file.begin();
      this.#wake(file);
    }
    return directories;
  }

  /** Evaluates the globs again: new files are read from their beginning. */
  async #refresh(): Promise<void> {
    this.#evaluatedAt = performance.now();
    for (const pattern of [...this.#patterns]) {
      if (hasGlobCharacters(pattern.pattern)) await this.#evaluate(pattern, false, false);
    }
    await this.#watch();
  }

  /** Watches the directories of the files and globs, and the targets of links. */
  async #watch(): Promise<void> {
    if (this.#options.mode === "polling" || this.#state !== "running") return;
    const wanted = new Set<string>();
    for (const { pattern } of this.#patterns) {
      if (!hasGlobCharacters(pattern)) continue;
      for (const directory of (await expandGlob(pattern)).directories) wanted.add(directory);
    }
    this.#globDirectories = new Set(wanted);
    for (const [name, path] of this.#names) {
      wanted.add(dirname(name));
      if (this.#files.get(path)?.isLink === true) wanted.add(name);
    }
    await this.#watches.sync(wanted);
    if (this.#hasStopped()) this.#watches.close();
  }

  async #closeFiles(): Promise<void> {
    for (const file of this.#files.values()) await file.close();
  }

  #hasStopped(): boolean {
    return this.#state === "stopped";
  }

  #changed(path: string, name: string | undefined, isNew: boolean): void {
    const entry = name === undefined ? undefined : join(path, name);
    for (const known of [path, entry]) {
      const file = this.#files.get(this.#names.get(known ?? "") ?? "");
      if (file !== undefined) {
        this.#wake(file);
        return;
      }
    }
    if (name === undefined) {
      for (const [normal, given] of this.#names) {
        const file = this.#files.get(given);
        if (dirname(normal) === path && file !== undefined) this.#wake(file);
      }
    }
    if (isNew && this.#globDirectories.has(path) && this.#state === "running") {
      this.#newNameTimer ??= setTimeout(() => {
        this.#newNameTimer = undefined;
        this.#look(true);
      }, NEW_NAME_DELAY_MS);
    }
  }

  #schedule(): void {
    if (this.#state !== "running") return;
    this.#timer = setTimeout(() => this.#look(false), this.#pollInterval());
  }

  #pollInterval(): number {
    if (this.#options.mode === "polling") return POLL_MS;
    for (const [name, path] of this.#names) {
      const isLink = this.#files.get(path)?.isLink === true;
      if (!this.#watches.covers(dirname(name)) || (isLink && !this.#watches.covers(name))) return POLL_MS;
    }
    return SLOW_POLL_MS;
  }

  /** One look at everything; looks do not overlap. */
  #look(mustEvaluate: boolean): void {
    if (this.#looking !== undefined) {
      // the look under way may have passed the new name already: the next one comes soon enough
      if (mustEvaluate) this.#evaluatedAt = 0;
      return;
    }
    clearTimeout(this.#timer);
    this.#looking = this.#lookAtAll(mustEvaluate).finally(() => {
      this.#looking = undefined;
      this.#schedule();
    });
  }

  async #lookAtAll(mustEvaluate: boolean): Promise<void> {
    for (const file of [...this.#files.values()]) {
      if (this.#state !== "running") return;
      if (!this.#reading.has(file) && (await file.hasChanged())) this.#wake(file);
    }
    if (mustEvaluate || performance.now() - this.#evaluatedAt >= SLOW_POLL_MS) await this.#refresh();
  }

  /** Puts a file in the queue of those to be read; the queue holds each file once. */
  #wake(file: TailedFile): void {
    if (this.#state !== "running" || this.#isIdle || this.#files.get(file.path) !== file) return;
    this.#waiting.add(file);
    this.#readNext();
  }

  #readNext(): void {
    for (const file of this.#waiting) {
      if (this.#reading.size >= MAX_READS) return;
      if (this.#reading.has(file)) continue;
      this.#waiting.delete(file);
      this.#reading.set(file, this.#read(file));
    }
  }

  async #read(file: TailedFile): Promise<void> {
    const buffer = this.#buffers.pop() ?? new Uint8Array(READ_BUFFER_BYTES);
    const outcome = await file.advance(buffer);
    this.#reading.delete(file);
    // while nothing is read no memory is held
    if (outcome === "more") this.#wake(file);
    if (this.#waiting.size > 0) this.#buffers.push(buffer);
    this.#readNext();
  }
}
