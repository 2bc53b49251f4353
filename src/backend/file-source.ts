/**
 * The log files of one jail: which there are (globs, again and again), when to look at them (inotify with a slow poll beside
 * it, or polling alone). Knows nothing of what the lines mean.
 * Better than the reference where it loses lines or forgets files (A§5.5, A§7.4).
 * @module
 */
import { dirname, join } from "node:path";
import { untilBeat } from "../base/beat.ts";
import { hasGlobCharacters } from "../base/glob-name.ts";
import type { ReadLineAt } from "./bisect.ts";
import { expandGlob, MAX_GLOB_PATHS } from "./glob.ts";
import type { LogPosition, LogSink, LogSource, LogStand } from "./log-source.ts";
import { MonitoredFiles } from "./monitored-files.ts";
import { newlinesOf } from "./newline.ts";
import type { OpenFile } from "./open-log.ts";
import { ReadQueue } from "./read-queue.ts";
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
  readonly openFile?: OpenFile | undefined;
  /** how to watch by inotify; default `fs.watch` */
  readonly watchPath?: WatchPath;
}

/** Between two looks at files that nothing else watches; milliseconds. */
const POLL_MS = 300;
/** Between two looks at files that inotify watches, and between two evaluations of globs that it does not; milliseconds. */
const SLOW_POLL_MS = 1500;
/**
 * Looks that find nothing that inotify has not told grow rarer, up to this, and then all jails look at once; milliseconds. Where one
 * finds something, the file system does not tell of everything (a network's, say), and the looks are frequent again.
 */
const LONGEST_POLL_MS = 30_000;
/** Between two evaluations of globs whose directories inotify watches: it has told of new names; milliseconds. */
const GLOB_CHECK_MS = 15_000;
/** Watched files that are looked at in one go, one after the other, lest inotify have missed something. */
const MAX_SPOT_CHECKS = 100;
/** After a new name in a watched directory, before the globs are evaluated; milliseconds. */
const NEW_NAME_DELAY_MS = 20;

export class FileSource implements LogSource {
  readonly #options: FileSourceOptions;
  readonly #patterns: LogPattern[];
  readonly #files = new MonitoredFiles();
  /** removed by the operator: a glob does not bring them back */
  readonly #removed = new Set<string>();
  readonly #watches: Watches;
  #globDirectories: ReadonlySet<string> = new Set();
  readonly #queue = new ReadQueue<TailedFile>((file) => this.#mayRead(file));
  #state: "new" | "running" | "stopped" = "new";
  #isIdle = false;
  #timer: NodeJS.Timeout | undefined;
  #newNameTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #evaluatedAt = 0;
  #watchedAt = 0;
  /** wait for the next look at watched files */
  #calmMs = SLOW_POLL_MS;
  /** where the next look at watched files begins */
  #spotCheckAt = 0;
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
    for (const pattern of this.#patterns) await this.#begin(pattern);
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
    await this.#queue.clear();
    await this.#looking;
    await this.#closeFiles();
  }

  /** While idle nothing is read; nothing is lost either. */
  setIdle(isIdle: boolean): void {
    this.#isIdle = isIdle;
    if (!isIdle) for (const file of this.#files.all()) this.#queue.wake(file);
  }

  /** Monitors one more path or glob. `false`: it is monitored already. */
  async add(pattern: LogPattern): Promise<boolean> {
    if (this.#patterns.some((known) => known.pattern === pattern.pattern)) return false;
    this.#removed.delete(pattern.pattern);
    this.#patterns.push(pattern);
    if (this.#state !== "running") return true;
    await this.#begin(pattern);
    await this.#watch();
    return true;
  }

  /** Monitors a path or the files of a glob no longer. `false`: it was not monitored. */
  async remove(pattern: string): Promise<boolean> {
    const at = this.#patterns.findIndex((known) => known.pattern === pattern);
    const paths =
      this.#files.get(pattern) !== undefined ? [pattern] : at < 0 ? [] : (await expandGlob(pattern)).paths;
    if (at >= 0) this.#patterns.splice(at, 1);
    else if (paths.length === 0) return false;
    for (const path of paths) {
      const file = this.#files.get(path);
      if (file === undefined) continue;
      this.#removed.add(path);
      this.#files.remove(file);
      await this.#queue.forget(file);
      await file.close();
      const text = `Removed logfile: '${path}'`;
      this.#options.sink.observe({ type: "message", level: "INFO", logger: "filter", text });
    }
    return true;
  }

  /** Monitored paths in the order in which they were found. */
  paths(): string[] {
    return this.#files.paths();
  }

  /** Where each file stands; for storing at stop. */
  positions(): LogStand[] {
    return this.#files
      .all()
      .flatMap(({ path, position }) => (position === undefined ? [] : [{ path, ...position }]));
  }

  async #begin(pattern: LogPattern): Promise<void> {
    const directories = await this.#evaluate(pattern, pattern.tail, true);
    if (hasGlobCharacters(pattern.pattern)) {
      this.#globDirectories = new Set([...this.#globDirectories, ...directories]);
    }
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
      if (this.#state === "stopped") break;
      if (this.#files.named(path) !== undefined || this.#removed.has(path)) {
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
          isMonitored: (one) => this.#files.named(one) !== undefined,
          openFile: this.#options.openFile,
          mustPause: () => !this.#mayRead(file),
          firstRelevantOffset: this.#options.firstRelevantOffset,
        },
        tail,
      );
      this.#files.add(file);
      await file.begin();
      this.#queue.wake(file);
    }
    return directories;
  }

  /** Evaluates the globs again: new files are read from their beginning. */
  async #refresh(): Promise<void> {
    this.#evaluatedAt = performance.now();
    const globs = this.#patterns.filter(({ pattern }) => hasGlobCharacters(pattern));
    if (globs.length === 0 && this.#globDirectories.size === 0) return;
    const directories = new Set<string>();
    for (const pattern of globs) {
      for (const directory of await this.#evaluate(pattern, false, false)) directories.add(directory);
    }
    this.#globDirectories = directories;
    await this.#watch();
  }

  /** Watches the directories of the files and globs, and the targets of links. Whether anything is watched anew. */
  async #watch(): Promise<boolean> {
    if (this.#options.mode === "polling" || this.#state !== "running") return false;
    const wanted = new Set<string>(this.#globDirectories);
    for (const { name, file } of this.#files.entries()) {
      wanted.add(dirname(name));
      if (file.isLink) wanted.add(name);
    }
    const isNew = await this.#watches.sync(wanted);
    if (this.#hasStopped()) this.#watches.close();
    return isNew;
  }

  async #closeFiles(): Promise<void> {
    for (const file of this.#files.all()) await file.close();
  }

  #hasStopped(): boolean {
    return this.#state === "stopped";
  }

  #changed(path: string, name: string | undefined, isNew: boolean): void {
    const entry = name === undefined ? undefined : join(path, name);
    for (const known of [path, entry]) {
      const file = known === undefined ? undefined : this.#files.named(known);
      if (file !== undefined) {
        this.#queue.wake(file);
        return;
      }
    }
    if (name === undefined) for (const file of this.#files.in(path)) this.#queue.wake(file);
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
    const entries = [...this.#files.entries()];
    if (!entries.every((entry) => this.#isWatched(entry))) return POLL_MS;
    const isCalm = this.#areGlobsCovered() && !entries.some(({ file }) => file.isRestless);
    if (!isCalm) return SLOW_POLL_MS;
    return this.#calmMs < LONGEST_POLL_MS ? this.#calmMs : untilBeat(LONGEST_POLL_MS, performance.now());
  }

  #isWatched({ name, file }: { readonly name: string; readonly file: TailedFile }): boolean {
    return this.#watches.covers(dirname(name)) && (!file.isLink || this.#watches.covers(name));
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
    let hasFound = mustEvaluate;
    for (const file of this.#filesToCheck()) {
      if (this.#state !== "running") return;
      if (this.#queue.isReading(file) || !(await file.hasChanged())) continue;
      this.#queue.wake(file);
      hasFound = true;
    }
    const now = performance.now();
    if (!mustEvaluate && now - this.#watchedAt < SLOW_POLL_MS) return;
    this.#watchedAt = now;
    const isNew = await this.#watch();
    const age = performance.now() - this.#evaluatedAt;
    if (mustEvaluate || isNew || !this.#areGlobsCovered() || age >= GLOB_CHECK_MS) await this.#refresh();
    this.#calmMs = hasFound || isNew ? SLOW_POLL_MS : Math.min(this.#calmMs * 2, LONGEST_POLL_MS);
  }

  #areGlobsCovered(): boolean {
    return [...this.#globDirectories].every((directory) => this.#watches.covers(directory));
  }

  /** All files where nothing else tells of changes; of many that are watched those whose turn it is, and those with troubles. */
  #filesToCheck(): readonly TailedFile[] {
    const entries = [...this.#files.entries()];
    const count = entries.length;
    const from = count === 0 ? 0 : this.#spotCheckAt % count;
    this.#spotCheckAt = from + MAX_SPOT_CHECKS;
    const isDue = (at: number): boolean => (at - from + count) % count < MAX_SPOT_CHECKS;
    return entries
      .filter((entry, at) => isDue(at) || entry.file.isRestless || !this.#isWatched(entry))
      .map(({ file }) => file);
  }

  #mayRead(file: TailedFile): boolean {
    return this.#state === "running" && !this.#isIdle && this.#files.get(file.path) === file;
  }
}
