/**
 * The log files of one jail and when to look at them: inotify with a slow poll beside it, or polling alone. Knows nothing of what the
 * lines mean.
 * Better than the reference where it loses lines or forgets files (A§5.5, A§7.4).
 * @module
 */
import { dirname, join } from "node:path";
import { untilBeat } from "../base/beat.ts";
import type { ReadLineAt } from "./bisect.ts";
import { type LogPattern, LogPatterns } from "./log-patterns.ts";
import type { LogPosition, LogSink, LogSource, LogStand } from "./log-source.ts";
import { MonitoredFiles } from "./monitored-files.ts";
import { newlinesOf } from "./newline.ts";
import type { OpenFile } from "./open-log.ts";
import { ReadQueue } from "./read-queue.ts";
import { TailedFile } from "./tailed-file.ts";
import { Watches, type WatchPath } from "./watches.ts";

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
  readonly #patterns: LogPatterns;
  readonly #files = new MonitoredFiles();
  readonly #watches: Watches;
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

  constructor(options: FileSourceOptions) {
    this.#options = options;
    this.#patterns = new LogPatterns(options.patterns, {
      files: this.#files,
      observe: options.sink.observe,
      monitor: (path, tail) => this.#monitor(path, tail),
      hasStopped: () => this.#hasStopped(),
    });
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
    await this.#patterns.beginAll();
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
    if (!this.#patterns.add(pattern)) return false;
    if (this.#state !== "running") return true;
    await this.#patterns.begin(pattern);
    await this.#watch();
    return true;
  }

  /** Monitors a path or the files of a glob no longer. `false`: it was not monitored. */
  async remove(pattern: string): Promise<boolean> {
    const left = await this.#patterns.remove(pattern);
    if (left === undefined) return false;
    for (const file of left) {
      this.#files.remove(file);
      await this.#queue.forget(file);
      await file.close();
      const text = `Removed logfile: '${file.path}'`;
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

  /** Opens a path's file if it is there; the reading goes on in the background. */
  async #monitor(path: string, tail: boolean): Promise<void> {
    const { sink, mode, encoding = "utf-8", openFile, firstRelevantOffset } = this.#options;
    const file: TailedFile = new TailedFile(
      {
        path,
        newlines: newlinesOf(encoding),
        sink,
        absenceLevel: mode === "polling" ? "DEBUG" : "MSG",
        absenceLogger: mode === "polling" ? "filterpoll" : "filterpyinotify",
        resume: (one) => this.#options.resume(one),
        isMonitored: (one) => this.#files.named(one) !== undefined,
        openFile,
        mustPause: () => !this.#mayRead(file),
        firstRelevantOffset,
      },
      tail,
    );
    this.#files.add(file);
    await file.begin();
    this.#queue.wake(file);
  }

  /** Evaluates the globs again. */
  async #refresh(): Promise<void> {
    this.#evaluatedAt = performance.now();
    if (await this.#patterns.refresh()) await this.#watch();
  }

  /** Watches the directories of the files and globs, and the targets of links. Whether anything is watched anew. */
  async #watch(): Promise<boolean> {
    if (this.#options.mode === "polling" || this.#state !== "running") return false;
    const wanted = new Set<string>(this.#patterns.directories);
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
    if (isNew && this.#patterns.directories.has(path) && this.#state === "running") {
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
    return [...this.#patterns.directories].every((directory) => this.#watches.covers(directory));
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
