/**
 * What is wrong with the settings of each jail, so that a reload can tell whether they have got worse: a running jail does not change for
 * the worse (B§1.7). Knows no jails.
 * @module
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { StreamWord } from "../config/settings.ts";

type ByJail = ReadonlyMap<string, ReadonlySet<string>>;

/** New settings beside those that hold. */
interface Comparison {
  /** there is something wrong with a jail's new settings that was not with the old ones */
  areMore(jail: string): boolean;
  /** the new settings hold from now on */
  take(jail: string): void;
}

export class JailMistakes {
  /** as of when each jail's settings were taken */
  #known = new Map<string, ReadonlySet<string>>();

  /** All settings are new. */
  begin(diagnostics: readonly Diagnostic[]): void {
    this.#known = new Map(byJail(diagnostics));
  }

  comparedWith(diagnostics: readonly Diagnostic[]): Comparison {
    const found = byJail(diagnostics);
    const of = (jail: string): ReadonlySet<string> => found.get(jail) ?? new Set();
    return {
      areMore: (jail) => [...of(jail)].some((text) => this.#known.get(jail)?.has(text) !== true),
      take: (jail) => void this.#known.set(jail, of(jail)),
    };
  }
}

function byJail(diagnostics: readonly Diagnostic[]): ByJail {
  const mistakes = new Map<string, Set<string>>();
  for (const { severity, jail, message } of diagnostics) {
    if (severity !== "error" || jail === undefined) continue;
    const texts = mistakes.get(jail) ?? new Set<string>();
    mistakes.set(jail, texts.add(message));
  }
  return mistakes;
}

/** Jails that the client could not read, by the texts it sent (A§1.14). */
export function configErrorJails(stream: readonly (readonly StreamWord[])[]): string[] {
  return stream.flatMap(([verb, text]) => {
    const name = verb === "config-error" ? /^Jail '(.*?)' skipped/.exec(String(text))?.[1] : undefined;
    return name === undefined ? [] : [name];
  });
}
