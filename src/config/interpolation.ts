/**
 * Expands `%(name)s` when a value is fetched (A§1.5): from parameters, the section, the defaults; `%(section/name)s`,
 * `%(known/name)s` and `%(default/name)s` from elsewhere, but always expanded in the section at hand.
 * Knows nothing of `<tag>`.
 * @module
 */
import type { ConfigTree } from "./config-tree.ts";
import { ConfigMistake } from "./findings.ts";
import { reprText } from "./python-text.ts";
import { TracedText } from "./traced-text.ts";

/** Deepest nesting of values that hold a `%`. */
const MAX_DEPTH = 10;
/** Most substitutions in one value: references fan out, ten levels of a hundred each would never end. */
const MAX_SUBSTITUTIONS = 50_000;
/** Longest value, characters. */
export const MAX_VALUE_CHARS = 1 << 20;

const REFERENCE = /%\(([^)]+)\)s/y;
const ELSEWHERE = /^([\w-]+)\/(.+)$/s;

export interface Scope {
  readonly tree: ConfigTree;
  readonly section: string;
  /** explicit values that win over the section's, names in lower case: filter arguments, jail options */
  readonly parameters?: ReadonlyMap<string, TracedText>;
}

/** Raw value of a key as written in `%(…)s`, in lower case. */
function lookUp(scope: Scope, key: string): TracedText | undefined {
  const { tree, section, parameters } = scope;
  const plain = parameters?.get(key) ?? tree.raw(section, key);
  if (plain !== undefined) return plain;
  if (key === "__name__") return TracedText.of(section);
  const [, from, option = ""] = ELSEWHERE.exec(key) ?? [];
  if (from === undefined) return undefined;
  if (from === "known") return tree.sections.get(section)?.known.get(option) ?? tree.defaults.get(option);
  if (from === "default") return tree.defaults.get(option);
  return tree.sections.has(from) ? tree.raw(from, option) : undefined;
}

class Expansion {
  readonly #scope: Scope;
  readonly #option: string;
  readonly #rawValue: TracedText;
  readonly #parts: TracedText[] = [];
  #length = 0;
  #substitutions = 0;

  constructor(scope: Scope, option: string, rawValue: TracedText) {
    this.#scope = scope;
    this.#option = option;
    this.#rawValue = rawValue;
  }

  #mistake(what: string, at: TracedText, offset: number, remedy?: string): ConfigMistake {
    const { section } = this.#scope;
    const head = `${what.slice(0, what.indexOf(":"))}: option ${reprText(this.#option)} in section ${reprText(section)}`;
    const rest = what.slice(what.indexOf(":") + 1);
    const message = `${head} contains an interpolation key${rest}. Raw value: ${reprText(this.#rawValue.text)}`;
    return new ConfigMistake(message, at.originAt(offset), remedy);
  }

  #tooDeep(at: TracedText, offset: number): ConfigMistake {
    const what = `Recursion limit exceeded in value substitution: which cannot be substituted in ${MAX_DEPTH} steps`;
    return this.#mistake(
      what,
      at,
      offset,
      "a value that refers to itself? '%(known/x)s' works one override deep only",
    );
  }

  #append(part: TracedText): void {
    if (part.text.length === 0) return;
    this.#parts.push(part);
    this.#length += part.text.length;
  }

  /** Appends the value, expanded; the mistake that stopped it, if any. */
  expand(value: TracedText, depth: number): ConfigMistake | undefined {
    const { text } = value;
    let from = 0;
    for (let at = text.indexOf("%"); at !== -1; at = text.indexOf("%", from)) {
      this.#append(value.slice(from, at));
      const next = text.charAt(at + 1);
      if (next === "%") {
        this.#append(value.slice(at, at + 1));
        from = at + 2;
        continue;
      }
      if (next !== "(") {
        const message = `'%' must be followed by '%' or '(', found: ${reprText(text.slice(at))}`;
        return new ConfigMistake(message, value.originAt(at), "write '%%' for one percent sign");
      }
      REFERENCE.lastIndex = at;
      const written = REFERENCE.exec(text)?.[1];
      if (written === undefined) {
        const message = `bad interpolation variable reference ${reprText(text.slice(at))}`;
        return new ConfigMistake(message, value.originAt(at), "write '%(name)s'");
      }
      // names are taken in lower case, but a reference elsewhere must be written so (A§1.5)
      const lower = written.toLowerCase();
      const key = ELSEWHERE.test(written) && written !== lower ? undefined : lower;
      from = REFERENCE.lastIndex;
      const mistake = this.#substitute(value, at, key, lower, depth);
      if (mistake !== undefined) return mistake;
    }
    this.#append(value.slice(from));
    return undefined;
  }

  #substitute(
    value: TracedText,
    at: number,
    key: string | undefined,
    shown: string,
    depth: number,
  ): ConfigMistake | undefined {
    const found = key === undefined ? undefined : lookUp(this.#scope, key);
    if (found === undefined) {
      const what = `Bad value substitution: ${reprText(shown)} which is not a valid option name`;
      return this.#mistake(what, value, at, `define '${shown}' in [${this.#scope.section}] or [DEFAULT]`);
    }
    this.#substitutions += 1;
    const isTooMuch = this.#substitutions > MAX_SUBSTITUTIONS || this.#length > MAX_VALUE_CHARS;
    const isNested = found.text.includes("%");
    if (isTooMuch || (isNested && depth + 1 > MAX_DEPTH)) return this.#tooDeep(value, at);
    if (isNested) return this.expand(found, depth + 1);
    this.#append(found);
    return undefined;
  }

  result(): TracedText {
    return TracedText.concat(this.#parts);
  }
}

/**
 * Expands a raw value of an option within a scope.
 *
 * @returns the value with every character's origin, or the mistake in fail2ban's words at the place of the reference
 */
export function expandReferences(scope: Scope, option: string, raw: TracedText): TracedText | ConfigMistake {
  if (!raw.text.includes("%")) return raw;
  const expansion = new Expansion(scope, option, raw);
  const mistake = expansion.expand(raw, 1);
  if (mistake !== undefined) return mistake;
  const value = expansion.result();
  return value.text.length > MAX_VALUE_CHARS
    ? new ConfigMistake(
        `value of option ${reprText(option)} is longer than ${MAX_VALUE_CHARS} characters`,
        raw.originAt(),
      )
    : value;
}

/** Fetches an option: parameters, section, defaults; expanded. `undefined` where nothing sets it. */
export function fetchOption(scope: Scope, option: string): TracedText | ConfigMistake | undefined {
  const raw = scope.parameters?.get(option) ?? scope.tree.raw(scope.section, option);
  return raw === undefined ? undefined : expandReferences(scope, option, raw);
}
