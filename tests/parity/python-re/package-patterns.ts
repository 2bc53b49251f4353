/**
 * The regexes of a package's filters as the filter room compiles them, loaded at run time. They are never shown: a difference names
 * the filter and where in it the regex stands.
 * @module
 */
import { createHash } from "node:crypto";
import { expandTags } from "../../../src/filter/tags.ts";
import { allFilterCases } from "../lines/filter-cases.ts";

export interface PackagePattern {
  /** `sshd failregex 3` */
  readonly name: string;
  readonly pattern: string;
}

/** All regexes of all filters, each once. */
export function packagePatterns(configuration: string): readonly PackagePattern[] {
  const found = new Map<string, PackagePattern>();
  for (const { name, source } of allFilterCases(configuration)) {
    const { prefregex = "", failregex, ignoreregex } = source;
    const kinds = { prefregex: [prefregex], failregex, ignoreregex };
    for (const [kind, regexes] of Object.entries(kinds)) {
      for (const [index, regex] of regexes.entries()) {
        const pattern = expandTags(regex, "warn");
        if (pattern !== "" && !found.has(pattern)) {
          found.set(pattern, { name: `${name} ${kind} ${index + 1}`, pattern });
        }
      }
    }
  }
  return [...found.values()];
}

/** A short name of a text that does not show it. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
