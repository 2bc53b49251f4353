/**
 * What filters and actions share: finding their files (with the stock tree behind), and the values of `[Definition]`, `[Init]`
 * and arguments before and after `<tag>` expansion (A§1.6, A§1.7).
 * @module
 */

import type { ConfigFiles } from "./config-files.ts";
import type { ConfigTree } from "./config-tree.ts";
import { ConfigMistake, type Findings } from "./findings.ts";
import { expandReferences, fetchOption } from "./interpolation.ts";
import type { LayerReader } from "./layers.ts";
import { joinPath } from "./paths.ts";
import { parsePythonInt, reprText } from "./python-text.ts";
import type { TagSource } from "./tags.ts";
import type { TracedText } from "./traced-text.ts";

const ELSEWHERE = /^([\w-]+)\/([^\s>]+)$/;

export type Values = ReadonlyMap<string, TracedText>;

/** Finds filter and action files, each read once. */
export class DefinitionFiles {
  readonly #files: ConfigFiles;
  readonly #layers: LayerReader;
  readonly #findings: Findings;
  readonly #baseDir: string;
  readonly #stockDir: string | undefined;
  /** `undefined`: no such files; `broken`: there, but not all of them can be read */
  readonly #trees = new Map<string, ConfigTree | "broken" | undefined>();
  /** read where fail2ban would no longer have: what it would say of them is to be said at the next use */
  readonly #unsaid = new Set<string>();

  constructor(
    files: ConfigFiles,
    layers: LayerReader,
    findings: Findings,
    baseDir: string,
    stockDir: string | undefined,
  ) {
    this.#files = files;
    this.#layers = layers;
    this.#findings = findings;
    this.#baseDir = baseDir;
    this.#stockDir = stockDir;
  }

  /**
   * The merged files of a filter or action.
   *
   * @param folder `filter.d` or `action.d`
   * @param name as the jail names it, with its place
   * @param context what fail2ban puts before the text for which it gives up
   * @returns `undefined` where it is neither in the directory nor in stock
   */
  find(folder: string, name: TracedText, jail: string, context = ""): ConfigTree | undefined {
    const path = name.text.startsWith("./") ? this.#files.resolve(name.text) : joinPath(folder, name.text);
    const own = this.#read(this.#baseDir, path, context);
    if (own !== undefined) return own === "broken" ? undefined : own;
    if (this.#stockDir === undefined || name.text.startsWith("/")) return undefined;
    const stock = this.#read(this.#stockDir, path, context);
    if (stock === undefined || stock === "broken") return undefined;
    const origin = name.originAt();
    const kind = folder === "filter.d" ? "filter" : "action";
    this.#findings.report({
      severity: "warning",
      message: `${kind} '${name.text}' is not in ${joinPath(this.#baseDir, folder)}`,
      consequence: "gaoler's own is used",
      jail,
      ...(origin && { origin }),
    });
    return stock;
  }

  #read(directory: string, path: string, context: string): ConfigTree | "broken" | undefined {
    const key = `${directory}\n${path}`;
    const { isMuted } = this.#findings;
    if (!this.#trees.has(key) || (this.#unsaid.has(key) && !isMuted)) {
      const read = this.#layers.read(directory, path, undefined, context);
      if (isMuted) this.#unsaid.add(key);
      else this.#unsaid.delete(key);
      if (read === undefined && directory === this.#baseDir && !this.#isInStock(path)) {
        const text = `Found no accessible config files for ${reprText(path)} under ${directory}`;
        this.#findings.log("ERROR", "configreader", text);
      }
      this.#trees.set(key, read?.isComplete === false ? "broken" : read?.tree);
    }
    return this.#trees.get(key);
  }

  /** Nothing is missing then, where fail2ban would miss it. */
  #isInStock(path: string): boolean {
    const stock = this.#stockDir;
    if (stock === undefined || path.startsWith("/")) return false;
    return [".conf", ".local"].some((ending) => this.#files.kind(joinPath(stock, path) + ending) === "file");
  }
}

/** `[Init]`'s own options, expanded; arguments are not visible there. */
export function readInit(tree: ConfigTree): Values | ConfigMistake {
  const values = new Map<string, TracedText>();
  for (const [name, raw] of tree.sections.get("Init")?.options ?? []) {
    const value = expandReferences({ tree, section: "Init" }, name, raw);
    if (value instanceof ConfigMistake) return value;
    values.set(name, value);
  }
  return values;
}

/** Arguments by lower-case name, as `%(…)s` sees them. */
export function asParameters(...sources: readonly Values[]): Values {
  const parameters = new Map<string, TracedText>();
  for (const source of sources) {
    for (const [name, value] of source) parameters.set(name.toLowerCase(), value);
  }
  return parameters;
}

/**
 * Arguments and `[Init]` together, in order: arguments, then what only Init has. An argument also replaces the conditional
 * variants that Init has of it, unless the variant is given itself.
 */
export function argumentsOverInit(given: Values, init: Values): ReadonlyMap<string, TracedText> {
  const result = new Map(given);
  for (const [name, value] of init) {
    if (result.has(name)) continue;
    const condition = name.indexOf("?");
    const argument = condition === -1 ? undefined : given.get(name.slice(0, condition));
    result.set(name, argument ?? value);
  }
  return result;
}

/** Names that have a conditional variant: those tags wait for the family. */
function conditionalNames(values: Values): ReadonlySet<string> {
  const names = new Set<string>();
  for (const name of values.keys()) {
    const condition = name.indexOf("?");
    if (condition !== -1 && !name.startsWith("known/")) names.add(name.slice(0, condition));
  }
  return names;
}

/** Where tags are looked up beyond the options at hand. */
export function tagSource(
  tree: ConfigTree,
  parameters: Values,
  init: Values,
  options: Values,
  runTime: ReadonlySet<string>,
): TagSource {
  const conditional = conditionalNames(options);
  const known = (option: string): TracedText | ConfigMistake | undefined => {
    const before = tree.sections.get("Definition")?.known.get(option) ?? tree.raw("Definition", option);
    const scope = { tree, section: "Definition", parameters };
    return init.get(option) ?? (before && expandReferences(scope, option, before));
  };
  return {
    isLeft: (tag) => conditional.has(tag) || runTime.has(tag),
    lookUp: (tag) => {
      const [, section, name = ""] = ELSEWHERE.exec(tag) ?? [];
      if (section === undefined) {
        return fetchOption({ tree, section: "Definition", parameters }, tag.toLowerCase());
      }
      const option = name.toLowerCase();
      const lower = section.toLowerCase();
      if (lower === "known") return known(option);
      if (lower === "default") {
        const raw = tree.defaults.get(option);
        return raw && expandReferences({ tree, section: "DEFAULT" }, option, raw);
      }
      return tree.sections.has(section) ? fetchOption({ tree, section }, option) : undefined;
    },
  };
}

/** The number of an integer option of a filter; what is no number is said and left out. */
export function readFilterInt(
  name: string,
  value: TracedText,
  findings: Findings,
  jail: string,
): number | undefined {
  const number = parsePythonInt(value.text);
  if (number !== undefined) return number;
  findings.log(
    "WARNING",
    "configreader",
    `Wrong int value '${value.text}' for '${name}'. Using default one: None`,
  );
  const origin = value.originAt();
  findings.report({
    severity: "error",
    message: `'${name}' needs a whole number, found '${value.text}'`,
    consequence: "the option is left out",
    jail,
    ...(origin && { origin }),
  });
  return undefined;
}
