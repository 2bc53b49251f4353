/**
 * An action of a jail, made ready: its scripts per address family with all configured properties in place, and its switches.
 * Knows nothing of bans or processes.
 * @module
 */
import type { Family } from "../address/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { DurationError, parseDuration } from "../base/duration.ts";
import type { Seconds } from "../base/units.ts";
import type { ActionSettings } from "../config/settings.ts";
import type { SmtpTerms } from "./mail-plan.ts";
import { expandStatic, TagRecursionError, tagsIn } from "./tags.ts";
import { NEEDED_VALUES, type NeededValue } from "./ticket-info.ts";

export const OPERATIONS = [
  "start",
  "stop",
  "ban",
  "unban",
  "reban",
  "prolong",
  "check",
  "repair",
  "flush",
  "reload",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** The family an operation is for; empty: all alike, or an ID that is no address. */
export type ActionFamily = Family | "";

/** Per command (B§4.1). */
export const DEFAULT_TIMEOUT: Seconds = 60;
const FAMILIES: readonly ActionFamily[] = ["", "inet4", "inet6"];
const CONDITION = /^(.+)\?family=(inet4|inet6)$/;
const TRUE_WORD = /^(?:1|on|true|yes)$/i;
const FALSE_WORD = /^(?:0|off|false|no)$/i;

/** A script with its properties in place, or why they cannot be put there. */
export type StaticScript =
  | { readonly text: string; readonly tags: ReadonlySet<string> }
  | { readonly error: TagRecursionError };

export interface ActionDefinition {
  readonly name: string;
  readonly jail: string;
  /** some property differs by family, so each family is started and stopped by itself */
  readonly isConditional: boolean;
  readonly isOnDemand: boolean;
  /** per command */
  readonly timeout: Seconds;
  /** bans that come back from the database are not for this action */
  readonly norestored: boolean;
  readonly repairsOnUnban: boolean;
  /** operations that have a command; the others succeed without one */
  readonly operations: ReadonlySet<Operation>;
  readonly scripts: ReadonlyMap<ActionFamily, ReadonlyMap<Operation, StaticScript>>;
  /** configured values under the names of matches: they replace the ban's, as values do */
  readonly matchesProperties: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
  /** the action sends mails by itself instead of running scripts; a failed one is not repeated, it may have arrived */
  readonly mail?: SmtpTerms;
}

/** The machine's names, for `<fq-hostname>` and `<sh-hostname>`. */
export interface HostNames {
  readonly full: string;
  readonly short: string;
}

/** Properties of these names are values, not parts of a script (B§4.2 step 2). */
const MATCHES_TAGS: ReadonlySet<string> = new Set(["matches", "ipmatches", "ipjailmatches"]);

function propertyText(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}

/** Reads switches and times of one action and collects what is wrong with them. */
class PropertyReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #settings: ActionSettings;
  readonly #jail: string;

  constructor(settings: ActionSettings, jail: string) {
    this.#settings = settings;
    this.#jail = jail;
  }

  report(message: string, consequence: string): void {
    const { origin, name } = this.#settings;
    const place = origin === undefined ? {} : { origin };
    const text = `action '${name}': ${message}`;
    this.diagnostics.push({ severity: "error", message: text, jail: this.#jail, consequence, ...place });
  }

  flag(name: string): boolean | undefined {
    const value = this.#settings.properties.get(name);
    if (value === undefined || value === "") return undefined;
    if (typeof value !== "string") return Boolean(value);
    if (TRUE_WORD.test(value)) return true;
    if (!FALSE_WORD.test(value))
      this.report(`'${name}' is neither true nor false: '${value}'`, "it counts as false");
    return false;
  }

  timeout(): Seconds {
    const value = this.#settings.properties.get("timeout");
    if (value === undefined || value === "") return DEFAULT_TIMEOUT;
    try {
      const seconds = parseDuration(String(value));
      if (seconds > 0) return seconds;
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
    }
    this.report(`'timeout' is no time: '${value}'`, `each command has ${DEFAULT_TIMEOUT} seconds`);
    return DEFAULT_TIMEOUT;
  }
}

/** Properties with the defaults that are there without being configured. */
function completeProperties(settings: ActionSettings, jail: string, timeout: Seconds): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of settings.properties) texts.set(name, propertyText(value));
  if (!texts.has("name")) texts.set("name", jail);
  if (!texts.has("actname")) texts.set("actname", settings.name);
  texts.set("timeout", String(timeout));
  for (const operation of OPERATIONS) {
    if (!texts.has(`action${operation}`)) texts.set(`action${operation}`, "");
  }
  return texts;
}

/** The scripts of one family: every property is resolved, so that a mistake in one shows before it is needed. */
function compileFamily(
  properties: ReadonlyMap<string, string>,
  family: ActionFamily,
  fixed: ReadonlyMap<string, string>,
): Map<Operation, StaticScript> {
  const raw = (name: string): string | undefined =>
    properties.get(`${name}?family=${family}`) ?? properties.get(name) ?? fixed.get(name);
  const lookup = (tag: string): string | undefined => (MATCHES_TAGS.has(tag) ? undefined : raw(tag));
  const scripts = new Map<Operation, StaticScript>();
  try {
    for (const name of properties.keys()) {
      if (!CONDITION.test(name)) expandStatic(raw(name) ?? "", name, lookup);
    }
    for (const operation of OPERATIONS) {
      const name = `action${operation}`;
      const text = expandStatic(raw(name) ?? "", name, lookup);
      scripts.set(operation, { text, tags: tagsIn(text) });
    }
  } catch (error) {
    if (!(error instanceof TagRecursionError)) throw error;
    for (const operation of OPERATIONS) scripts.set(operation, { error });
  }
  return scripts;
}

/** Whether an operation has anything to run (or to complain of). */
function isPresent(script: StaticScript | undefined): boolean {
  return script !== undefined && ("error" in script || script.text !== "");
}

/**
 * Makes an action ready to plan with. Mistakes of the configuration are collected in `diagnostics`; an action whose
 * properties refer to themselves is still returned, and each of its operations fails with fail2ban's text.
 *
 * @see compat B§4.1, B§4.2
 */
export function compileAction(settings: ActionSettings, jail: string, host?: HostNames): ActionDefinition {
  const reader = new PropertyReader(settings, jail);
  const timeout = reader.timeout();
  const properties = completeProperties(settings, jail, timeout);
  const isConditional = [...properties.keys()].some((name) => CONDITION.test(name));
  const fixed = new Map([
    ["br", "\n"],
    ["sp", " "],
  ]);
  if (host !== undefined) fixed.set("fq-hostname", host.full).set("sh-hostname", host.short);

  const scripts = new Map(FAMILIES.map((family) => [family, compileFamily(properties, family, fixed)]));
  const failed = [...scripts.values()]
    .flatMap((ofFamily) => [...ofFamily.values()])
    .find((script) => "error" in script);
  if (failed !== undefined && "error" in failed)
    reader.report(failed.error.message, "the action fails at every use");

  const families = isConditional ? FAMILIES : FAMILIES.slice(0, 1);
  const operations = OPERATIONS.filter((operation) =>
    families.some((family) => isPresent(scripts.get(family)?.get(operation))),
  );
  return {
    name: settings.name,
    jail,
    isConditional,
    isOnDemand: reader.flag("actionstart_on_demand") ?? isConditional,
    timeout,
    norestored: reader.flag("norestored") ?? false,
    repairsOnUnban: reader.flag("actionrepair_on_unban") ?? false,
    operations: new Set(operations),
    scripts,
    matchesProperties: new Map([...properties].filter(([name]) => MATCHES_TAGS.has(name))),
    diagnostics: reader.diagnostics,
  };
}

/** Which looked-up values the scripts of an operation ask for; the caller fetches these and no others. */
export function neededValues(definition: ActionDefinition, operation: Operation): ReadonlySet<NeededValue> {
  const scripts = [...definition.scripts.values()].map((ofFamily) => {
    const own = ofFamily.get(operation);
    return operation === "reban" && !definition.operations.has("reban") ? ofFamily.get("ban") : own;
  });
  const isNeeded = (value: NeededValue): boolean =>
    !definition.matchesProperties.has(value) &&
    scripts.some((script) => script !== undefined && "tags" in script && script.tags.has(value));
  return new Set(NEEDED_VALUES.filter(isNeeded));
}
