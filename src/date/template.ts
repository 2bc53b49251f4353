/**
 * A date template: a regex that finds a stamp in a line, and how its groups are turned into a time.
 * Here a datepattern's text becomes such a template (A§2.7); nothing is known of lines or of which template wins.
 * @module
 */
import { epochDigits } from "./epoch.ts";
import type { Need } from "./line-traits.ts";
import { DatePatternError } from "./pattern-error.ts";
import { expandTokens } from "./tokens.ts";

/** How the matched groups mean a time; `none`: not at all. */
export type StampKind = "fields" | "epoch" | "long-epoch" | "tai64n" | "none";

export interface DateTemplate {
  /** the displayed name; unique in a detector */
  readonly name: string;
  /** the datepattern, where the template came from one by itself */
  readonly pattern: string | undefined;
  /** Python `re` syntax; group 1 is cut out of the line */
  readonly regex: string;
  readonly kind: StampKind;
  /** the group that holds the stamp's digits, for kinds other than `fields` */
  readonly valueGroup: number | string;
  /** whether it can match at one place of a line only (A§2.4) */
  readonly isAnchored: boolean;
  /** how much a hit counts when templates are put in order */
  readonly weight: number;
  /** what a line must have for it to match; `undefined`: not known, as for patterns of operators */
  readonly needs: Need | undefined;
}

export const LINE_BEGIN = "{^LN-BEG}";
const UNBOUNDED = "{UNB}";

type Boundaries = "words" | "line-begin" | "none";

/** How a template of line-begin mode begins. */
export const LINE_BEGIN_BOUNDARY = "^(?:\\W{0,2})?";

/** How a template begins whose text names no begin. */
export const WORD_BEGIN_BOUNDARY = "(?=^|\\b|\\W)";

const LEFT_BOUNDARY: Readonly<Record<Boundaries, string>> = {
  words: WORD_BEGIN_BOUNDARY,
  "line-begin": LINE_BEGIN_BOUNDARY,
  none: "",
};
const RIGHT_BOUNDARY = "(?=\\b|\\W|$)";

/** The text already says where it begins: `^` or `**`, perhaps in parentheses. */
const HAS_LEFT = /^\(*(?:\^|\*\*|\((?:\?:)?\^)/;
/** The text already says where it ends: `$`, `\b`, `\s` or `**`, perhaps before a closing parenthesis. */
const HAS_RIGHT = /(?:(?<!\\)\$\)?|\\[bs]|\*\*\)?)$/;
const ANCHORED = /^(?:\((?:\?:)?)?\^(?!\|)|(?<![\\|])\$\)?$/;
/** A group without a name. A parenthesis in a character class counts, as in fail2ban. */
const PLAIN_GROUP = /(?<!\\)\((?!\?)/;
const FLAGS = /\(\?([a-z]+)\)/;

interface BoundedRegex {
  readonly regex: string;
  readonly isAnchored: boolean;
}

/**
 * Puts boundaries around a regex and makes sure that there is a group 1 to be cut (A§2.7, steps 2–6). A flag group goes
 * to the front, together with the flags of a caseless pattern (where fail2ban would not compile both).
 */
function bound(body: string, isCaseless: boolean, boundaries: Boundaries): BoundedRegex {
  const [flagGroup = "", ownFlags = ""] = FLAGS.exec(body) ?? [];
  const flags = new Set((isCaseless ? "iu" : "") + ownFlags);
  const unflagged = body.replace(flagGroup, "");
  const left = HAS_LEFT.test(unflagged) ? "" : LEFT_BOUNDARY[boundaries];
  const right = boundaries === "none" || HAS_RIGHT.test(unflagged) ? "" : RIGHT_BOUNDARY;
  const unmarked = unflagged.replace(/^(\^?\(*)\*\*/, "$1").replace(/\*\*(\)*\$?)$/, "$1");
  const cut = PLAIN_GROUP.test(unmarked) ? unmarked : wrapped(unmarked);
  const regex = left + cut + right;
  return {
    regex: flags.size === 0 ? regex : `(?${[...flags].join("")})${regex}`,
    isAnchored: left === LEFT_BOUNDARY["line-begin"] || ANCHORED.test(left + cut),
  };
}

/** The whole in one group, anchors outside. */
function wrapped(body: string): string {
  const from = body.startsWith("^") ? 1 : 0;
  const to = body.endsWith("$") && !body.endsWith("\\$") ? body.length - 1 : body.length;
  return `${body.slice(0, from)}(${body.slice(from, Math.max(from, to))})${body.slice(Math.max(from, to))}`;
}

function splitPrefix(pattern: string): { readonly boundaries: Boundaries; readonly body: string } {
  if (pattern.startsWith(UNBOUNDED)) return { boundaries: "none", body: pattern.slice(UNBOUNDED.length) };
  if (pattern.startsWith(LINE_BEGIN))
    return { boundaries: "line-begin", body: pattern.slice(LINE_BEGIN.length) };
  return { boundaries: "words", body: pattern };
}

/** `{EPOCH}` or `{LEPOCH}` in a pattern, in any case. */
const EPOCH_MARK = /\{(L?)EPOCH\}/i;
const EPOCH_GROUP = "_epoch";

/**
 * The template of one pattern with tokens, `{EPOCH}` or `{LEPOCH}`.
 *
 * @throws {DatePatternError} for an unknown token
 */
export function patternTemplate(pattern: string, startYear: number): DateTemplate {
  const { boundaries, body } = splitPrefix(pattern);
  const mark = EPOCH_MARK.exec(body);
  if (mark !== null) {
    const isLong = mark[1] !== "";
    const digits = `(?P<${EPOCH_GROUP}>${epochDigits(isLong)})`;
    return {
      name: pattern,
      pattern: undefined,
      ...bound(
        body.replace(mark[0], () => digits),
        false,
        boundaries,
      ),
      kind: isLong ? "long-epoch" : "epoch",
      valueGroup: EPOCH_GROUP,
      weight: 1,
      needs: undefined,
    };
  }
  const { regex, name, isCaseless } = expandTokens(body, startYear);
  return {
    // the prefix does nothing where the pattern says itself where it begins
    name: boundaries === "line-begin" && !HAS_LEFT.test(regex) ? LINE_BEGIN + name : name,
    pattern,
    ...bound(regex, isCaseless, boundaries),
    kind: "fields",
    valueGroup: 0,
    weight: 1,
    needs: undefined,
  };
}

/** What an unanchored epoch may follow: the begin of the line, a bracket there, or the word of the audit log. */
const EPOCH_PLACES = "(?:^|(?<=^\\[)|(?<=\\baudit\\())";

/**
 * `EPOCH` and `LEPOCH` standing alone (A§2.8). fail2ban's regexes for these have conditionals besides, for what follows a
 * bracket; they hold for every text and are left out.
 */
export function epochTemplate(isLong: boolean, isLineBegin: boolean): DateTemplate {
  const digits = epochDigits(isLong);
  const name = isLong ? "LongEpoch" : "Epoch";
  return {
    name: isLineBegin ? LINE_BEGIN + name : name,
    pattern: undefined,
    regex: isLineBegin
      ? `${LEFT_BOUNDARY["line-begin"]}(${digits})${RIGHT_BOUNDARY}`
      : `(${EPOCH_PLACES}${digits})${RIGHT_BOUNDARY}`,
    kind: isLong ? "long-epoch" : "epoch",
    valueGroup: 1,
    isAnchored: isLineBegin,
    weight: 1,
    needs: undefined,
  };
}

/** `TAI64N` standing alone. */
export function tai64nTemplate(isLineBegin: boolean): DateTemplate {
  const { regex, isAnchored } = bound("@[0-9a-f]{24}", false, isLineBegin ? "line-begin" : "words");
  const name = isLineBegin ? `${LINE_BEGIN}TAI64N` : "TAI64N";
  return {
    name,
    pattern: undefined,
    regex,
    kind: "tai64n",
    valueGroup: 1,
    isAnchored,
    weight: 1,
    needs: undefined,
  };
}

/** `{NONE}`: matches every line and says nothing of the time. */
export const noneTemplate: DateTemplate = {
  name: "^",
  pattern: `${UNBOUNDED}^`,
  regex: "^()",
  kind: "none",
  valueGroup: 1,
  isAnchored: true,
  weight: 1,
  needs: undefined,
};

/** The error for a pattern whose regex cannot be compiled. */
export function uncompilable(pattern: string, why: string): DatePatternError {
  return new DatePatternError(
    `Failed to set datepattern '${pattern}' (may be an invalid format or unescaped percent char): ${why}`,
  );
}
