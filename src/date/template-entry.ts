/**
 * A template at work in one log: what it matched so far, and the times of the stamps it saw last.
 * Knows nothing of the other templates.
 * Hot: per candidate line.
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { RegexMatch } from "../regex/compiled-regex.ts";
import { epochValue, tai64nValue } from "./epoch.ts";
import { type StampContext, type StampTime, stampTime } from "./fields.ts";
import type { LineView } from "./line-view.ts";
import type { DateTemplate } from "./template.ts";
import { compiledForTexts, compiledOf, isTextBound } from "./template-regex.ts";

/** Stamps a template remembers with their times. Logs come in order, so a few suffice. */
const MAX_REMEMBERED_STAMPS = 32;

interface RememberedTime extends StampTime {
  /** the moment at which it was worked out */
  readonly asOf: EpochSeconds;
}

export class TemplateEntry {
  readonly template: DateTemplate;
  /** lines it dated */
  hits = 0;
  /** whether it ever matched, be it that another template dated the line */
  hasMatched = false;
  /** when it dated a line last; never: long ago */
  lastUsedAt: EpochSeconds = 0;
  /** where its last stamp began in the line; `Infinity` as long as there was none */
  distance = Number.POSITIVE_INFINITY;
  readonly #times: BoundedMap<string, RememberedTime> | undefined;

  constructor(template: DateTemplate) {
    this.template = template;
    this.#times = isTextBound(template) ? new BoundedMap({ limit: MAX_REMEMBERED_STAMPS }) : undefined;
  }

  /** @throws {RegexBudgetError} if the operator's own pattern is too hard for this line */
  search(line: LineView, from = 0): RegexMatch | undefined {
    if (this.template.needs === undefined) return this.searchText(line.text, from);
    return this.#noted(line.searchWith(compiledOf(this.template), from));
  }

  /** As {@link search}, without the short ways for characters beyond the basic plane. */
  searchText(text: string, from: number): RegexMatch | undefined {
    return this.#noted(compiledOf(this.template).search(text, from));
  }

  /** As {@link searchText} from the line's begin, for the texts of groups alone. */
  searchTexts(text: string): RegexMatch | undefined {
    return this.#noted(compiledForTexts(this.template).search(text));
  }

  #noted(match: RegexMatch | undefined): RegexMatch | undefined {
    if (match !== undefined) this.hasMatched = true;
    return match;
  }

  /** How much speaks for an early place in the list. */
  get merit(): number {
    return (this.hits * this.template.weight) / Math.max(1, this.distance);
  }

  /** The time that a match means. A text seen before is not converted again, unless its time was guessed at another moment. */
  timeOf(match: RegexMatch, context: StampContext): StampTime {
    const { kind } = this.template;
    if (kind !== "fields") {
      const at = this.#countOf(match);
      return { at, atIfOld: at, isFloat: kind !== "tai64n", isGuessed: false };
    }
    const text = match.group(0) ?? "";
    const remembered = this.#times?.get(text);
    if (remembered !== undefined && (!remembered.isGuessed || remembered.asOf === context.now))
      return remembered;
    const time = stampTime((name) => match.group(name), context);
    this.#times?.set(text, { ...time, asOf: context.now });
    return time;
  }

  /** The value of a stamp that is a count. */
  #countOf(match: RegexMatch): EpochSeconds | undefined {
    const { kind, valueGroup } = this.template;
    const text = match.group(valueGroup) ?? "";
    if (kind === "tai64n") return tai64nValue(text);
    return kind === "none" ? undefined : epochValue(text, kind === "long-epoch");
  }
}
