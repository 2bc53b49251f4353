/**
 * What the REGEX argument of `gaoler regex` means: a jail, a filter of the configuration, a filter file, or a regex (A§4.2).
 * Reads configuration through its port; compiles nothing.
 * @module
 */
import type { ConfigFiles } from "../config/config-files.ts";
import { ConfigTree } from "../config/config-tree.ts";
import { DefinitionFiles, readInit, type Values } from "../config/definition-source.ts";
import { FilterReader, standardOptions } from "../config/filter-reader.ts";
import { ConfigMistake, Findings } from "../config/findings.ts";
import { withIncludes } from "../config/includes.ts";
import { readIni } from "../config/ini.ts";
import { parseItem } from "../config/items.ts";
import { readJail } from "../config/jail-reader.ts";
import { jailCommands } from "../config/jail-stream.ts";
import { LayerReader } from "../config/layers.ts";
import { directoryOf, joinPath } from "../config/paths.ts";
import { reprText } from "../config/python-text.ts";
import { TracedText } from "../config/traced-text.ts";
import { type FilterSource, sourceOfCommands, sourceOfValues } from "./regex-filter-source.ts";

/** What could be the name of a jail, a filter or a file, with arguments or without. */
const NAME = /^\/{0,3}[\p{L}\p{N}_/\-.]+(?:\[.*\])?$/su;

type UseLines = readonly (readonly [label: string, value: string])[];

/** `Use  LABEL : VALUE` lines tell where the regexes come from. */
export interface NamedSource {
  readonly source: FilterSource;
  readonly uses: UseLines;
  /** all arguments that hold, set automatically or given */
  readonly realOptions: ReadonlyMap<string, string>;
}

interface SourceErrorOptions {
  /** what is said before: where the regexes should have come from */
  readonly uses?: UseLines;
  /** exit code; 1: fail2ban-regex ends with a traceback */
  readonly code?: number;
}

/** A mistake in the argument or in the files; printed as it is. */
export class RegexSourceError extends Error {
  readonly uses: UseLines;
  readonly code: number;

  constructor(text: string, { uses = [], code = 255 }: SourceErrorOptions = {}) {
    super(text);
    this.uses = uses;
    this.code = code;
  }
}

export interface SourceContext {
  readonly files: ConfigFiles;
  readonly directory: string;
  /** filters missing in the directory come from here */
  readonly stockDirectory: string | undefined;
  readonly readsJournal: boolean;
}

function mapRepr(values: ReadonlyMap<string, string>): string {
  return `{${[...values].map(([name, value]) => `${reprText(name)}: ${reprText(value)}`).join(", ")}}`;
}

const textsOf = (values: Values): ReadonlyMap<string, string> =>
  new Map(Array.from(values, ([name, value]) => [name, value.text]));

/** An argument as text of a filter item; of the two quotes one that the value does not hold. */
function argumentText(name: string, value: string): string {
  const quote = value.includes('"') ? "'" : '"';
  return `[${name}=${quote}${value.replaceAll("%", "%%")}${quote}]`;
}

/** Options of `[Init]` as `-vv` shows them: each also under its known name, where it is not given. */
function initOptions(
  tree: ConfigTree,
  given: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const values = readInit(tree);
  if (values instanceof ConfigMistake) return [];
  return Array.from(values, ([name, { text }]) => [
    [`known/${name}`, text] as const,
    ...(given.has(name) ? [] : [[name, text] as const]),
  ]).flat();
}

class SourceReader {
  readonly #context: SourceContext;
  readonly #findings = new Findings();
  readonly #layers: LayerReader;
  readonly #backend: TracedText;

  constructor(context: SourceContext) {
    this.#context = context;
    this.#layers = new LayerReader(context.files, this.#findings);
    this.#backend = TracedText.of(context.readsJournal ? "systemd" : "auto");
  }

  #exists(path: string): boolean {
    return this.#context.files.kind(path) === "file";
  }

  /** The jail of that name; `undefined` where there is none. */
  jail(name: string, given: Values): NamedSource | undefined {
    const { files, directory, stockDirectory } = this.#context;
    const tree = this.#layers.read(directory, "jail")?.tree;
    const section = tree?.sections.get(name);
    if (tree === undefined || section === undefined || name === "INCLUDES") return undefined;
    tree.defaults.set("fail2ban_confpath", TracedText.of(directory));
    if (!tree.defaults.has("fail2ban_version")) tree.defaults.set("fail2ban_version", TracedText.of(""));
    section.options.set("enabled", TracedText.of("true"));
    section.options.set("backend", this.#backend);
    const filter = tree.raw(name, "filter")?.text ?? "";
    const texts = textsOf(given);
    for (const [option, value] of texts) {
      section.options.set(option.toLowerCase(), TracedText.of(value.replaceAll("%", "%%")));
    }
    const argumentsText = Array.from(texts, ([option, value]) => argumentText(option, value)).join("");
    if (filter !== "") section.options.set("filter", TracedText.of(filter.trimEnd() + argumentsText));
    const definitions = new DefinitionFiles(files, this.#layers, this.#findings, directory, stockDirectory);
    const reading = readJail(name, {
      tree,
      definitions,
      findings: this.#findings,
      baseDir: directory,
      skipsActions: true,
    });
    const { commands } = jailCommands(reading, { files: files, hasJournal: false }, this.#findings);
    const source = sourceOfCommands(commands);
    // a mistake in a log path does not concern the regexes, no more than one in an action
    if (reading.error !== undefined && source.failregex.length === 0) {
      throw new RegexSourceError(`ERROR: ${reading.error}`);
    }
    const uses: (readonly [string, string])[] = [["jail", name]];
    if (texts.size > 0) uses.push(["jail/flt options", mapRepr(texts)]);
    return { source, uses, realOptions: texts };
  }

  /** The filter that a name or a path means; `undefined` where there is none. */
  filter(name: string, given: Values): NamedSource | undefined {
    const found = name.includes("/") ? this.#byPath(name) : this.#byName(name);
    if (found === undefined) return undefined;
    const reader = new FilterReader(
      found.tree,
      given,
      new Map([["backend", this.#backend]]),
      this.#findings,
      name,
    );
    const texts = textsOf(given);
    const uses: (readonly [string, string])[] = [["filter file", found.shown]];
    if (texts.size > 0) uses.push(["filter options", mapRepr(texts)]);
    const options = reader.read();
    if (options instanceof ConfigMistake)
      throw new RegexSourceError(`ERROR: ${options.message}`, { uses, code: 1 });
    const logtype = options.get("logtype")?.text;
    const realOptions = new Map([
      ...(logtype === undefined ? [] : [["logtype", logtype] as const]),
      ...texts,
      ...initOptions(found.tree, texts),
    ]);
    return { source: sourceOfValues(standardOptions(options)), uses, realOptions };
  }

  #byName(name: string): { tree: ConfigTree; shown: string } | undefined {
    const { directory, stockDirectory } = this.#context;
    const base = name.replace(/\.(?:conf|local)$/, "");
    // the folder of the filters itself is as good as the configuration
    const above = /(?:^|\/)filter\.d\/*$/.test(directory)
      ? directoryOf(directory.replace(/\/+$/, ""))
      : undefined;
    for (const from of [directory, above, stockDirectory]) {
      if (from === undefined) continue;
      const path = joinPath(joinPath(from, "filter.d"), base);
      if (!this.#exists(`${path}.conf`) && !this.#exists(`${path}.local`)) continue;
      const tree = this.#layered(from, base);
      if (tree !== undefined) return { tree, shown: `${base}, basedir: ${from}` };
    }
    return undefined;
  }

  #byPath(name: string): { tree: ConfigTree; shown: string } | undefined {
    const { directory, files } = this.#context;
    const within = name.startsWith("filter.d/") ? joinPath(directory, name) : name;
    const candidates = [within, `${within}.conf`, `${within}.local`];
    const path = candidates.find((candidate) => this.#exists(candidate));
    if (path === undefined) return undefined;
    const folder = directoryOf(path);
    if (/(?:^|\/)filter\.d$/.test(folder)) {
      const base = path.slice(folder.length + 1).replace(/\.(?:conf|local)$/, "");
      const from = folder === "filter.d" ? "." : directoryOf(folder);
      const tree = this.#layered(from, base);
      return tree && { tree, shown: `${base}, basedir: ${from}` };
    }
    const inside = joinPath(files.resolve(directory), "filter.d/");
    const absolute = files.resolve(path);
    if (absolute.startsWith(inside)) {
      const base = absolute.slice(inside.length).replace(/\.(?:conf|local)$/, "");
      const tree = this.#layered(directory, base);
      return tree && { tree, shown: `${base}, basedir: ${directory}` };
    }
    return { tree: this.#foreign(path, within), shown: within };
  }

  #layered(directory: string, base: string): ConfigTree | undefined {
    const read = this.#layers.read(directory, joinPath("filter.d", base));
    this.#throwFatal();
    return read?.isComplete === true ? read.tree : undefined;
  }

  /** A file from elsewhere: alone, with its includes. */
  #foreign(path: string, shown: string): ConfigTree {
    const { files } = this.#context;
    const tree = new ConfigTree();
    const read = (file: string) => {
      const content = files.readText(file);
      if (content === undefined || "error" in content) return undefined;
      const ini = readIni(file, content.text);
      if (ini.failure !== undefined) {
        const said = `Wrong config file: ${ini.failure}\nERROR: failed to load filter ${shown}`;
        throw new RegexSourceError(said, { uses: [["filter file", shown]] });
      }
      return ini;
    };
    const mistake = (found: ConfigMistake): void => {
      throw new RegexSourceError(`ERROR: ${found.message}`);
    };
    for (const ini of withIncludes(path, { files, read, mistake })) tree.merge(ini);
    return tree;
  }

  #throwFatal(): void {
    const { fatal } = this.#findings;
    if (fatal !== undefined) throw new RegexSourceError(`ERROR: ${fatal}`);
  }
}

/**
 * Reads the jail or filter that the argument names.
 *
 * @returns `undefined` where it names none: then it is a regex
 * @throws {RegexSourceError} wrong arguments, or a filter that cannot be read
 */
export function readNamedSource(text: string, context: SourceContext): NamedSource | undefined {
  if (!NAME.test(text)) return undefined;
  const item = parseItem(TracedText.of(text));
  if (item instanceof ConfigMistake) {
    const said = `ERROR: Wrong filter name or options: ${item.message}\n       while parsing: ${text}`;
    throw new RegexSourceError(said);
  }
  const reader = new SourceReader(context);
  const name = item.name.text;
  const isJailName = !name.includes("/") && !/\.(?:conf|local)$/.test(name);
  const named =
    (isJailName ? reader.jail(name, item.options) : undefined) ?? reader.filter(name, item.options);
  const isEmpty =
    named === undefined || (named.source.failregex.length === 0 && named.source.ignoreregex.length === 0);
  return isEmpty ? undefined : named;
}
