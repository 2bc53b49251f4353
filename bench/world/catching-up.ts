/**
 * A server that reads a log from its begin: what it takes until it has caught up.
 * @module
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { BenchContext } from "../part.ts";
import { type Counts, Daemon } from "./daemon.ts";
import { Namespace } from "./namespace.ts";
import type { ServerProgram } from "./programs.ts";
import { peakOf, residentOf } from "./usage.ts";

export interface CaughtUp extends Counts {
  /** from its start to its rest: seconds of the processor, and on the clock */
  readonly cpu: number;
  readonly wall: number;
  /** the most memory that its process ever had, MiB */
  readonly peak: number;
  /** what it had when all was done, MiB */
  readonly resident: number;
  /** jails whose place in the log is its end, by the database */
  readonly atEnd: number;
}

export interface Reading {
  readonly log: string;
  /** text of `jail.local` */
  readonly jails: string;
  readonly files?: Readonly<Record<string, string>>;
  /** one of its jails, that fails and bans */
  readonly jail: string;
  readonly deadlineMs: number;
}

/** Starts it on a log that is there, pinned to one core, with a database of its own. */
export async function catchUp(
  context: BenchContext,
  program: ServerProgram,
  { log, jails, files = {}, jail, deadlineMs }: Reading,
): Promise<CaughtUp> {
  const space = await Namespace.create();
  const folder = join(context.scratch, "catching-up");
  try {
    const daemon = await Daemon.start(space, program, folder, { jails, files, isPinned: true });
    const { cpu, wall } = await daemon.untilQuiet(() => daemon.hasFound, deadlineMs);
    // before it is asked for a list of all bans
    const [peak, resident] = [peakOf(daemon.pid), residentOf(daemon.pid)];
    const counts = await daemon.counts(jail);
    await daemon.stop();
    const atEnd = placesAtEnd(join(folder, "database.sqlite3"), log);
    return { ...counts, cpu, wall: wall + daemon.startedIn, peak, resident, atEnd };
  } finally {
    await space.close();
  }
}

function placesAtEnd(database: string, log: string): number {
  const connection = new DatabaseSync(database, { readOnly: true });
  try {
    const rows = connection.prepare("SELECT lastfilepos FROM logs WHERE path = ?").all(log);
    return rows.filter(({ lastfilepos }) => lastfilepos === statSync(log).size).length;
  } finally {
    connection.close();
  }
}
