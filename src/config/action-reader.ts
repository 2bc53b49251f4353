/**
 * An action as a jail uses it: one item of `action =` and its files → the commands that add it (A§1.7, B§4.1).
 * Knows nothing of what the action does.
 * @module
 */
import type { Origin } from "../base/diagnostic.ts";
import type { ConfigTree } from "./config-tree.ts";
import { argumentsOverInit, asParameters, readInit, tagSource, type Values } from "./definition-source.ts";
import { ConfigMistake, type Findings } from "./findings.ts";
import { expandReferences } from "./interpolation.ts";
import { isTrueWord } from "./option-values.ts";
import { ACTION_OPTIONS } from "./options.ts";
import type { StreamCommand, StreamWord } from "./settings.ts";
import { expandTags } from "./tags.ts";
import { TracedText } from "./traced-text.ts";

const BOOLEAN: ReadonlySet<string> = new Set(
  ACTION_OPTIONS.filter(({ type }) => type === "bool").map(({ name }) => name),
);
const STANDARD: ReadonlySet<string> = new Set(ACTION_OPTIONS.map(({ name }) => name));

/** Tags that are filled by the server whatever the files say of them (B§4.2). */
const RUN_TIME: ReadonlySet<string> = new Set([
  "matches",
  "ipmatches",
  "ipjailmatches",
  "timeout",
  "bantime",
]);

/** The name of an action in its jail: that of the file, with what the argument `name` says beyond the jail's name (A§1.7). */
export function actionName(file: string, name: string, jail: string): string {
  if (name === jail) return file;
  return name.startsWith(jail) ? file + name.slice(jail.length) : `${file}-${name}`;
}

/** One property with where it was written. */
interface Property {
  readonly name: string;
  readonly value: string | boolean | null;
  readonly origin: Origin | undefined;
}

function optionWord(name: string, value: TracedText): string | boolean {
  return BOOLEAN.has(name) ? isTrueWord(value.text) : value.text;
}

function readProperties(
  tree: ConfigTree,
  given: Values,
  findings: Findings,
): readonly Property[] | ConfigMistake {
  const parameters = asParameters(given);
  const init = readInit(tree);
  const commands = new Map<string, TracedText>();
  const hasDefinition = tree.sections.has("Definition");
  for (const { name } of ACTION_OPTIONS) {
    if (!hasDefinition) {
      findings.log("ERROR", "configreader", "No section: 'Definition'");
      continue;
    }
    const raw = tree.raw("Definition", name);
    if (raw === undefined) continue;
    const value = expandReferences({ tree, section: "Definition", parameters }, name, raw);
    if (value instanceof ConfigMistake) return value;
    commands.set(name, value);
  }
  if (init instanceof ConfigMistake) return init;
  const properties = argumentsOverInit(given, init);
  for (const [name, value] of properties) {
    // an argument comes behind what the file has, Init takes the place of Definition: the order is that of the stream
    if (given.has(name)) commands.delete(name);
    if (STANDARD.has(name)) commands.set(name, value);
  }
  const options = new Map(commands);
  for (const [name, value] of init) options.set(`known/${name}`, value);
  for (const [name, value] of properties) options.set(name, value);
  const expanded = expandTags(options, tagSource(tree, parameters, init, options, RUN_TIME));
  if (expanded instanceof ConfigMistake) return expanded;
  const result: Property[] = [];
  if (!hasDefinition)
    for (const { name } of ACTION_OPTIONS) result.push({ name, value: null, origin: undefined });
  for (const [name, raw] of commands) {
    const value = expanded.get(name) ?? raw;
    result.push({ name, value: optionWord(name, value), origin: value.originAt() });
  }
  // the rest goes to the server as it stands: its tags are expanded there
  for (const [name, value] of properties) {
    if (!STANDARD.has(name)) result.push({ name, value: value.text, origin: value.originAt() });
  }
  return result;
}

/**
 * The commands of a command action.
 *
 * @param file name of the action as the jail gives it
 * @param given arguments of the item
 */
export function readAction(
  tree: ConfigTree,
  file: TracedText,
  given: Values,
  jail: string,
  findings: Findings,
): readonly StreamCommand[] | ConfigMistake {
  const name = given.get("name") ?? TracedText.of(jail, file.originAt());
  const actname =
    given.get("actname") ?? TracedText.of(actionName(file.text, name.text, jail), file.originAt());
  const all = new Map(given);
  if (!all.has("name")) all.set("name", name);
  if (!all.has("actname")) all.set("actname", actname);
  const properties = readProperties(tree, all, findings);
  if (properties instanceof ConfigMistake) return properties;
  const origin = file.originAt();
  const place = origin && { origin };
  const words: StreamWord[] = properties.map((property) => [property.name, property.value]);
  return [
    { words: ["set", jail, "addaction", actname.text], ...place },
    {
      words: ["multi-set", jail, "action", actname.text, words],
      ...place,
      itemOrigins: properties.map((property) => property.origin),
    },
  ];
}

/** JSON as Python writes it: blanks behind `:` and `,`, everything beyond ASCII escaped. */
function pythonJson(values: Values): string {
  const quoted = (text: string): string =>
    JSON.stringify(text).replace(
      /[\x7f-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  return `{${[...values].map(([name, value]) => `${quoted(name)}: ${quoted(value.text)}`).join(", ")}}`;
}

/** The command of a Python action: its file and its arguments, `actname` taken out. */
export function readPythonAction(
  path: string,
  file: TracedText,
  given: Values,
  jail: string,
): readonly StreamCommand[] {
  const rest = new Map(given);
  rest.delete("actname");
  const actname = given.get("actname")?.text ?? file.text.replace(/\.py$/, "");
  const origin = file.originAt();
  return [{ words: ["set", jail, "addaction", actname, path, pythonJson(rest)], ...(origin && { origin }) }];
}
