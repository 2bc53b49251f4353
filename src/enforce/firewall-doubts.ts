/**
 * What was seen to be removed from the firewall, until it is quiet; then what each action has to doubt. Decides from what it is
 * told and a clock value; looks at nothing itself. An action's own unbans and stops remove things too: the look tells whose doing it was.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { RulesetChange } from "../firewall/ruleset-change.ts";
import type { ActionTraces } from "./action-traces.ts";

/** Somebody who removes one thing removes more: it is waited for, but not for ever. */
const QUIET: Seconds = 0.6;
const LONGEST_WAIT: Seconds = 2.5;
/** Who rewrites a set in one transaction takes all out of it first: what is told of tens of thousands of elements takes seconds to read. */
const LONGEST_TRANSACTION: Seconds = 20;
/** Names kept at a time; beyond that everything is doubted. */
const MAX_NAMES = 2000;
/** Removed elements kept at a time; beyond that everything is doubted. */
const MAX_ELEMENTS = 100_000;

/** What one action has to doubt. */
export interface Doubt {
  /** whether all that it set up is still there */
  readonly checks: boolean;
  /** texts of addresses that were taken out of its sets */
  readonly lost: ReadonlySet<string>;
  /** whether a chain of its own holds all its bans */
  readonly counts: boolean;
}

/** Removals since the last time it was quiet. */
export class FirewallDoubts {
  #isAll = false;
  readonly #names = new Set<string>();
  /** chains that rules were taken out of */
  readonly #chains = new Set<string>();
  readonly #elements = new Map<string, Set<string>>();
  #elementCount = 0;
  #firstAt: EpochSeconds | undefined;
  #lastAt: EpochSeconds = 0;
  /** the monitor tells where transactions end; and one has been told of in part */
  #tellsEnds = false;
  #isMidway = false;

  /** Whether something was removed that nobody has judged yet. */
  get isOpen(): boolean {
    return this.#firstAt !== undefined;
  }

  /** Whether it is quiet again, or has been long enough in turmoil; in the midst of a transaction what was removed may come again. */
  isDue(now: EpochSeconds): boolean {
    if (this.#firstAt === undefined) return false;
    const waited = now - this.#firstAt;
    if (this.#isMidway && waited >= 0) return waited >= LONGEST_TRANSACTION;
    return now - this.#lastAt >= QUIET || waited >= LONGEST_WAIT || waited < 0;
  }

  take(change: RulesetChange, now: EpochSeconds): void {
    switch (change.kind) {
      case "applied":
        this.#tellsEnds = true;
        this.#isMidway = false;
        return;
      case "element-added":
        this.#added(change.name, change.element);
        return;
      case "unseen":
        this.#isAll = true;
        this.#isMidway = false;
        break;
      case "element-removed":
        this.#removeElement(change.name, change.element);
        this.#isMidway = this.#tellsEnds;
        break;
      case "removed":
        this.#remove(change);
        this.#isMidway = this.#tellsEnds;
        break;
      default:
        change satisfies never;
    }
    this.#firstAt ??= now;
    this.#lastAt = now;
  }

  /** What actions with these traces have to doubt, `undefined` for nothing; in their order. All is forgotten then. */
  settle(actions: readonly ActionTraces[]): (Doubt | undefined)[] {
    const doubts = actions.map((traces) => this.#doubtOf(traces));
    this.#isAll = false;
    this.#names.clear();
    this.#chains.clear();
    this.#elements.clear();
    this.#elementCount = 0;
    this.#firstAt = undefined;
    this.#isMidway = false;
    return doubts;
  }

  #doubtOf({ words, banWords, ownChains }: ActionTraces): Doubt | undefined {
    const lost = new Set<string>();
    for (const [set, elements] of this.#elements) {
      if (banWords.has(set)) for (const element of elements) lost.add(element);
    }
    const chains = [...this.#chains].filter((name) => words.has(name));
    const counts = this.#isAll || chains.some((name) => ownChains.has(name));
    // a rule that goes elsewhere may be the way into its own chain or set
    const isAstray = chains.some((name) => !ownChains.has(name));
    const checks = this.#isAll || isAstray || [...this.#names].some((name) => words.has(name));
    return checks || counts || lost.size > 0 ? { checks, lost, counts } : undefined;
  }

  #remove({ what, name }: Extract<RulesetChange, { kind: "removed" }>): void {
    // iptables does not say in which table it works; tables do not go often
    if (what === "table" || this.#names.size + this.#chains.size >= MAX_NAMES) this.#isAll = true;
    else if (what === "rule") this.#chains.add(name);
    else this.#names.add(name);
  }

  #removeElement(set: string, element: string): void {
    if (this.#elementCount >= MAX_ELEMENTS) {
      this.#isAll = true;
      return;
    }
    const elements = this.#elements.get(set) ?? new Set();
    this.#elementCount += 1;
    this.#elements.set(set, elements.add(element));
  }

  /** A range that comes may hold what goes: sets can join neighbours. */
  #added(set: string, element: string): void {
    if (element.includes("-") || element.includes("/")) this.#elements.delete(set);
    else this.#elements.get(set)?.delete(element);
  }
}

/** What is doubted in one of two. */
export function joinDoubts(one: Doubt | undefined, other: Doubt): Doubt {
  if (one === undefined) return other;
  return {
    checks: one.checks || other.checks,
    lost: new Set([...one.lost, ...other.lost]),
    counts: one.counts || other.counts,
  };
}
