/**
 * What the daemon tells of jails and bans, read from its JSON. What is missing is empty: a newer or older daemon is no reason to fail.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { OwnSessionError } from "./own-session.ts";

export interface JailFacts {
  readonly name: string;
  readonly state: string;
  readonly backend: string;
  readonly failures: { readonly now: number; readonly total: number };
  readonly bans: { readonly now: number; readonly total: number };
  readonly terms: { readonly maxretry: number; readonly findtime: Seconds; readonly bantime: Seconds };
  /** files, or what the journal is asked */
  readonly reads: readonly string[];
  /** why it cannot run */
  readonly problem: string | undefined;
}

export interface BanFacts {
  readonly id: string;
  readonly jail: string;
  readonly at: EpochSeconds;
  /** `undefined`: for ever */
  readonly until: EpochSeconds | undefined;
}

/** The items of a list. @throws {OwnSessionError} it is none */
export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new OwnSessionError("the daemon's answer is not what was asked for");
  return value;
}

/** A member of an object; `undefined` where there is no such thing. */
function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

/** A member as text. */
export function textIn(value: unknown, name: string): string {
  const member = memberOf(value, name);
  return typeof member === "string" ? member : "";
}

const numberIn = (value: unknown, name: string): number => Number(memberOf(value, name) ?? 0);

const textsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function figuresIn(value: unknown): { now: number; total: number } {
  return { now: numberIn(value, "now"), total: numberIn(value, "total") };
}

/** What is asked of the journal: alternatives, each a list of words. */
function journalIn(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return [["journal", ...value.map((words) => textsIn(words).join(" "))].join(" ").trim()];
}

export function jailFacts(value: unknown): JailFacts {
  const files = memberOf(value, "files");
  return {
    name: textIn(value, "name"),
    state: textIn(value, "state"),
    backend: textIn(value, "backend"),
    failures: figuresIn(memberOf(value, "failures")),
    bans: figuresIn(memberOf(value, "bans")),
    terms: {
      maxretry: numberIn(value, "maxretry"),
      findtime: numberIn(value, "findtime"),
      bantime: numberIn(value, "bantime"),
    },
    reads: files === undefined ? journalIn(memberOf(value, "journal")) : textsIn(files),
    problem: textIn(value, "problem") || undefined,
  };
}

export function banFacts(value: unknown): BanFacts {
  const until = memberOf(value, "until");
  return {
    id: textIn(value, "id"),
    jail: textIn(value, "jail"),
    at: numberIn(value, "at"),
    until: typeof until === "number" ? until : undefined,
  };
}
