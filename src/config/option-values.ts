/**
 * Fetches the options of a section by their table: expansion, conversion, defaults, and what is said when one is missing or
 * wrong (A§1.10). Knows no particular option.
 * @module
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { ConfigMistake, type Findings } from "./findings.ts";
import { fetchOption, type Scope } from "./interpolation.ts";
import type { OptionSpec } from "./options.ts";
import { parsePythonInt, reprText } from "./python-text.ts";
import type { TracedText } from "./traced-text.ts";

/** A converted value with its text. `null`: set, but not what its type asks for. */
export interface OptionValue {
  readonly word: string | number | boolean | null;
  /** as written, expanded; `undefined` for a default */
  readonly traced: TracedText | undefined;
}

const TRUE_WORDS: ReadonlySet<string> = new Set(["1", "on", "true", "yes"]);

/** fail2ban's bool: one of four words is true, everything else false. */
export function isTrueWord(text: string): boolean {
  return TRUE_WORDS.has(text.toLowerCase());
}

/** What people write who mean it. */
const FALSE_WORDS: ReadonlySet<string> = new Set(["0", "off", "false", "no", "none", ""]);

/** A switch that is off because of a slip: nobody would see why. */
function slipOf(name: string, { text }: TracedText): Omit<Diagnostic, "origin" | "jail"> | undefined {
  if (isTrueWord(text) || FALSE_WORDS.has(text.toLowerCase())) return undefined;
  return {
    severity: "warning",
    message: `'${name}' needs true or false, found ${reprText(text)}`,
    consequence: "it counts as false, as in fail2ban",
    remedy: text.includes("#") ? "a comment needs a line of its own" : "write true or false",
  };
}

function reprDefault(value: string | boolean): string {
  if (typeof value === "string") return reprText(value);
  return value ? "True" : "False";
}

/**
 * Fetches one option.
 *
 * @returns `undefined` where it is neither set nor has a default; a mistake where its value cannot be expanded
 */
export function readOption(
  spec: OptionSpec,
  scope: Scope,
  findings: Findings,
  jail?: string,
): OptionValue | ConfigMistake | undefined {
  const traced = fetchOption(scope, spec.name);
  if (traced instanceof ConfigMistake) return traced;
  if (traced === undefined) {
    if (spec.readerDefault === undefined) return undefined;
    const what = `${reprText(spec.name)} not defined in ${reprText(scope.section)}`;
    findings.log("DEBUG", "configreader", `${what}. Using default one: ${reprDefault(spec.readerDefault)}`);
    return { word: spec.readerDefault, traced: undefined };
  }
  const origin = traced.originAt();
  const place = { ...(origin && { origin }), ...(jail !== undefined && { jail }) };
  if (spec.type === "bool") {
    const slip = slipOf(spec.name, traced);
    if (slip !== undefined) findings.report({ ...slip, ...place });
    return { word: isTrueWord(traced.text), traced };
  }
  if (spec.type !== "int") return { word: traced.text, traced };
  const number = parsePythonInt(traced.text);
  if (number !== undefined) return { word: number, traced };
  const text = `Wrong value for ${reprText(spec.name)} in ${reprText(scope.section)}. Using default one: 'None'`;
  findings.log("WARNING", "configreader", text);
  findings.report({
    severity: "error",
    message: `'${spec.name}' needs a whole number, found ${reprText(traced.text)}`,
    consequence:
      spec.serverDefault === undefined ? "the option is left out" : `the default ${spec.serverDefault} holds`,
    ...place,
  });
  return { word: null, traced };
}
