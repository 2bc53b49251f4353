/**
 * What is open of all patterns at a place of a line: the sets of states that become the rows of the table, and the step from one to
 * the next. Knows not what anchors and looks behind ask for.
 * @module
 */
import { AcceptSets, NO_PATTERN } from "./accept-sets.ts";
import type { ByteAutomaton } from "./byte-automaton.ts";
import { AT_START, asksBehind, asksForWords, Conditions, END } from "./conditions.ts";
import { ACCEPT, ASSERT, lookBehindOf, READ, SPLIT } from "./state-list.ts";

/** States that a set may have open to be tried whether it stays as it is. */
const MAX_SETTLED = 6;

/** Rounds of marks beyond which they are cleared. */
const MAX_ROUND = 0x7fff_ffff;

export interface StateSet {
  /** states that wait for a byte, ascending */
  readonly open: Int32Array;
  /** some of them ask what comes before they let anything pass */
  readonly asks: boolean;
  /** what stands before, as far as one asks */
  readonly before: number;
  /** number of the set of patterns that have matched */
  readonly accepted: number;
  /** nothing more can match */
  readonly isFinal: boolean;
}

export function isSameSet(one: StateSet, other: StateSet): boolean {
  return (
    one.accepted === other.accepted &&
    one.before === other.before &&
    one.isFinal === other.isFinal &&
    one.open.length === other.open.length &&
    one.open.every((index, place) => index === other.open[place])
  );
}

export class StateSets {
  readonly accepts: AcceptSets;
  readonly #automaton: ByteAutomaton;
  readonly #conditions: Conditions;
  /** sets that tell whether what is behind a character of a class is alike */
  readonly #lookedBackAt: readonly number[];
  /** whether words begin and end for some pattern */
  readonly #hasWords: boolean;
  readonly #alike: Int32Array;
  /** by state: the round in which it was last met */
  readonly #seen: Int32Array;
  #round = 0;
  /** states met in this round that were not looked at, those that wait, and patterns that match */
  readonly #pending: Int32Array;
  #pendingCount = 0;
  readonly #open: Int32Array;
  #openCount = 0;
  #matched: number[] = [];
  /** states looked at so far */
  work = 0;

  /** @param stranger a pattern behind which nothing matters; -1 for none */
  constructor(automaton: ByteAutomaton, patternCount: number, stranger = -1) {
    const { classes, kinds } = automaton;
    this.#automaton = automaton;
    this.accepts = new AcceptSets(patternCount, automaton.owned, stranger);
    this.#conditions = new Conditions(automaton);
    const conditions = new Set(automaton.details.filter((_, state) => kinds[state] === ASSERT));
    this.#lookedBackAt = [...conditions].flatMap((condition) => lookBehindOf(condition)?.set ?? []);
    this.#hasWords = [...conditions].some(asksForWords);
    this.#alike = new Int32Array(classes.words);
    this.#seen = new Int32Array(kinds.length);
    this.#pending = new Int32Array(kinds.length);
    this.#open = new Int32Array(kinds.length);
  }

  /** Where every line begins. What matches behind its newline matches every line. */
  first(): StateSet {
    const last = this.#firstAt(this.#conditions.contextAfter(this.#automaton.classes.newline), NO_PATTERN);
    const every = this.accepts.with(this.#acceptedAtEnd(last), this.#automaton.tooLarge);
    return this.#firstAt(AT_START, every);
  }

  #firstAt(context: number, accepted: number): StateSet {
    this.#begin();
    if (this.#automaton.anchored >= 0) this.#meet(this.#automaton.anchored);
    return this.#enter(context, accepted);
  }

  /**
   * A set that stays as it is until the line's end is what it comes to there: the rest of the line need not be walked.
   * Only small sets are tried.
   */
  settled(set: StateSet): StateSet {
    const { count, newline } = this.#automaton.classes;
    if (set.isFinal || set.open.length === 0 || set.open.length > MAX_SETTLED) return set;
    for (let classNumber = 0; classNumber < count; classNumber++) {
      if (classNumber !== newline && !isSameSet(this.after(set, classNumber), set)) return set;
    }
    return this.after(set, newline);
  }

  /** Behind a byte of the class; the newline's is the line's end, behind which nothing is open. */
  after(set: StateSet, classNumber: number): StateSet {
    const last = this.#read(set, classNumber, this.#conditions.contextAfter(classNumber));
    if (classNumber !== this.#automaton.classes.newline) return last;
    const accepted = this.#acceptedAtEnd(last);
    return { open: new Int32Array(0), asks: false, before: 0, accepted, isFinal: true };
  }

  /** Classes behind which a set comes to the same as behind this one, which is among them. */
  alike(set: StateSet, classNumber: number): readonly number[] {
    const { classes, kinds, details } = this.#automaton;
    const { newline, high, count } = classes;
    if (classNumber === newline || classNumber === high) return [classNumber];
    const kept = this.#alike.fill(-1);
    for (const index of this.#passing(set, classNumber))
      if (kinds[index] === READ) classes.keepAlike(kept, classNumber, details[index] ?? 0);
    for (const asked of this.#lookedBackAt) classes.keepAlike(kept, classNumber, asked);
    const found: number[] = [];
    for (let other = 0; other < count; other++) {
      if (((kept[other >> 5] ?? 0) & (1 << (other & 31))) === 0 || other === newline || other === high)
        continue;
      if (!this.#hasWords || this.#conditions.areAlikeInWords(other, classNumber)) found.push(other);
    }
    return found;
  }

  #read(set: StateSet, classNumber: number, context: number): StateSet {
    const { classes, kinds, next, details } = this.#automaton;
    const passing = this.#passing(set, classNumber);
    const accepted = this.accepts.with(set.accepted, this.#matched);
    const isHigh = classNumber === classes.high;
    this.#begin();
    for (let place = 0; place < passing.length; place++) {
      const index = passing[place] ?? 0;
      if (kinds[index] !== READ || !classes.isIn(classNumber, details[index] ?? 0)) continue;
      this.#meet(next[index] ?? 0);
      // the next byte may belong to the same character
      if (isHigh) this.#meet(index);
    }
    return this.#enter(context, accepted);
  }

  #acceptedAtEnd(set: StateSet): number {
    this.#passing(set, END);
    return this.accepts.with(set.accepted, this.#matched);
  }

  /** The open states as far as the anchors let them, and the patterns that end here. */
  #passing({ open, asks, before, accepted }: StateSet, after: number): Int32Array {
    const { kinds, next, details } = this.#automaton;
    this.#begin();
    this.work += open.length;
    if (!asks) return open;
    for (const index of open) this.#meet(index);
    this.#pendingCount = 0;
    this.#open.set(open);
    this.#openCount = open.length;
    for (let place = 0; place < this.#openCount; place++) {
      const index = this.#open[place] ?? 0;
      if (kinds[index] !== ASSERT || !this.#conditions.holds(details[index] ?? 0, before, after)) continue;
      this.#meet(next[index] ?? 0);
      this.#expand(before, accepted);
    }
    return this.#open.slice(0, this.#openCount);
  }

  /** The set of the states just met and of those at which a pattern may begin anywhere. */
  #enter(context: number, before: number): StateSet {
    const { floating, kinds, owners } = this.#automaton;
    if (floating >= 0) this.#meet(floating);
    this.#expand(context, before);
    const accepted = this.accepts.with(before, this.#matched);
    if (accepted !== before) this.#dropAccepted(accepted);
    const open = this.#open.slice(0, this.#openCount).sort();
    let asks = false;
    let asked = 0;
    for (const index of open) {
      if (kinds[index] !== ASSERT) continue;
      asks = true;
      asked |= this.#conditions.asked[index] ?? 0;
    }
    const isFinal =
      open.length === 0 && (floating < 0 || this.accepts.holds(accepted, owners[floating] ?? 0));
    return { open, asks, before: context & asked, accepted, isFinal };
  }

  #dropAccepted(accepted: number): void {
    const { owners } = this.#automaton;
    let kept = 0;
    for (let place = 0; place < this.#openCount; place++) {
      const index = this.#open[place] ?? 0;
      if (!this.accepts.holds(accepted, owners[index] ?? 0)) this.#open[kept++] = index;
    }
    this.#openCount = kept;
  }

  #begin(): void {
    if (this.#round === MAX_ROUND) {
      this.#seen.fill(0);
      this.#round = 0;
    }
    this.#round++;
    this.#pendingCount = 0;
    this.#openCount = 0;
    if (this.#matched.length > 0) this.#matched = [];
  }

  #meet(index: number): void {
    if (this.#seen[index] === this.#round) return;
    this.#seen[index] = this.#round;
    this.#pending[this.#pendingCount++] = index;
  }

  /** Opens what the states met lead to without reading; anchors that ask what comes are open, too. */
  #expand(context: number, accepted: number): void {
    const { kinds, next, other, details, owners } = this.#automaton;
    while (this.#pendingCount > 0) {
      const index = this.#pending[--this.#pendingCount] ?? 0;
      this.work++;
      if (this.accepts.holds(accepted, owners[index] ?? 0)) continue;
      switch (kinds[index]) {
        case READ:
          this.#open[this.#openCount++] = index;
          break;
        case SPLIT:
          this.#meet(other[index] ?? 0);
          this.#meet(next[index] ?? 0);
          break;
        case ACCEPT:
          this.#matched.push(details[index] ?? 0);
          break;
        default:
          this.#pass(index, context);
      }
    }
  }

  #pass(index: number, context: number): void {
    const { details, next } = this.#automaton;
    const condition = details[index] ?? 0;
    if (asksBehind(condition)) this.#open[this.#openCount++] = index;
    else if (this.#conditions.holds(condition, context, END)) this.#meet(next[index] ?? 0);
  }
}
