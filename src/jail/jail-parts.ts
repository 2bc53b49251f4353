/**
 * What is built from a jail's settings before the jail runs by them: filter, decoder, ignore list, actions, backend choice.
 * Everything that can be wrong with the settings comes out here, as diagnostics, and nothing is running yet.
 * @module
 */
import { type ActionDefinition, compileAction, neededValues } from "../action/action-definition.ts";
import { planOperation } from "../action/plan.ts";
import { compileSmtp, isSmtpFile } from "../action/smtp.ts";
import { EncodingError, LineDecoder } from "../backend/decode.ts";
import { type BackendKind, chooseBackend } from "../backend/select.ts";
import { checkIncrement } from "../ban/ban-time.ts";
import { IgnoreList } from "../ban/ignore-list.ts";
import type { Diagnostic, Origin } from "../base/diagnostic.ts";
import type { JailSettings } from "../config/settings.ts";
import type { FilterDefinition } from "../filter/filter-parts.ts";
import { compileFilter, type LineFilter } from "../filter/line-filter.ts";
import { prepareValues } from "./ban-values.ts";
import { type IgnoreCacheTerms, readIgnoreCache } from "./ignore-cache.ts";
import { IgnoreCheck, type IgnoreCommand, type IgnoreTerms } from "./ignore-check.ts";
import type { JailPorts } from "./jail-ports.ts";

export interface JailParts {
  readonly settings: JailSettings;
  readonly filter: LineFilter;
  readonly decoder: LineDecoder;
  readonly ignoreList: IgnoreList;
  readonly ignoreCheck: IgnoreCheck;
  /** `undefined`: no verdicts are kept */
  readonly ignoreCache: IgnoreCacheTerms | undefined;
  readonly actions: readonly ActionDefinition[];
  readonly backend: { readonly kind: BackendKind; readonly options: ReadonlyMap<string, string> };
}

/** The parts, or why the jail cannot run; warnings come with both. */
export interface BuiltParts {
  readonly parts: JailParts | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Builds the parts of a jail. */
export function buildParts(settings: JailSettings, ports: JailPorts): BuiltParts {
  const diagnostics: Diagnostic[] = [];
  const complain = (
    severity: Diagnostic["severity"],
    message: string,
    consequence: string,
    origin?: Origin,
  ) => {
    const place = origin ?? settings.origin;
    diagnostics.push({
      severity,
      jail: settings.name,
      message,
      consequence,
      ...(place === undefined ? {} : { origin: place }),
    });
  };

  const built = compileFilter(settings, { zone: ports.zone, startYear: ports.startYear });
  diagnostics.push(...built.diagnostics);
  const decoder = decoderOf(settings, ports, (message) => complain("error", message, "the jail is left out"));
  const choice = chooseBackend(settings.backend, ports.backends, settings.name);
  if (choice.kind === undefined) complain("error", choice.problem, "the jail is left out");
  else for (const note of choice.notes) complain("notice", note, "the jail runs");
  diagnostics.push(...checkIncrement(settings.increment, settings.name));

  const ignoreList = new IgnoreList();
  for (const entry of settings.ignoreip) {
    const { diagnostic } = ignoreList.add(entry);
    if (diagnostic !== undefined && diagnostic.severity !== "notice") {
      const origin = settings.ignoreipOrigin;
      diagnostics.push({ jail: settings.name, ...diagnostic, ...(origin && { origin }) });
    }
  }
  const { terms: ignoreCache, problem } = readIgnoreCache(settings.ignorecache);
  if (problem !== undefined) complain("error", problem, "no verdict is kept, the jail runs");
  const actions: ActionDefinition[] = [];
  for (const action of settings.actions) {
    if (action.python !== undefined && isSmtpFile(action.python.file)) {
      const compiled = compileSmtp(action, settings.name, ports.host);
      if ("definition" in compiled) actions.push(compiled.definition);
      else diagnostics.push(compiled.diagnostic);
      continue;
    }
    if (action.python !== undefined) {
      const message = `action '${action.name}' is a Python action (${action.python.file})`;
      complain("error", message, "the action is left out, the jail runs with its others", action.origin);
      continue;
    }
    const definition = compileAction(action, settings.name, ports.host);
    diagnostics.push(...definition.diagnostics);
    actions.push(definition);
  }
  const { filter } = built;
  const hasNoneLeft = settings.failregex.length > 0 && filter?.parts.failures.length === 0;
  if (hasNoneLeft)
    complain("error", "not one regex can be used", "the jail is left out", settings.failregex[0]?.origin);
  if (hasNoneLeft || filter === undefined || decoder === undefined || choice.kind === undefined) {
    return { parts: undefined, diagnostics };
  }
  const terms: IgnoreTerms = {
    jail: settings.name,
    bantime: settings.bantime,
    ignoreself: settings.ignoreself,
    command: ignoreCommand(settings, ports),
    cache: ignoreCache,
    prepare: (ban, needed) => prepareValues(settings.name, ban, needed, ports),
  };
  const ignoreCheck = new IgnoreCheck(ignoreList, terms, ports);
  const backend = { kind: choice.kind, options: choice.options };
  return {
    parts: { settings, filter, decoder, ignoreList, ignoreCheck, ignoreCache, actions, backend },
    diagnostics,
  };
}

function decoderOf(
  settings: JailSettings,
  ports: JailPorts,
  complain: (message: string) => void,
): LineDecoder | undefined {
  try {
    return new LineDecoder(settings.logencoding, ports);
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    complain(error.message);
    return undefined;
  }
}

/** The ignorecommand takes its tags like a command of an action, so that no ID reaches its shell unquoted. */
function ignoreCommand(settings: JailSettings, ports: JailPorts): IgnoreCommand | undefined {
  const { ignorecommand, name } = settings;
  if (ignorecommand.trim() === "") return undefined;
  const properties = new Map([["actionban", ignorecommand]]);
  const definition = compileAction({ name: "ignorecommand", properties }, name, ports.host);
  return {
    needed: neededValues(definition, "ban"),
    plan: (info) => planOperation(definition, "ban", "", info),
  };
}

/** What the reading of logs depends on; where it differs the source is made anew. */
export function sourceKey({ settings, backend }: JailParts): string {
  const { logpaths, journalmatch, logencoding } = settings;
  const paths = logpaths.map(({ pattern, tail }) => [pattern, tail]);
  return JSON.stringify([backend.kind, [...backend.options], paths, journalmatch, logencoding]);
}

/** What a filter is made of, as plain data. */
export function definitionOf(settings: JailSettings): FilterDefinition {
  const { name, usedns, prefregex, failregex, ignoreregex, maxlines, datepattern, logtimezone, findtime } =
    settings;
  return { name, usedns, prefregex, failregex, ignoreregex, maxlines, datepattern, logtimezone, findtime };
}

/** What the filter is made of, but for findtime, which it takes at run time. */
export function filterKey({ settings }: JailParts): string {
  const { usedns, prefregex, failregex, ignoreregex, maxlines, datepattern, logtimezone } = settings;
  const texts = [prefregex, datepattern, ...failregex].map((sourced) => sourced?.value ?? null);
  const ignores = ignoreregex.map(({ value }) => value);
  return JSON.stringify([usedns, texts, ignores, maxlines, logtimezone]);
}
