/**
 * The kernel's notices about directories and files (inotify through `fs.watch`). Keeps exactly the watches that are wanted,
 * renews those whose inode is another one by now, and says which could not be had. Knows nothing of logs.
 * @module
 */
import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { messageOf } from "../base/error-text.ts";

/** Hears what happens at watched paths. */
export interface WatchListener {
  /** `name`: the entry of the watched directory; `undefined`: unknown */
  changed(path: string, name: string | undefined, isNew: boolean): void;
  /** the system gives no watch (limits); told once a path until it works again */
  refused(path: string, reason: string): void;
}

/** The system's way to watch; throws when its limits are reached. */
export type WatchPath = (
  path: string,
  changed: (event: "rename" | "change", name: string | null) => void,
) => Pick<FSWatcher, "close" | "on">;

const watchPath: WatchPath = (path, changed) => watch(path, { persistent: false }, changed);

interface Watch {
  readonly watcher: Pick<FSWatcher, "close" | "on">;
  readonly inode: string;
}

export class Watches {
  readonly #listener: WatchListener;
  readonly #watchPath: WatchPath;
  readonly #watches = new Map<string, Watch>();
  readonly #refused = new Set<string>();

  constructor(listener: WatchListener, system: WatchPath = watchPath) {
    this.#listener = listener;
    this.#watchPath = system;
  }

  /** Whether changes at this path are told. */
  covers(path: string): boolean {
    return this.#watches.has(path);
  }

  /**
   * Makes the watches those of `wanted`; paths that do not exist are left for the next call. Never throws.
   *
   * @returns whether a path is watched anew
   */
  async sync(wanted: ReadonlySet<string>): Promise<boolean> {
    let isNew = false;
    for (const path of [...this.#watches.keys()]) if (!wanted.has(path)) this.#end(path);
    for (const path of [...this.#refused]) if (!wanted.has(path)) this.#refused.delete(path);
    for (const path of wanted) {
      const inode = await inodeOf(path);
      if (this.#watches.get(path)?.inode === inode) continue;
      this.#end(path);
      if (inode === undefined) continue;
      this.#begin(path, inode);
      isNew ||= this.#watches.has(path);
    }
    return isNew;
  }

  /** Ends all watches. */
  close(): void {
    for (const path of [...this.#watches.keys()]) this.#end(path);
  }

  #begin(path: string, inode: string): void {
    try {
      const watcher = this.#watchPath(path, (event, name) => {
        this.#listener.changed(path, name ?? undefined, event === "rename");
      });
      watcher.on("error", () => this.#end(path));
      this.#watches.set(path, { watcher, inode });
      this.#refused.delete(path);
    } catch (error) {
      if (this.#refused.has(path)) return;
      this.#refused.add(path);
      this.#listener.refused(path, messageOf(error));
    }
  }

  #end(path: string): void {
    this.#watches.get(path)?.watcher.close();
    this.#watches.delete(path);
  }
}

async function inodeOf(path: string): Promise<string | undefined> {
  try {
    const stats = await stat(path, { bigint: true });
    return `${stats.dev}:${stats.ino}`;
  } catch {
    return undefined;
  }
}
