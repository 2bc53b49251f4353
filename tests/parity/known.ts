/**
 * Judges differences by the list of those on purpose: what is not listed fails, and so does an entry that no longer occurs or
 * whose behaviour no test of ours holds.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Difference, KnownDifference } from "./part.ts";

/** The repository, below which `heldBy` names its tests. */
const ROOT = join(import.meta.dirname, "../..");

const RULES: ReadonlySet<string> = new Set(["A§6", "B§8", "improvement"]);
const FIELDS: ReadonlySet<string> = new Set([
  "part",
  "key",
  "pattern",
  "reason",
  "rule",
  "example",
  "heldBy",
]);

/** The entries of `known.json`. @throws {Error} that names the entry and what is wrong with it */
export function readKnown(
  path: string = join(import.meta.dirname, "known.json"),
): readonly KnownDifference[] {
  return parseKnown(readFileSync(path, "utf8"));
}

/** @throws {Error} that names the entry and what is wrong with it */
export function parseKnown(json: string): readonly KnownDifference[] {
  const entries: unknown = JSON.parse(json);
  if (!Array.isArray(entries)) throw new Error("known.json: not a list");
  return entries.map((entry: unknown, index) => {
    const mistake = mistakeOf(entry);
    if (isEntry(entry) && mistake === undefined) return entry;
    throw new Error(`known.json: entry ${index + 1}: ${mistake}`);
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isEntry = (value: unknown): value is KnownDifference => mistakeOf(value) === undefined;

function mistakeOf(entry: unknown): string | undefined {
  if (!isRecord(entry)) return "not an object";
  for (const [name, value] of Object.entries(entry)) {
    if (!FIELDS.has(name)) return `unknown field ${name}`;
    if (typeof value !== "string") return `${name} is no text`;
  }
  for (const name of ["part", "reason", "rule", "example", "heldBy"]) {
    if ((entry[name] ?? "") === "") return `${name} is missing`;
  }
  if ((entry["key"] === undefined) === (entry["pattern"] === undefined)) return "wants either key or pattern";
  if (!RULES.has(String(entry["rule"]))) return `rule is none of ${[...RULES].join(", ")}`;
  try {
    new RegExp(String(entry["pattern"] ?? ""), "u");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return undefined;
}

/** Whether the difference is of the class that the entry lists. */
export function isListedBy(entry: KnownDifference, part: string, key: string): boolean {
  if (entry.part !== part) return false;
  if (entry.key !== undefined) return entry.key === key;
  return new RegExp(`^(?:${entry.pattern ?? ""})$`, "su").test(key);
}

/** How an entry is called where something is said about it. */
export const nameOf = (entry: KnownDifference): string => entry.key ?? `/${entry.pattern ?? ""}/`;

/** What is wrong with the test that holds the entry; `undefined` where it exists. */
export function mistakeOfHolder({ heldBy }: KnownDifference, root: string = ROOT): string | undefined {
  const [, path = "", test = ""] = /^(tests\/[^:]+\.test\.ts): (.+)$/s.exec(heldBy) ?? [];
  if (path === "") return `heldBy is not "tests/….test.ts: name of the test": ${heldBy}`;
  const file = join(root, path);
  if (!existsSync(file)) return `heldBy names ${path}, which does not exist`;
  return readFileSync(file, "utf8").includes(test) ? undefined : `${path} has no test "${test}"`;
}

/** Sorts the differences of one run into those on purpose and the others, and remembers which entries occurred. */
export class Judge {
  readonly #entries: readonly KnownDifference[];
  readonly #occurred = new Set<KnownDifference>();

  constructor(entries: readonly KnownDifference[]) {
    this.#entries = entries;
  }

  /** Whether the difference is on purpose. */
  isKnown(part: string, difference: Difference): boolean {
    const entries = this.#entries.filter((entry) => isListedBy(entry, part, difference.key));
    for (const entry of entries) if (entry.example === difference.input) this.#occurred.add(entry);
    return entries.length > 0;
  }

  /** The entries of this part whose example gave no difference. */
  stale(part: string): readonly KnownDifference[] {
    return this.#entries.filter((entry) => entry.part === part && !this.#occurred.has(entry));
  }
}
