/**
 * What two servers side by side begin with: one configuration with a jail a scenario, logs, and a database with bans of earlier days.
 * @module
 */
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openStore } from "../../../src/store/sqlite-store.ts";
import type { PairOptions } from "./server-pair.ts";

/** Where Debian's package was unpacked. */
const oracle = process.env["GAOLER_ORACLE"] ?? "";
export const isMissing =
  oracle === "" || !existsSync(join(oracle, "usr/bin/fail2ban-server")) || !existsSync("/usr/bin/python3");
/** For the name of what is skipped then. */
export const skipped = isMissing ? " (skipped: no fail2ban package)" : "";

/** Longer ago than any past ban of a scenario, seconds. */
const LONG_AGO = 100_000;

export interface PastBan {
  readonly id: string;
  readonly count: number;
  /** seconds from a moment before both servers start */
  readonly at: number;
  readonly bantime: number;
}

export interface PairJail {
  readonly jail: string;
  /** options of the jail, as in jail.conf */
  readonly options: readonly string[];
  /** bans of earlier days */
  readonly past?: readonly PastBan[];
}

export interface PairPlan {
  /** lines of the files in `filter.d` and `action.d`, by their paths */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** options of all jails */
  readonly defaults: readonly string[];
  readonly jails: readonly PairJail[];
}

/** All of it in a directory of its own, which is the caller's to remove; logs are the caller's to write. */
export class PairFiles {
  readonly options: PairOptions;

  constructor(name: string, { files, defaults, jails }: PairPlan) {
    const directory = mkdtempSync(join(tmpdir(), `${name}-`));
    const path = (inside: string): string => join(directory, inside);
    const begin = Math.floor(Date.now() / 1000);
    this.options = { directory, oracle, etc: path("etc"), database: path("db"), begin };
    mkdirSync(path("logs"));
    const sections = jails.flatMap(({ jail, options }) => [
      `[${jail}]`,
      `logpath = ${this.log(jail)}`,
      ...options,
    ]);
    const all = { ...files, "jail.conf": ["[DEFAULT]", ...defaults, ...sections] };
    for (const [file, lines] of Object.entries(all)) {
      mkdirSync(dirname(path(`etc/${file}`)), { recursive: true });
      writeFileSync(path(`etc/${file}`), `${lines.join("\n")}\n`);
    }
    this.#remember(jails);
  }

  /** The log of a jail. */
  log(jail: string): string {
    return join(this.options.directory, "logs", `${jail}.log`);
  }

  #remember(jails: readonly PairJail[]): void {
    const { database, begin } = this.options;
    const store = openStore(database, { observe: () => undefined, clock: { now: () => begin - LONG_AGO } });
    for (const { jail, past = [] } of jails) {
      store.addJail(jail);
      for (const { id, count, at, bantime } of past) {
        const ban = {
          id,
          ip: id,
          at: begin + at,
          attempts: 1,
          matches: [],
          data: new Map(),
          restored: false,
        };
        store.saveBan(jail, { ...ban, bantime, bancount: count }, bantime);
      }
    }
    store.close();
  }
}
