/**
 * Expands `<tag>` within the options of a filter or an action once `%(…)s` is done (A§1.6).
 * Knows nothing of the tags that only a ban or a line can fill: they stay.
 * @module
 */
import { ConfigMistake } from "./findings.ts";
import { MAX_VALUE_CHARS } from "./interpolation.ts";
import type { TracedText } from "./traced-text.ts";

/** Replacements of one tag within one value; beyond, it is a loop. */
const MAX_REPLACEMENTS = 26;
/** Replacements in all options of one filter or action together. */
const MAX_TOTAL_REPLACEMENTS = 20_000;

const TAG = /<([^ <>]+)>/g;

export interface TagSource {
  /** value of a tag that is none of the options at hand; `undefined`: unknown, stays as text */
  readonly lookUp: (tag: string) => TracedText | ConfigMistake | undefined;
  /** tags that are left for run time whatever is known of them */
  readonly isLeft: (tag: string) => boolean;
}

class TagExpansion {
  readonly #values: Map<string, TracedText>;
  readonly #source: TagSource;
  #replacements = 0;

  constructor(values: Map<string, TracedText>, source: TagSource) {
    this.#values = values;
    this.#source = source;
  }

  #loop(option: string, tag: string, counts: ReadonlyMap<string, number>, value: TracedText): ConfigMistake {
    const shown = [...counts].map(([name, count]) => `'${name}': ${count}`).join(", ");
    const message =
      "properties contain self referencing definitions and cannot be resolved, " +
      `fail tag: ${option}, found: ${tag} in {${shown}}, value: ${value.text}`;
    return new ConfigMistake(message, value.originAt(), `break the circle of <${tag}>`);
  }

  /** The value with all known tags replaced. */
  expand(option: string, given: TracedText): TracedText | ConfigMistake {
    const counts = new Map<string, number>();
    let value = given;
    let from = 0;
    for (;;) {
      TAG.lastIndex = from;
      const found = TAG.exec(value.text);
      const tag = found?.[1];
      if (found === null || tag === undefined) return value;
      if (this.#source.isLeft(tag)) {
        from = TAG.lastIndex;
        continue;
      }
      const count = counts.get(tag) ?? 0;
      if (tag === option || count >= MAX_REPLACEMENTS) return this.#loop(option, tag, counts, value);
      const replacement = this.#values.get(tag) ?? this.#source.lookUp(tag);
      if (replacement instanceof ConfigMistake) return replacement;
      if (replacement === undefined) {
        from = TAG.lastIndex;
        continue;
      }
      counts.set(tag, count + 1);
      this.#replacements += 1;
      const before = value;
      value = value.replaceAll(`<${tag}>`, replacement);
      from = found.index;
      if (value.text.length > MAX_VALUE_CHARS || this.#replacements > MAX_TOTAL_REPLACEMENTS) {
        return this.#loop(option, tag, counts, before);
      }
    }
  }

  /** One pass over all options; whether another one may change more. */
  pass(): boolean | ConfigMistake {
    let isUnsettled = false;
    for (const [option, value] of this.#values) {
      if (!value.text.includes("<")) continue;
      const expanded = this.expand(option, value);
      if (expanded instanceof ConfigMistake) return expanded;
      if (expanded.text === value.text) continue;
      this.#values.set(option, expanded);
      TAG.lastIndex = 0;
      if (TAG.test(expanded.text)) isUnsettled = true;
    }
    return isUnsettled;
  }
}

/**
 * Expands the tags of all options, in place of a copy.
 *
 * @param values options in their order; each is both to be expanded and a value for the others
 * @returns the options expanded, or the first mistake: a loop, or a `%(…)s` mistake in a value looked up
 */
export function expandTags(
  values: ReadonlyMap<string, TracedText>,
  source: TagSource,
): ReadonlyMap<string, TracedText> | ConfigMistake {
  const result = new Map(values);
  const expansion = new TagExpansion(result, source);
  for (let isUnsettled = true; isUnsettled; ) {
    const outcome = expansion.pass();
    if (outcome instanceof ConfigMistake) return outcome;
    isUnsettled = outcome;
  }
  return result;
}
