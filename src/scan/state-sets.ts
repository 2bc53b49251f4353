/**
 * What is open of all patterns at a place of a line: the sets of states that become the rows of the table, and the step from one to
 * the next. Anchors ask what stands before a place, known when it is reached, and what comes behind it, known with the next byte.
 * @module
 */
import { AcceptSets, NO_PATTERN } from "./accept-sets.ts";
import { ACCEPT, ASSERT, type ByteAutomaton, type ByteState, READ, SPLIT } from "./byte-automaton.ts";

// What stands before a place.
const AT_START = 1;
const AFTER_NEWLINE = 2;
const AFTER_WORD = 4;
/** of which nobody knows whether it belongs to a word */
const AFTER_HIGH = 8;

/** As the class behind a place: the text ends there. */
const END = -1;

export interface StateSet {
  /** states that wait for a byte, ascending */
  readonly open: Int32Array;
  /** what stands before, if that matters */
  readonly before: number;
  /** number of the set of patterns that have matched */
  readonly accepted: number;
  /** nothing more can match */
  readonly isFinal: boolean;
}

export class StateSets {
  readonly #automaton: ByteAutomaton;
  readonly #states: readonly ByteState[];
  readonly accepts: AcceptSets;
  readonly #wordClasses: Uint8Array;
  readonly #seen: Int32Array;
  #round = 0;
  /** states looked at so far */
  work = 0;

  constructor(automaton: ByteAutomaton, patternCount: number) {
    this.#automaton = automaton;
    this.#states = automaton.states;
    this.accepts = new AcceptSets(patternCount, automaton.owners);
    const { classes } = automaton;
    this.#wordClasses = new Uint8Array(classes.count);
    for (const [byte, number] of classes.ofByte.entries()) {
      if (/\w/.test(String.fromCharCode(byte))) this.#wordClasses[number] = 1;
    }
    this.#seen = new Int32Array(automaton.states.length);
  }

  /** Where every line begins. What matches behind its newline matches every line. */
  first(): StateSet {
    const matched = [...this.#automaton.tooLarge];
    const last = this.#enter([], AFTER_NEWLINE, NO_PATTERN);
    this.#passing(last, END, matched);
    return this.#enter([], AT_START, this.accepts.with(last.accepted, matched));
  }

  /** Behind a byte of the class; the newline's is the line's end, behind which nothing is open. */
  after(set: StateSet, classNumber: number): StateSet {
    const { classes } = this.#automaton;
    if (classNumber !== classes.newline) return this.#read(set, classNumber, this.#contextAfter(classNumber));
    const last = this.#read(set, classNumber, AFTER_NEWLINE);
    const matched: number[] = [];
    this.#passing(last, END, matched);
    return {
      open: new Int32Array(0),
      before: 0,
      accepted: this.accepts.with(last.accepted, matched),
      isFinal: true,
    };
  }

  #contextAfter(classNumber: number): number {
    if (classNumber === this.#automaton.classes.high) return AFTER_HIGH;
    return this.#wordClasses[classNumber] === 1 ? AFTER_WORD : 0;
  }

  #read(set: StateSet, classNumber: number, context: number): StateSet {
    const { classes } = this.#automaton;
    const matched: number[] = [];
    const targets: number[] = [];
    for (const index of this.#passing(set, classNumber, matched)) {
      const state = this.#states[index];
      if (state?.kind !== READ || !classes.isIn(classNumber, state.set)) continue;
      targets.push(state.next);
      // the next byte may belong to the same character
      if (classNumber === classes.high) targets.push(index);
    }
    return this.#enter(targets, context, this.accepts.with(set.accepted, matched));
  }

  /** The open states as far as the anchors let them; the patterns that end here are put into `matched`. */
  #passing({ open, before, accepted }: StateSet, after: number, matched: number[]): readonly number[] {
    const passing = Array.from(open);
    this.#round++;
    for (const index of passing) this.#seen[index] = this.#round;
    for (let next = 0; next < passing.length; next++) {
      const state = this.#states[passing[next] ?? -1];
      if (state?.kind !== ASSERT || !this.#holds(state.at, before, after)) continue;
      this.#expand(state.next, { context: before, accepted, open: passing, matched });
    }
    this.work += passing.length;
    return passing;
  }

  /** The set of these states and of those at which a pattern may begin. */
  #enter(targets: readonly number[], context: number, before: number): StateSet {
    const { anchored, floating } = this.#automaton;
    const open: number[] = [];
    const matched: number[] = [];
    const goal = { context, accepted: before, open, matched };
    this.#round++;
    for (const target of targets) this.#expand(target, goal);
    if ((context & (AT_START | AFTER_NEWLINE)) !== 0 && anchored >= 0) this.#expand(anchored, goal);
    if (floating >= 0) this.#expand(floating, goal);
    this.work += targets.length + open.length;
    const accepted = this.accepts.with(before, matched);
    const isOpen = (index: number): boolean =>
      !this.accepts.holds(accepted, this.#states[index]?.owner ?? -1);
    const waiting = Int32Array.from(accepted === before ? open : open.filter(isOpen)).sort();
    const asks = waiting.some((index) => this.#states[index]?.kind === ASSERT);
    const isFinal =
      waiting.length === 0 &&
      (floating < 0 || this.accepts.holds(accepted, this.#states[floating]?.owner ?? -1));
    return { open: waiting, before: asks ? context : 0, accepted, isFinal };
  }

  /** Adds the states that a state leads to without reading, but for anchors that ask what comes. */
  #expand(
    from: number,
    goal: {
      readonly context: number;
      readonly accepted: number;
      readonly open: number[];
      readonly matched: number[];
    },
  ): void {
    const pending = [from];
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      const state = this.#states[index];
      if (state === undefined || this.#seen[index] === this.#round) continue;
      this.#seen[index] = this.#round;
      this.work++;
      if (this.accepts.holds(goal.accepted, state.owner)) continue;
      if (state.kind === SPLIT) pending.push(state.other, state.next);
      else if (state.kind === ACCEPT) goal.matched.push(state.pattern);
      else if (state.kind === ASSERT && (state.at === "text-start" || state.at === "line-start")) {
        if (this.#holds(state.at, goal.context, END)) pending.push(state.next);
      } else goal.open.push(index);
    }
  }

  /** Whether the anchor may hold between what stands before and behind. */
  #holds(at: ByteState["at"], before: number, after: number): boolean {
    const { classes } = this.#automaton;
    switch (at) {
      case "text-start":
        return (before & AT_START) !== 0;
      case "text-end":
        return after === END;
      case "line-start":
        return (before & (AT_START | AFTER_NEWLINE)) !== 0;
      case "line-end":
      case "last-line-end":
        return after === END || after === classes.newline;
      case "word-boundary":
      case "no-word-boundary": {
        if ((before & AFTER_HIGH) !== 0 || after === classes.high) return true;
        const left = (before & AFTER_WORD) !== 0;
        const right = after !== END && this.#wordClasses[after] === 1;
        return (left !== right) === (at === "word-boundary");
      }
      default:
        return true;
    }
  }
}
