/**
 * One run of `journalctl`: its arguments, its output as entries, its end. Knows nothing of when to run it again.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { JournalExportParser, type JournalFields } from "./journal-export.ts";
import { ENTRY_FIELDS, LINE_FIELDS } from "./journal-line.ts";

/** After the polite signal, before the other; milliseconds. */
const KILL_AFTER_MS = 2000;
/** Characters of its complaints that are kept. */
const MAX_COMPLAINT_CHARS = 500;

/** Bits of `journalflags`. */
const RUNTIME_ONLY = 2;
const SYSTEM_ONLY = 4;
const CURRENT_USER = 8;

/** Where to read the journal and what of it. */
export interface JournalQuery {
  /** arguments of the backend: journalpath, journalfiles, journalflags, namespace (A§5.6) */
  readonly options: ReadonlyMap<string, string>;
  /** alternatives; within one, different fields must all match, values of one field are alternatives, `+` is "or" */
  readonly matches: readonly (readonly string[])[];
}

/** How a run ended. */
export interface JournalEnd {
  readonly code: number | undefined;
  /** the last that it said on standard error, or why it could not be started */
  readonly complaint: string;
}

/** Whether `journalctl` can wait for new entries: with single files it cannot. */
export function canFollow(query: JournalQuery): boolean {
  return !query.options.has("journalfiles");
}

/** Arguments that say which journal and which entries. */
export function queryArguments(query: JournalQuery): { readonly where: string[]; readonly what: string[] } {
  const { options, matches } = query;
  const where: string[] = [];
  const path = options.get("journalpath");
  if (path !== undefined) where.push(`--directory=${path}`);
  for (const file of (options.get("journalfiles") ?? "").split(/[\s,]+/)) {
    if (file !== "") where.push(`--file=${file}`);
  }
  const namespace = options.get("namespace");
  if (namespace !== undefined) where.push(`--namespace=${namespace}`);
  const flags = Number(options.get("journalflags") ?? 0);
  if ((flags & SYSTEM_ONLY) !== 0) where.push("--system");
  if ((flags & CURRENT_USER) !== 0) where.push("--user");
  if ((flags & RUNTIME_ONLY) !== 0 && path === undefined) where.push("--directory=/run/log/journal");
  const what: string[] = [];
  for (const match of matches) {
    if (match.length === 0) continue;
    if (what.length > 0) what.push("+");
    what.push(...match);
  }
  return { where, what };
}

/** A running `journalctl`. */
export class JournalReader {
  readonly #child: ChildProcess;
  readonly #end: Promise<JournalEnd>;

  /**
   * @param how further options: where to begin, whether to wait for more
   * @param take takes each piece's entries as they come; until it resolves no more is read
   */
  constructor(
    command: string,
    query: JournalQuery,
    how: readonly string[],
    take: (entries: readonly JournalFields[]) => Promise<void> | void,
  ) {
    const { where, what } = queryArguments(query);
    const fixed = ["--quiet", "--output=export", `--output-fields=${LINE_FIELDS.join(",")}`];
    const parser = new JournalExportParser(new Set([...LINE_FIELDS, ...ENTRY_FIELDS]));
    let complaint = "";
    // "--": a match that begins with a dash is no option
    const child = spawn(command, [...fixed, ...where, ...how, "--", ...what], {
      // a Ctrl-C at the terminal is for whoever reads
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const taken = (async () => {
      for await (const bytes of child.stdout) {
        const entries = Buffer.isBuffer(bytes) ? parser.push(bytes) : [];
        if (entries.length > 0) await take(entries);
      }
    })().catch(() => undefined);
    child.stderr.on("data", (bytes: Buffer) => {
      complaint = (complaint + bytes.toString("utf8")).slice(-MAX_COMPLAINT_CHARS);
    });
    const end = new Promise<JournalEnd>((resolve) => {
      child.on("error", (error) => resolve({ code: undefined, complaint: error.message }));
      child.on("close", (code, signal) =>
        resolve({ code: code ?? undefined, complaint: complaint.trim() || `ended with ${signal ?? code}` }),
      );
    });
    this.#end = Promise.all([end, taken]).then(([ended]) => ended);
  }

  /** Resolves when it ended and all its output was taken. */
  async ended(): Promise<JournalEnd> {
    return await this.#end;
  }

  /** Tells it to end; {@link JournalReader.ended} tells when it has. */
  end(): void {
    this.#child.kill("SIGTERM");
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), KILL_AFTER_MS);
    await this.#end;
    clearTimeout(timer);
  }
}
