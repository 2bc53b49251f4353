/**
 * Options of a filter's own file that nothing in it, or in what it includes, asks for; and the values that a parameter has others for,
 * as `mode` has where there are `mdre-normal` and `mdre-ddos`.
 * @module
 */
import type { Origin } from "../base/diagnostic.ts";
import type { ConfigTree } from "../config/config-tree.ts";
import { FILTER_OPTIONS } from "../config/options.ts";

const STANDARD: ReadonlySet<string> = new Set(FILTER_OPTIONS.map(({ name }) => name));
/** Read by the program itself beside the standard options. */
const KNOWN: ReadonlySet<string> = new Set([...STANDARD, "logtype", "__name__"]);

const INNERMOST = /<([\w/?=.-]*\*?[\w/?=.*-]*)>/g;
const REFERENCE = /%\(([^)]+)\)s/g;
const MAX_ROUNDS = 8;

/** A name as it is asked for: `*` stands for what another tag comes to. */
interface Asked {
  readonly name: string;
  readonly pattern: RegExp;
}

const askedFor = (name: string): Asked => {
  const bare = (name.split("/").at(-1) ?? name).toLowerCase();
  const escaped = bare.replace(/[.+?^${}()|[\]\\-]/g, String.raw`\$&`).replaceAll("*", ".*");
  return { name: bare, pattern: new RegExp(`^${escaped}$`) };
};

/** All names that a value asks for, in tags within tags, too. */
export function namesAskedIn(value: string): readonly string[] {
  const names = new Set<string>();
  for (const [, name = ""] of value.matchAll(REFERENCE)) names.add(name);
  let text = value;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = text.replaceAll(INNERMOST, (_, name: string) => {
      names.add(name);
      return "*";
    });
    if (next === text) break;
    text = next;
  }
  return [...names].filter((name) => name !== "" && name !== "*");
}

interface Option {
  readonly name: string;
  readonly text: string;
  readonly origin: Origin | undefined;
  readonly isOwn: boolean;
}

function optionsOf(tree: ConfigTree, isOwnFile: (path: string) => boolean): readonly Option[] {
  const sections = [
    ...[...tree.defaults].map(([name, value]) => ({ name, value })),
    ...["Definition", "Init"].flatMap((section) =>
      [...(tree.sections.get(section)?.options ?? [])].map(([name, value]) => ({ name, value })),
    ),
  ];
  return sections.map(({ name, value }) => {
    const origin = value.originAt();
    const isOwn = origin !== undefined && isOwnFile(origin.file);
    return { name: name.split("?")[0]?.toLowerCase() ?? name, text: value.text, origin, isOwn };
  });
}

/** What sections other than the usual ones hold is asked for by names that are put together. */
function textsElsewhere(tree: ConfigTree): readonly string[] {
  return [...tree.sections].flatMap(([section, { options, known }]) => [
    ...(section === "Definition" || section === "Init" ? [] : [...options.values()].map(({ text }) => text)),
    ...[...known.values()].map(({ text }) => text),
  ]);
}

export interface UnusedParameter {
  readonly name: string;
  readonly origin: Origin | undefined;
}

/**
 * @param isOwnFile whether a path is the filter's own file; what it includes serves others, too
 * @returns options that no standard option leads to
 */
export function unusedParameters(
  tree: ConfigTree,
  isOwnFile: (path: string) => boolean,
): readonly UnusedParameter[] {
  const options = optionsOf(tree, isOwnFile);
  const used = new Set<string>();
  const pending: string[] = [
    ...textsElsewhere(tree),
    ...options.filter(({ name }) => KNOWN.has(name)).map(({ text }) => text),
  ];
  for (let text = pending.pop(); text !== undefined; text = pending.pop()) {
    for (const { name, pattern } of namesAskedIn(text).map(askedFor)) {
      for (const option of options) {
        if (used.has(option.name) || (option.name !== name && !pattern.test(option.name))) continue;
        used.add(option.name);
        pending.push(...options.filter((other) => other.name === option.name).map((other) => other.text));
      }
    }
  }
  return options.filter(({ name, isOwn }) => isOwn && !KNOWN.has(name) && !used.has(name));
}

/** Values that parameters of a filter may have, besides the one that is set: `mode` → `ddos`, `normal`. */
export function parameterValues(tree: ConfigTree): ReadonlyMap<string, readonly string[]> {
  const options = optionsOf(tree, () => true);
  const names = [...new Set(options.map(({ name }) => name))];
  const values = new Map<string, readonly string[]>();
  for (const { text } of options) {
    for (const [, before = "", parameter = "", after = ""] of text.matchAll(
      /<([\w-]+)<([\w-]+)>([\w-]*)>/g,
    )) {
      const found = names
        .filter((name) => name.startsWith(before.toLowerCase()) && name.endsWith(after.toLowerCase()))
        .map((name) => name.slice(before.length, name.length - after.length))
        .filter((value) => value !== "" && !value.includes("/"));
      if (parameter !== "logtype" && found.length > 0) {
        values.set(parameter, [...new Set([...(values.get(parameter) ?? []), ...found])]);
      }
    }
  }
  return values;
}
