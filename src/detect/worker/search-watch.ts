/**
 * Shows in shared memory which line is being taken and which regex searched for, so that another thread sees where this one is held up;
 * leaves out searches that have held up one before.
 * Hot: per line that may come to something, and per search.
 * @module
 */
import type { FilterParts } from "../../filter/filter-parts.ts";
import type { Pattern } from "../../filter/patterns.ts";
import { RegexBudgetError } from "../../regex/errors.ts";
import { type AvoidedSearch, CONTROL } from "./messages.ts";

export class SearchWatch {
  readonly #control: Int32Array;
  #base = 0;
  #avoided: readonly AvoidedSearch[] = [];
  #offsetOf: (behind: number, line: number) => number = () => -1;

  constructor(control: Int32Array) {
    this.#control = control;
  }

  /**
   * The next lines are of a chunk of which so much was taken.
   *
   * @param offsetOf where in the chunk the line with that number begins
   */
  begin(
    base: number,
    avoided: readonly AvoidedSearch[],
    offsetOf: (behind: number, line: number) => number,
  ): void {
    this.#base = base;
    this.#avoided = avoided;
    this.#offsetOf = offsetOf;
    this.line(0, -1);
  }

  /** A line begins. @see LogDetectorOptions.begins */
  line(behind: number, number: number): void {
    const control = this.#control;
    control[CONTROL.behind] = this.#base + behind;
    control[CONTROL.line] = number;
    this.#step();
  }

  /** The same parts, whose searches are seen. */
  watched({ detector, prefix, failures, ignores }: FilterParts): FilterParts {
    let number = 0;
    const watch = (pattern: Pattern): Pattern => this.#watched(pattern, number++);
    return {
      detector,
      prefix: prefix && watch(prefix),
      failures: failures.map(watch),
      ignores: ignores.map(watch),
    };
  }

  #watched(pattern: Pattern, number: number): Pattern {
    const control = this.#control;
    const search: Pattern["search"] = (text, maxSteps) => {
      if (this.#avoided.length > 0) this.#check(number);
      control[CONTROL.regex] = number;
      this.#step();
      try {
        return pattern.search(text, maxSteps);
      } finally {
        control[CONTROL.regex] = -1;
      }
    };
    // the rest of a pattern is asked for as it is: a look at its engine would choose one
    return Object.create(pattern, { search: { value: search, enumerable: true } });
  }

  #check(regex: number): void {
    const [behind = 0, line = 0] = this.#control.subarray(CONTROL.behind, CONTROL.line + 1);
    const offset = this.#offsetOf(behind, line);
    if (this.#avoided.some((avoided) => avoided.regex === regex && avoided.offset === offset))
      throw new RegexBudgetError("the search has held up a thread before");
  }

  #step(): void {
    this.#control[CONTROL.steps] = (this.#control[CONTROL.steps] ?? 0) + 1;
  }
}
