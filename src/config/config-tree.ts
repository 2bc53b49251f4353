/**
 * Files merged into one configuration: a map of defaults and named sections, later files over earlier ones, and the value
 * that was overwritten last kept as "known" (A§1.4). All values raw: nothing is expanded here.
 * @module
 */
import type { Origin } from "../base/diagnostic.ts";
import type { IniFile } from "./ini.ts";
import type { TracedText } from "./traced-text.ts";

export interface ConfigSection {
  readonly name: string;
  readonly origin: Origin;
  readonly options: Map<string, TracedText>;
  /** what an option was before it was last overwritten, and in a jail the options of its filter */
  readonly known: Map<string, TracedText>;
}

/** `[Init?family=inet6]` belongs to `[Init]`, each option with the condition behind its name. */
const CONDITIONAL = /^(\w+)(\?.+)$/;

export class ConfigTree {
  readonly defaults = new Map<string, TracedText>();
  readonly sections = new Map<string, ConfigSection>();

  #open(name: string, origin: Origin): ConfigSection {
    let section = this.sections.get(name);
    if (section === undefined) {
      section = { name, origin, options: new Map(), known: new Map() };
      this.sections.set(name, section);
    }
    return section;
  }

  /** Lays one file over what is there. */
  merge(file: IniFile): void {
    for (const [name, value] of file.defaults) this.defaults.set(name, value);
    for (const { name, origin, options } of file.sections) {
      const [, base = name, condition = ""] = CONDITIONAL.exec(name) ?? [];
      const section = this.#open(base, origin);
      for (const [option, value] of options) {
        const key = option + condition;
        const before = section.options.get(key);
        if (before !== undefined) section.known.set(key, before);
        section.options.set(key, value);
      }
    }
  }

  /** The raw value of an option in a section, else in the defaults; the section need not exist. */
  raw(section: string, option: string): TracedText | undefined {
    return this.sections.get(section)?.options.get(option) ?? this.defaults.get(option);
  }
}
