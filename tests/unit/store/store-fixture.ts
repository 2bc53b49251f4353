/**
 * Stores in a folder of their own, with a clock to turn and a record of what was said.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import type { Ban } from "../../../src/ban/ticket.ts";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { openStore } from "../../../src/store/sqlite-store.ts";
import type { BanStore, StoreOptions } from "../../../src/store/store.ts";

export const NOW = 1_795_348_800; // 2026-11-22 12:00:00 UTC

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export class Stage {
  now = NOW;
  /** `LEVEL text` of each message */
  readonly said: string[] = [];
  /** connections to the file, the latest last; faults are set on them */
  readonly connections: DatabaseSync[] = [];
  readonly path: string;
  readonly clock = { now: () => this.now };
  readonly observe = (event: GaolerEvent): void => {
    if (event.type === "message") this.said.push(`${event.level} ${event.text}`);
  };

  constructor(path = join(temporaryFolder(), "bans.sqlite3")) {
    this.path = path;
  }

  readonly connect = (path: string): DatabaseSync => {
    const database = new DatabaseSync(path, { timeout: 0 });
    if (path === this.path) this.connections.push(database);
    return database;
  };

  open(options: Partial<StoreOptions> = {}): BanStore {
    const { clock, observe, connect } = this;
    const store = openStore(this.path, { clock, observe, connect, ...options });
    onTestFinished(() => store.close());
    return store;
  }

  /** The store's connection takes no more writes, or takes them again. */
  setReadOnly(on: boolean): void {
    this.connections.at(-1)?.exec(`PRAGMA query_only=${on ? "ON" : "OFF"}`);
  }

  /** Rows as another program sees them. */
  rows(sql: string): Record<string, unknown>[] {
    const database = new DatabaseSync(this.path, { readOnly: true });
    try {
      return database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
    } finally {
      database.close();
    }
  }
}

export const ban = (id: string, rest: Partial<Ban> = {}): Ban => ({
  id,
  ip: id,
  at: NOW - 10,
  attempts: 3,
  matches: [],
  data: new Map(),
  bantime: undefined,
  bancount: 1,
  restored: false,
  ...rest,
});
