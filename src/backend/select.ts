/**
 * Which backend a jail gets: as configured if it can be had, else the next that can (A§1.9).
 * Knows nothing of how to find out what can be had.
 * @module
 */
import { parseBracketedWord } from "../base/bracket-options.ts";

export type BackendKind = "pyinotify" | "polling" | "systemd";

export type BackendChoice =
  | {
      readonly kind: BackendKind;
      /** arguments of the configured backend, `journalflags` and so on (A§5.6) */
      readonly options: ReadonlyMap<string, string>;
      /** what the operator should know, for the log at level WARNING */
      readonly notes: readonly string[];
    }
  | { readonly kind: undefined; readonly problem: string };

/** In the order in which they are tried. */
const KINDS: readonly BackendKind[] = ["pyinotify", "polling", "systemd"];

/**
 * Chooses the backend of a jail.
 *
 * @param configured as in the jail, arguments included; any case
 * @param available what this machine offers
 * @param jail named in the message if nothing can be had
 */
export function chooseBackend(
  configured: string,
  available: Readonly<Record<BackendKind, boolean>>,
  jail = "",
): BackendChoice {
  const { word, options } = parseBracketedWord(configured);
  const wanted = word.toLowerCase();
  const firstUsable = (kinds: readonly BackendKind[]): BackendKind | undefined =>
    kinds.find((kind) => available[kind]);
  const none = { kind: undefined, problem: `Failed to initialize any backend for Jail '${jail}'` } as const;
  if (wanted === "auto" || wanted === "gamin") {
    const kind = firstUsable(KINDS);
    const notes = [`Backend 'gamin' is no longer supported; log files are watched by '${kind}' instead`];
    return kind === undefined ? none : { kind, options, notes: wanted === "auto" ? [] : notes };
  }
  const named = KINDS.map(String).indexOf(wanted);
  if (named < 0) {
    const list = KINDS.map((kind) => `'${kind}'`).join(", ");
    return { kind: undefined, problem: `Unknown backend ${wanted}. Must be among [${list}] or 'auto'` };
  }
  const kind = firstUsable(KINDS.slice(named));
  if (kind === undefined) return none;
  const note = `Could only initiated '${kind}' backend whenever '${wanted}' was requested`;
  return { kind, options, notes: kind === wanted ? [] : [note] };
}
