/**
 * Notices what other programs do to the database file while it is open: that they write to it, that they take it away.
 * Decides nothing; knows no tables.
 * @module
 */
import { statSync } from "node:fs";
import type { Connection } from "./connection.ts";
import { MEMORY } from "./open-database.ts";

export class OutsideChanges {
  readonly #path: string;
  /** device and number of the file that was opened */
  #identity: string | undefined;
  /** SQLite's count of what others have committed */
  #version: unknown;

  constructor(path: string) {
    this.#path = path;
  }

  /** Takes the file as it is now for the usual. Throws nothing. */
  begin(file: Connection): void {
    this.#identity = this.#path === MEMORY ? undefined : identityOf(this.#path);
    this.#version = undefined;
    this.othersWrote(file);
  }

  /** Another file, or none, is where the open one was: what is written to the open one is lost. */
  isTakenAway(): boolean {
    return this.#identity !== undefined && identityOf(this.#path) !== this.#identity;
  }

  /** Whether other programs have written since this was asked last. Throws nothing. */
  othersWrote(file: Connection): boolean {
    const version = versionOf(file);
    if (version === undefined) return false;
    const isOther = this.#version !== undefined && version !== this.#version;
    this.#version = version;
    return isOther;
  }
}

function identityOf(path: string): string {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return "none";
  }
}

function versionOf(file: Connection): unknown {
  try {
    return file.all("PRAGMA data_version")[0]?.["data_version"];
  } catch {
    // somebody has the file for himself; asked again next time
    return undefined;
  }
}
