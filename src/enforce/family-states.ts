/**
 * How far an action is with each address family, and which bans it has carried out there.
 *
 * ```
 * not-started ──start──► started ──ban──► has-items
 *      ▲                    ▲                 │ flush, repair
 *      └──────stop──────────┴─────────────────┘
 * ```
 * A family has items from its first ban until a flush, as in fail2ban (B§4.6); single unbans do not take that back.
 * @module
 */
import type { ActionFamily } from "../action/action-definition.ts";
import { IdNumbers } from "../ban/id-numbers.ts";

/** Counts an action's repairs: a ban of an earlier epoch has to be made again (B§4.8). */
export type BanEpoch = number;

export type FamilyState =
  | { readonly kind: "not-started"; readonly hasFailed: boolean }
  | { readonly kind: "started" }
  | { readonly kind: "has-items"; readonly applied: IdNumbers };

const NOT_STARTED: FamilyState = { kind: "not-started", hasFailed: false };

export class FamilyStates {
  readonly #states = new Map<ActionFamily, FamilyState>();
  /** bans that should have been carried out and were not, or were lost in a repair */
  readonly #missing = new Map<string, ActionFamily>();
  /** repairs by family; a family without an entry was never repaired */
  readonly #epochs = new Map<ActionFamily, BanEpoch>();
  #epoch: BanEpoch = 0;

  /** Repairs of all families so far. */
  get epoch(): BanEpoch {
    return this.#epoch;
  }

  /** These families were made anew: what was carried out there before may be gone. */
  nextEpoch(families: readonly ActionFamily[]): void {
    this.#epoch += 1;
    for (const family of families) this.#epochs.set(family, this.#epoch);
  }

  /** Bans that were carried out and not lifted. */
  get holds(): number {
    let count = 0;
    for (const state of this.#states.values()) if (state.kind === "has-items") count += state.applied.size;
    return count;
  }

  /** Of these, the ones that no repair has lost. */
  get inForce(): number {
    let count = 0;
    for (const family of this.#states.keys()) count += this.inForceIn(family);
    return count;
  }

  inForceIn(family: ActionFamily): number {
    const state = this.of(family);
    if (state.kind !== "has-items") return 0;
    let count = 0;
    for (const epoch of state.applied.values()) if (epoch >= this.#epochOf(family)) count += 1;
    return count;
  }

  /** The family in which a ban was carried out and not lifted. */
  familyOf(id: string): ActionFamily | undefined {
    for (const [family, state] of this.#states) {
      if (state.kind === "has-items" && state.applied.has(id)) return family;
    }
    return undefined;
  }

  of(family: ActionFamily): FamilyState {
    return this.#states.get(family) ?? NOT_STARTED;
  }

  isStarted(family: ActionFamily): boolean {
    return this.of(family).kind !== "not-started";
  }

  /** Families in use, in the order of their start. */
  started(): ActionFamily[] {
    return [...this.#states.keys()].filter((family) => this.isStarted(family));
  }

  withItems(): ActionFamily[] {
    return [...this.#states.keys()].filter((family) => this.of(family).kind === "has-items");
  }

  /** A start has succeeded; what the family held before stays. */
  start(family: ActionFamily): void {
    if (!this.isStarted(family)) this.#states.set(family, { kind: "started" });
  }

  failStart(family: ActionFamily): void {
    this.#states.set(family, { kind: "not-started", hasFailed: true });
  }

  /** All families are down, and nothing is remembered of them. */
  stop(): void {
    this.#states.clear();
    this.#missing.clear();
  }

  /** All items are gone, the rest stands. */
  flush(family: ActionFamily): void {
    if (this.isStarted(family)) this.#states.set(family, { kind: "started" });
  }

  /** All bans are lifted; none is missing any more. */
  forgetMissing(): void {
    this.#missing.clear();
  }

  /** A ban has been carried out. */
  apply(family: ActionFamily, id: string): void {
    this.#missing.delete(id);
    const state = this.of(family);
    // a ban that succeeds proves the family usable, started by us or not
    if (state.kind === "has-items") state.applied.set(id, this.#epoch);
    else {
      const applied = new IdNumbers(Math.floor(Math.random() * 2 ** 32));
      applied.set(id, this.#epoch);
      this.#states.set(family, { kind: "has-items", applied });
    }
  }

  /** A ban could not be carried out, or is no more. */
  miss(family: ActionFamily, id: string): void {
    this.lift(id);
    this.#missing.set(id, family);
  }

  /** A ban is not wanted any longer. */
  lift(id: string): void {
    this.#missing.delete(id);
    for (const state of this.#states.values()) if (state.kind === "has-items") state.applied.delete(id);
  }

  /** Whether a ban is missing, or was carried out before the last repair and not since. */
  lacks(id: string): boolean {
    if (this.#missing.has(id)) return true;
    // asked for each time a banned ID has failed often enough again: mostly nothing was ever repaired
    if (this.#epochs.size === 0) return false;
    for (const [family, state] of this.#states) {
      const epoch = state.kind === "has-items" ? state.applied.get(id) : undefined;
      if (epoch !== undefined && epoch < this.#epochOf(family)) return true;
    }
    return false;
  }

  /** IDs of a family that {@link lacks} holds for, in the order of banning; the missing ones last. */
  lost(family: ActionFamily): string[] {
    const state = this.of(family);
    const stale: string[] = [];
    for (const [id, epoch] of state.kind === "has-items" ? state.applied.entries() : []) {
      if (epoch < this.#epochOf(family)) stale.push(id);
    }
    const missing = [...this.#missing].filter(([, ofFamily]) => ofFamily === family).map(([id]) => id);
    return [...stale, ...missing];
  }

  /** Families that bans are missing in. */
  withMissing(): ActionFamily[] {
    return [...new Set(this.#missing.values())];
  }

  #epochOf(family: ActionFamily): BanEpoch {
    return this.#epochs.get(family) ?? 0;
  }
}
