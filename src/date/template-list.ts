/**
 * The ordered list of templates that a `datepattern` asks for: its lines, `{DEFAULT}`, `{^LN-BEG}`, `{DATE}` and the
 * other special values (A§2.5, A§2.7).
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import { BASE_PATTERNS, EPOCH, LONG_EPOCH, TAI64N } from "./default-patterns.ts";
import { DatePatternError } from "./pattern-error.ts";
import {
  type DateTemplate,
  epochTemplate,
  LINE_BEGIN,
  noneTemplate,
  patternTemplate,
  tai64nTemplate,
} from "./template.ts";

const isAnchoredBase = (base: string): boolean => base.startsWith("^") || base.startsWith(LINE_BEGIN);

/** Weight of the copies that are anchored to the begin of the line. */
const ANCHORED_COPY_WEIGHT = 100;

/** The 31 default templates: the anchored copies first, then all base patterns. */
function defaultTemplates(startYear: number): readonly DateTemplate[] {
  const copies = BASE_PATTERNS.filter(({ pattern }) => !isAnchoredBase(pattern));
  return [
    ...copies.map(({ pattern, needs }) => ({
      ...singleTemplate(LINE_BEGIN + pattern, startYear),
      weight: ANCHORED_COPY_WEIGHT,
      needs,
    })),
    ...BASE_PATTERNS.map(({ pattern, needs }) => ({ ...singleTemplate(pattern, startYear), needs })),
  ];
}

/** The default templates of the years in which the process started: one, but for tests. */
const defaultsOfYear = new BoundedMap<number, readonly DateTemplate[]>({ limit: 4 });

/** The same default templates for all who ask. */
function sharedDefaults(startYear: number): readonly DateTemplate[] {
  let templates = defaultsOfYear.get(startYear);
  if (templates === undefined) {
    templates = defaultTemplates(startYear);
    defaultsOfYear.set(startYear, templates);
  }
  return templates;
}

const DATE_MARK = /\{DATE\}/gi;

/**
 * One template a base pattern, put in the place of `{DATE}`. The two that are no patterns are themselves where the line is then one
 * of their names (`{DATE}`, `^{DATE}`), and words elsewhere. A base that begins with `^` keeps it, so that it matches where `{DATE}`
 * is at the begin alone.
 */
function dateTemplates(line: string, startYear: number): readonly DateTemplate[] {
  return BASE_PATTERNS.map(({ pattern }) => {
    const inner = pattern === EPOCH ? "Epoch" : pattern.replace(LINE_BEGIN, "");
    return singleTemplate(
      line.replace(DATE_MARK, () => inner),
      startYear,
    );
  });
}

const SPECIAL = /^(\{\^LN-BEG\}|\^)?(EPOCH|LEPOCH|TAI64N)$/;

function singleTemplate(line: string, startYear: number): DateTemplate {
  const upper = line.toUpperCase();
  if (upper === "{NONE}") return noneTemplate;
  const special = SPECIAL.exec(upper);
  if (special === null) return patternTemplate(line, startYear);
  const isLineBegin = special[1] !== undefined;
  return special[2] === TAI64N
    ? tai64nTemplate(isLineBegin)
    : epochTemplate(special[2] === LONG_EPOCH, isLineBegin);
}

/** Templates in order, each displayed name once. */
class TemplateList {
  readonly #byName = new Map<string, DateTemplate>();

  /** @throws {DatePatternError} if the name is there already */
  add(template: DateTemplate): void {
    if (this.#byName.has(template.name)) {
      throw new DatePatternError(`There is already a template with name ${template.name}`);
    }
    this.#byName.set(template.name, template);
  }

  /** Adds default templates. One that is there keeps its place and gets the weight of the default. */
  addDefaults(templates: readonly DateTemplate[]): void {
    for (const template of templates) this.#byName.set(template.name, template);
  }

  all(): readonly DateTemplate[] {
    return [...this.#byName.values()];
  }
}

/** Values of `datepattern` whose templates are kept: jails share them, and with them the compiled regexes. */
const MAX_KEPT_LISTS = 64;
const kept = new BoundedMap<string, readonly DateTemplate[]>({ limit: MAX_KEPT_LISTS, eviction: "lru" });

/**
 * The templates of a `datepattern`, one pattern a line; those by default if there is none. The same value gives the same templates.
 *
 * @param startYear the year in which the process started
 * @throws {DatePatternError} for an unknown token or a name that comes twice
 */
export function templatesOf(datepattern: string | undefined, startYear: number): readonly DateTemplate[] {
  const key = `${startYear}\n${datepattern ?? ""}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const templates = readTemplates(datepattern ?? "", startYear);
  kept.set(key, templates);
  return templates;
}

function readTemplates(datepattern: string, startYear: number): readonly DateTemplate[] {
  const lines = datepattern
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const list = new TemplateList();
  if (lines.length === 0) list.addDefaults(sharedDefaults(startYear));
  for (const line of lines) {
    const upper = line.toUpperCase();
    if (upper === "{DEFAULT}") list.addDefaults(sharedDefaults(startYear));
    else if (upper === LINE_BEGIN)
      list.addDefaults(sharedDefaults(startYear).filter(({ isAnchored }) => isAnchored));
    else if (/\{DATE\}/i.test(line)) list.addDefaults(dateTemplates(line, startYear));
    else list.add(singleTemplate(line, startYear));
  }
  return list.all();
}
