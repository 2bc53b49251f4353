/**
 * A filter as a jail uses it: its files, the arguments and the jail's own options → the standard options (A§1.7).
 * Knows nothing of what a regex means.
 * @module
 */
import type { ConfigTree } from "./config-tree.ts";
import {
  argumentsOverInit,
  asParameters,
  readFilterInt,
  readInit,
  tagSource,
  type Values,
} from "./definition-source.ts";
import { ConfigMistake, type Findings } from "./findings.ts";
import { expandReferences } from "./interpolation.ts";
import { FILTER_OPTIONS } from "./options.ts";
import { expandTags } from "./tags.ts";
import { TracedText } from "./traced-text.ts";

const STANDARD: ReadonlySet<string> = new Set(FILTER_OPTIONS.map(({ name }) => name));
const NOTHING_LEFT: ReadonlySet<string> = new Set();

/** A filter that a jail names, before and after the jail's own options are known. */
export class FilterReader {
  readonly #tree: ConfigTree;
  readonly #given: Values;
  readonly #findings: Findings;
  readonly #jail: string;
  /** what tags may see of the jail: the options read before the filter */
  readonly #early: Values;

  /**
   * @param given arguments of the filter item, `logtype` not among them unless written
   * @param early the jail's options that are read before the filter: enabled, backend, filter
   */
  constructor(tree: ConfigTree, given: Values, early: Values, findings: Findings, jail: string) {
    this.#tree = tree;
    this.#early = early;
    this.#findings = findings;
    this.#jail = jail;
    const backend = early.get("backend")?.text ?? "";
    const hasOwnType =
      given.has("logtype") || tree.sections.get("Definition")?.options.has("logtype") === true;
    const logtype = TracedText.of(backend.startsWith("systemd") ? "journal" : "file");
    this.#given = hasOwnType ? given : new Map([...given, ["logtype", logtype]]);
  }

  /**
   * All options of the filter, expanded: the standard ones, the other ones of `[Definition]`, arguments and `[Init]`.
   *
   * @param jailOptions the jail's options once read; standard ones among them hide those of `[Definition]`
   */
  read(jailOptions: Values = this.#early): Values | ConfigMistake {
    const tree = this.#tree;
    const definition = tree.sections.get("Definition");
    const init = readInit(tree);
    const ofInit: ReadonlySet<string> = new Set(init instanceof ConfigMistake ? [] : init.keys());
    if (definition === undefined) {
      for (const { name } of FILTER_OPTIONS) {
        if (jailOptions.has(name) || (jailOptions !== this.#early && ofInit.has(name))) continue;
        this.#findings.log("ERROR", "configreader", "No section: 'Definition'");
      }
      this.#findings.report({
        severity: "error",
        message: "the filter has no section [Definition]",
        consequence: "only what [Init] has counts",
        jail: this.#jail,
      });
    }
    // once the jail is known, references see Init's values too, but none that Definition lacks: those failed before
    const isKnown = jailOptions !== this.#early && !(init instanceof ConfigMistake);
    const parameters = asParameters(jailOptions, isKnown ? init : new Map(), this.#given);
    const scope = { tree, section: "Definition", parameters };
    const options = new Map<string, TracedText>();
    const own = [...(definition?.options.keys() ?? [])];
    const names = definition && [...STANDARD, ...own.filter((name) => !STANDARD.has(name))];
    for (const name of names ?? []) {
      const isStandard = STANDARD.has(name);
      const raw = (isStandard ? undefined : parameters.get(name)) ?? tree.raw("Definition", name);
      if (raw === undefined || (isStandard && jailOptions.has(name))) continue;
      const value = expandReferences(scope, name, raw);
      if (value instanceof ConfigMistake) return value;
      options.set(name, value);
    }
    if (init instanceof ConfigMistake) return init;
    for (const [name, value] of argumentsOverInit(this.#given, init)) {
      // what is given or in Init comes behind what Definition alone has, and the order is that of the stream
      options.delete(name);
      options.set(name, value);
    }
    const early = asParameters(this.#early, this.#given);
    const expanded = expandTags(options, tagSource(tree, early, init, options, NOTHING_LEFT));
    return expanded instanceof ConfigMistake ? expanded : this.#withInt(expanded);
  }

  /** `maxlines` must be a number; if it is none it counts as not set. */
  #withInt(options: Values): Values {
    const value = options.get("maxlines");
    if (value === undefined) return options;
    const number = readFilterInt("maxlines", value, this.#findings, this.#jail);
    const result = new Map(options);
    if (number === undefined) result.delete("maxlines");
    else result.set("maxlines", TracedText.of(String(number), value.originAt()));
    return result;
  }
}

/** The standard options among all options of a filter, in the order of the stream. */
export function standardOptions(options: Values): Values {
  return new Map([...options].filter(([name]) => STANDARD.has(name)));
}
