/**
 * The files that a jail monitors, by path as given and by the path's normal form, in which the system tells of changes.
 * Knows nothing of why they are monitored.
 * @module
 */
import { dirname, normalize } from "node:path";
import type { TailedFile } from "./tailed-file.ts";

/** A monitored file and the normal form of its path. */
interface Entry {
  readonly name: string;
  readonly file: TailedFile;
}

export class MonitoredFiles {
  readonly #byPath = new Map<string, Entry>();
  /** normal form → file */
  readonly #byName = new Map<string, TailedFile>();

  /** In the order in which they were found. */
  entries(): Iterable<Entry> {
    return this.#byPath.values();
  }

  all(): TailedFile[] {
    return [...this.#byName.values()];
  }

  paths(): string[] {
    return [...this.#byPath.keys()];
  }

  /** The file of a path as given. */
  get(path: string): TailedFile | undefined {
    return this.#byPath.get(path)?.file;
  }

  /** The file of a path in any form. */
  named(path: string): TailedFile | undefined {
    return this.#byName.get(normalize(path));
  }

  /** Files in a directory of which the system tells. */
  in(directory: string): TailedFile[] {
    return Array.from(this.entries()).flatMap(({ name, file }) =>
      dirname(name) === directory ? [file] : [],
    );
  }

  add(file: TailedFile): void {
    const name = normalize(file.path);
    this.#byPath.set(file.path, { name, file });
    this.#byName.set(name, file);
  }

  remove(file: TailedFile): void {
    this.#byPath.delete(file.path);
    this.#byName.delete(normalize(file.path));
  }
}
