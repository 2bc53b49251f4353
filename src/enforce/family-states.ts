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

/** Counts an action's repairs: a ban of an earlier epoch has to be made again (B§4.8). */
export type BanEpoch = number;

export type FamilyState =
  | { readonly kind: "not-started"; readonly hasFailed: boolean }
  | { readonly kind: "started" }
  | { readonly kind: "has-items"; readonly applied: Map<string, BanEpoch> };

const NOT_STARTED: FamilyState = { kind: "not-started", hasFailed: false };

export class FamilyStates {
  readonly #states = new Map<ActionFamily, FamilyState>();

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

  stop(family: ActionFamily): void {
    this.#states.delete(family);
  }

  /** All items are gone, the rest stands. */
  flush(family: ActionFamily): void {
    if (this.isStarted(family)) this.#states.set(family, { kind: "started" });
  }

  /** A ban has been carried out. */
  apply(family: ActionFamily, id: string, epoch: BanEpoch): void {
    const state = this.of(family);
    // a ban that succeeds proves the family usable, started by us or not
    if (state.kind === "has-items") state.applied.set(id, epoch);
    else this.#states.set(family, { kind: "has-items", applied: new Map([[id, epoch]]) });
  }

  /** A ban is no more. */
  lift(family: ActionFamily, id: string): void {
    const state = this.of(family);
    if (state.kind === "has-items") state.applied.delete(id);
  }

  /** Bans that were carried out in a family, with their epochs. */
  applied(family: ActionFamily): ReadonlyMap<string, BanEpoch> {
    const state = this.of(family);
    return state.kind === "has-items" ? state.applied : new Map();
  }
}
