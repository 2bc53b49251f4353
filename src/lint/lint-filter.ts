/**
 * All that is looked for in one filter, in the order in which people care.
 * @module
 */
import type { Sourced } from "../base/diagnostic.ts";
import { utcZone } from "../date/utc-zone.ts";
import { compileParts, type FilterDefinition, type FilterParts } from "../filter/filter-parts.ts";
import { looseDates } from "./date-anchor.ts";
import type { LintFinding } from "./finding.ts";
import { HostTrials } from "./forged-host.ts";
import { neverMatches } from "./never-matches.ts";
import { originOfPiece, type PatternView, viewPattern } from "./pattern-view.ts";
import { samplePaths } from "./sample-paths.ts";
import { findSlowText, mayBeSlow, type SlowSearch } from "./slow-search.ts";

/** Years in patterns are near this one; no proof depends on it. */
const ANY_YEAR = 2026;
/** Where ways multiply beyond this, each character costs too much, whatever the power. */
const MAX_WAYS = 4096;

type Report = (finding: Omit<LintFinding, "filter" | "origin">, where?: Sourced<string>) => void;

class Linting {
  readonly findings: LintFinding[] = [];
  readonly #definition: FilterDefinition;
  /** regexes of other variants whose searches were looked at */
  readonly #timed: Set<string>;

  constructor(definition: FilterDefinition, timed: Set<string>) {
    this.#definition = definition;
    this.#timed = timed;
  }

  run(): void {
    const definition = this.#definition;
    const { usedns, maxlines } = definition;
    const { parts, diagnostics } = compileParts(definition, { zone: utcZone, startYear: ANY_YEAR });
    for (const { severity, message, origin, consequence, remedy } of diagnostics) {
      const sourced = origin === undefined ? undefined : { value: "", origin };
      this.#report(
        {
          check: "broken",
          severity,
          message,
          ...(consequence === undefined ? {} : { consequence }),
          ...(remedy === undefined ? {} : { remedy }),
        },
        sourced,
      );
    }
    const isMultiline = maxlines > 1;
    const view = (source: Sourced<string>, multiline: boolean): PatternView[] => {
      const seen = viewPattern(source, usedns, multiline);
      return seen === undefined ? [] : [seen];
    };
    const { prefregex } = definition;
    const [prefix] = prefregex === undefined ? [] : view(prefregex, false);
    const failures = definition.failregex.flatMap((source) => view(source, isMultiline));
    const ignores = definition.ignoreregex.flatMap((source) => view(source, false));
    const all = [...(prefix === undefined ? [] : [prefix]), ...failures, ...ignores];
    for (const pattern of all) this.#never(pattern, isMultiline);
    if (parts !== undefined) this.#hosts(parts, prefix, failures);
    for (const pattern of all) this.#slow(pattern);
    this.#duplicates("failregex", failures);
    this.#duplicates("ignoreregex", ignores);
    this.#dates();
  }

  readonly #report: Report = (finding, where) => {
    this.findings.push({
      ...finding,
      filter: this.#definition.name,
      ...(where?.origin === undefined ? {} : { origin: where.origin }),
    });
  };

  #never(view: PatternView, hasLineEnds: boolean): void {
    const never = neverMatches(view.root, hasLineEnds);
    if (never === undefined) return;
    const origin = originOfPiece(view, never.piece);
    const why = never.wantsNewline
      ? "it wants the end of a line in the middle, and lines are looked at one by one"
      : "what is asked for here can never follow what stands before it";
    this.findings.push({
      check: "never-matches",
      severity: "error",
      message: `the regex can match nothing: ${why}`,
      filter: this.#definition.name,
      remedy: never.wantsNewline
        ? "set 'maxlines'"
        : "an anchor in the middle, or an empty set of characters?",
      ...(origin === undefined ? {} : { origin }),
    });
  }

  #hosts(parts: FilterParts, prefix: PatternView | undefined, views: readonly PatternView[]): void {
    const trials = new HostTrials(parts, this.#definition.usedns, prefix);
    for (const view of views) for (const finding of trials.findings(view)) this.#report(finding, view.source);
  }

  #slow(view: PatternView): void {
    if (this.#timed.has(view.expanded.text)) return;
    this.#timed.add(view.expanded.text);
    const { power, ways, runsAway } = mayBeSlow(view.root);
    if (power <= 1 && ways <= MAX_WAYS && !runsAway) return;
    const slow = findSlowText(view.root, samplePaths(view.root, view.groupNames));
    if (slow === undefined && !runsAway && ways <= MAX_WAYS) return;
    // a square is what many good regexes cost in fail2ban, and what was not shown is a bound only
    const isBad = runsAway || (slow !== undefined && slow.growth !== "square");
    this.#report(
      {
        check: "slow-search",
        severity: isBad ? "warning" : "notice",
        message: growthText(slow, runsAway, power, ways),
        ...(slow === undefined ? {} : { proof: proofOf(slow) }),
        consequence: "gaoler's own matcher gives up in time; fail2ban's would go on",
        remedy: "let neighbouring loops read different characters, and begin with '^'",
      },
      view.source,
    );
  }

  #duplicates(option: "failregex" | "ignoreregex", views: readonly PatternView[]): void {
    const known = new Map<string, Sourced<string>>();
    for (const { source, expanded } of views) {
      const before = known.get(expanded.text);
      if (before === undefined) {
        known.set(expanded.text, source);
        continue;
      }
      const place =
        before.origin === undefined ? "" : ` in line ${before.origin.line} of ${before.origin.file}`;
      this.#report(
        {
          check: "duplicate",
          severity: "warning",
          message: `the same ${option} stands before it${place}`,
          remedy: "take one of the two out",
        },
        source,
      );
    }
  }

  #dates(): void {
    const { datepattern } = this.#definition;
    for (const { pattern, proof } of looseDates(datepattern?.value ?? "")) {
      this.#report(
        {
          check: "date-anchor",
          severity: "warning",
          message: `the time is taken from anywhere in the line: '${pattern}'`,
          ...(proof === undefined ? {} : { proof }),
          remedy: "begin the pattern with '{^LN-BEG}', '^', or what the service writes before its time",
        },
        datepattern,
      );
    }
  }
}

const GROWTHS = { square: "square", cube: "third power", exponential: "exponential" } as const;

function growthText(slow: SlowSearch | undefined, runsAway: boolean, power: number, ways: number): string {
  if (slow?.growth === "exponential" || runsAway)
    return "a search takes steps that double with some characters more";
  if (slow !== undefined)
    return `the steps of a search grow with the ${GROWTHS[slow.growth]} of the line's length`;
  const bound = Number.isFinite(power) ? `, power ${power}` : "";
  return `a search can go ${Number.isFinite(ways) ? ways : "countless"} ways over one text${bound}`;
}

function proofOf({ pump, steps }: SlowSearch): NonNullable<LintFinding["proof"]> {
  const [chars, few, moreChars, many] = steps;
  return {
    line: `${pump.before}${pump.repeated.repeat(3)}…`,
    outcome: `with '${pump.repeated}' again and again: ${few} steps for ${chars} characters, ${many} for ${moreChars}`,
  };
}

const SEVERITIES = ["error", "warning", "notice"];

/**
 * Looks one filter through.
 *
 * @param variants the filter as it is, and as its parameters can make it
 * @returns what was found, the worst first; what several variants share is said once
 */
export function lintFilter(variants: readonly FilterDefinition[]): readonly LintFinding[] {
  const timed = new Set<string>();
  return inOrder(
    variants.flatMap((definition) => {
      const linting = new Linting(definition, timed);
      linting.run();
      return linting.findings;
    }),
  );
}

/** Each finding once, the worst first, then by place. */
export function inOrder(findings: readonly LintFinding[]): readonly LintFinding[] {
  const keyOf = ({ check, filter, message, origin }: LintFinding): string =>
    JSON.stringify([check, filter, message, origin?.file, origin?.line, origin?.column]);
  const once = new Map<string, LintFinding>();
  for (const finding of findings) if (!once.has(keyOf(finding))) once.set(keyOf(finding), finding);
  return [...once.values()].sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      (a.origin?.line ?? 0) - (b.origin?.line ?? 0),
  );
}
