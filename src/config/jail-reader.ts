/**
 * Reads one jail: its options, its filter, its actions (A§1.13, steps 1 to 4). What it yields is still to be turned into commands.
 * Collects every mistake of the jail; knows nothing of other jails.
 * @module
 */
import type { Origin } from "../base/diagnostic.ts";
import { readAction, readPythonAction } from "./action-reader.ts";
import type { ConfigTree } from "./config-tree.ts";
import type { DefinitionFiles, Values } from "./definition-source.ts";
import { FilterReader, standardOptions } from "./filter-reader.ts";
import { ConfigMistake, type Findings } from "./findings.ts";
import type { Scope } from "./interpolation.ts";
import { type ConfigItem, parseItem, splitItems } from "./items.ts";
import { type OptionValue, readOption } from "./option-values.ts";
import { JAIL_OPTIONS, type OptionSpec } from "./options.ts";
import { joinPath } from "./paths.ts";
import { reprText } from "./python-text.ts";
import type { StreamCommand } from "./settings.ts";
import { TracedText } from "./traced-text.ts";

/** Names longer than this may be cut by tools such as iptables (A§1.12). */
const LONG_NAME_CHARS = 26;
const EARLY = ["enabled", "backend", "filter"] as const;

export interface JailReading {
  readonly name: string;
  readonly origin: Origin;
  readonly isEnabled: boolean;
  readonly options: ReadonlyMap<string, OptionValue>;
  /** the filter's standard options that hold beside the jail's */
  readonly filterOptions: Values;
  readonly actionCommands: readonly StreamCommand[];
  /** why the jail cannot run, in fail2ban's words */
  readonly error: string | undefined;
}

export interface JailDeps {
  readonly tree: ConfigTree;
  readonly definitions: DefinitionFiles;
  readonly findings: Findings;
  readonly baseDir: string;
  /** what the jail does is not asked for: its actions are not read */
  readonly skipsActions?: boolean;
}

const CONSEQUENCE = "the jail is left out, the others run";

class JailReader {
  readonly #deps: JailDeps;
  readonly #name: string;
  readonly #scope: Scope;
  readonly #options = new Map<string, OptionValue>();
  #error: string | undefined;

  constructor(name: string, deps: JailDeps) {
    this.#deps = deps;
    this.#name = name;
    this.#scope = { tree: deps.tree, section: name };
  }

  /** A mistake for which fail2ban gives up on everything, and gaoler on this jail. */
  #fatal(mistake: ConfigMistake): void {
    this.#deps.findings.fatalMistake(mistake, CONSEQUENCE, this.#name);
    this.#error ??= mistake.message;
  }

  /** A mistake for which fail2ban, too, gives up on this jail only. */
  #bad(text: string, at: Origin | undefined, remedy?: string): void {
    this.#deps.findings.log("ERROR", "jailreader", text);
    this.#deps.findings.report({
      severity: "error",
      message: text,
      consequence: CONSEQUENCE,
      jail: this.#name,
      ...(at && { origin: at }),
      ...(remedy !== undefined && { remedy }),
    });
    this.#error ??= text;
    this.#deps.findings.mute(true);
  }

  #fetch(spec: OptionSpec): void {
    const value = readOption(spec, this.#scope, this.#deps.findings, this.#name);
    if (value instanceof ConfigMistake) this.#fatal(value);
    else if (value !== undefined) this.#options.set(spec.name, value);
  }

  #text(name: string): TracedText {
    const traced = this.#options.get(name)?.traced;
    const word = this.#options.get(name)?.word;
    return traced ?? TracedText.of(typeof word === "string" ? word : "");
  }

  /** Options as parameters for `%(…)s` in filters: Python's `str` of each; options without a value are not seen. */
  #asParameters(): Values {
    const parameters = new Map<string, TracedText>();
    for (const [name, { word, traced }] of this.#options) {
      if (word === null) continue;
      const text = typeof word === "boolean" ? (word ? "True" : "False") : String(word);
      parameters.set(name, traced?.text === text ? traced : TracedText.of(text, traced?.originAt()));
    }
    return parameters;
  }

  /** Options that are set, even to something that is no value: they hide those of the filter's `[Definition]`. */
  #parametersForFilter(): Values {
    const parameters = new Map(this.#asParameters());
    for (const [name, { word, traced }] of this.#options) {
      if (word === null && traced !== undefined) parameters.set(name, traced);
    }
    return parameters;
  }

  #warnOfQuotes(item: ConfigItem): void {
    for (const value of item.loneQuotes) {
      const origin = value.originAt();
      this.#deps.findings.report({
        severity: "warning",
        message: `the quote ${value.text.charAt(0)} is opened and never closed`,
        consequence: `the quote is dropped, the value is ${reprText(value.slice(1).strip().text)}`,
        remedy: "close the quote, or leave it out",
        jail: this.#name,
        ...(origin && { origin }),
      });
    }
  }

  #readFilter(): FilterReader | undefined {
    const { definitions, findings } = this.#deps;
    const value = this.#text("filter");
    if (value.text === "") {
      findings.log("WARNING", "jailreader", `No filter set for jail ${this.#name}`);
      findings.report({
        severity: "warning",
        message: "no filter is set",
        consequence: "only regexes of the jail itself are searched for",
        jail: this.#name,
      });
      return undefined;
    }
    const item = parseItem(value);
    if (item instanceof ConfigMistake) {
      const text = `Invalid filter definition ${reprText(value.text)}: ${item.message}`;
      this.#bad(text, item.origin ?? value.originAt(), item.remedy);
      return undefined;
    }
    this.#warnOfQuotes(item);
    const tree = definitions.find("filter.d", item.name, this.#name);
    if (tree === undefined) {
      this.#bad(`Unable to read the filter ${reprText(item.name.text)}`, item.name.originAt());
      return undefined;
    }
    return new FilterReader(tree, item.options, this.#asParameters(), findings, this.#name);
  }

  /** Makes the filter's options visible as `%(known/…)s` in the jail; they are expanded already, so a `%` in them is one. */
  #publish(options: Values): void {
    const section = this.#deps.tree.sections.get(this.#name);
    const percent = TracedText.of("%%");
    for (const [name, value] of options) {
      const published = value.text.includes("%") ? value.replaceAll("%", percent) : value;
      section?.known.set(name.toLowerCase(), published);
    }
  }

  #readActions(): readonly StreamCommand[] {
    const { findings } = this.#deps;
    const value = this.#text("action");
    const commands: StreamCommand[] = [];
    const items = splitItems(value);
    for (const text of items) {
      const item = parseItem(text);
      if (item instanceof ConfigMistake) {
        const what = `Invalid action definition ${reprText(text.text)}: ${item.message}`;
        this.#bad(what, item.origin ?? text.originAt(), item.remedy);
        continue;
      }
      this.#warnOfQuotes(item);
      commands.push(...this.#readAction(text, item));
    }
    if (items.length === 0) {
      findings.log("WARNING", "jailreader", `No actions were defined for ${this.#name}`);
      // where it is set and could not be read, that was said
      if (this.#error !== undefined) return commands;
      findings.report({
        severity: "warning",
        message: "no action is set",
        consequence: "attackers are counted but nothing is done to them",
        jail: this.#name,
      });
    }
    return commands;
  }

  #readAction(text: TracedText, item: ConfigItem): readonly StreamCommand[] {
    const { definitions, findings, baseDir } = this.#deps;
    if (item.name.text.endsWith(".py")) {
      const path = joinPath(joinPath(baseDir, "action.d"), item.name.text);
      return readPythonAction(path, item.name, item.options, this.#name);
    }
    const context = `Error in action definition ${reprText(text.text)}: `;
    const tree = definitions.find("action.d", item.name, this.#name, context);
    if (tree === undefined) {
      this.#bad(`Unable to read action ${reprText(item.name.text)}`, item.name.originAt());
      return [];
    }
    const commands = readAction(tree, item.name, item.options, this.#name, findings);
    if (!(commands instanceof ConfigMistake)) return commands;
    const isLoop = commands.message.startsWith("properties contain");
    const message = isLoop ? commands.message : context + commands.message;
    this.#fatal(new ConfigMistake(message, commands.origin ?? text.originAt(), commands.remedy));
    return [];
  }

  #result(origin: Origin, filterOptions: Values, actionCommands: readonly StreamCommand[]): JailReading {
    const isEnabled = this.#options.get("enabled")?.word === true;
    return {
      name: this.#name,
      origin,
      isEnabled,
      options: this.#options,
      filterOptions,
      actionCommands,
      error: this.#error,
    };
  }

  read(): JailReading {
    const { tree, findings } = this.#deps;
    const origin = tree.sections.get(this.#name)?.origin ?? { file: "", line: 1, column: 1 };
    for (const spec of JAIL_OPTIONS) if (EARLY.some((name) => name === spec.name)) this.#fetch(spec);
    const none: Values = new Map();
    if (this.#options.get("enabled")?.word !== true) return this.#result(origin, none, []);
    // fail2ban says so when the server makes the jail, not here
    if (this.#name.length >= LONG_NAME_CHARS) {
      const what = `Jail name ${reprText(this.#name)} might be too long and some commands might not function correctly`;
      findings.report({ severity: "warning", message: what, origin, jail: this.#name, remedy: "shorten it" });
    }
    const filter = this.#error === undefined ? this.#readFilter() : undefined;
    const before = filter?.read();
    if (before instanceof ConfigMistake) this.#fatal(before);
    else if (before !== undefined) this.#publish(before);
    for (const spec of JAIL_OPTIONS) this.#fetch(spec);
    let filterOptions = none;
    if (filter !== undefined && before !== undefined && !(before instanceof ConfigMistake)) {
      const after = filter.read(this.#parametersForFilter());
      if (after instanceof ConfigMistake) this.#fatal(after);
      else filterOptions = standardOptions(after);
    }
    const actions = this.#deps.skipsActions === true ? [] : this.#readActions();
    return this.#result(origin, filterOptions, actions);
  }
}

/** Reads one jail. Never throws; what is wrong stands in the findings, and `error` says why the jail cannot run. */
export function readJail(name: string, deps: JailDeps): JailReading {
  const reading = new JailReader(name, deps).read();
  deps.findings.mute(false);
  return reading;
}
