/**
 * Bans that hold: looks whether the firewall still has what the actions of all jails have put there. It looks when somebody was seen to
 * remove something, and at intervals; one action after the other, each in its own queue, and only while there are bans.
 * What is to be doubted is decided in {@link FirewallDoubts}; how an action looks and repairs is its own business.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { GaolerEvent, Observe } from "../base/event.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { RulesetChange } from "../firewall/ruleset-change.ts";
import type { LookOutcome } from "./action-look.ts";
import type { ActionTraces } from "./action-traces.ts";
import type { Enforcer } from "./enforcer.ts";
import { type Doubt, FirewallDoubts, joinDoubts } from "./firewall-doubts.ts";
import type { JailAction } from "./jail-action.ts";
import { LookTimes } from "./look-times.ts";
import { type AlreadyBanned, PorousBans, porousText } from "./porous-bans.ts";

/** Between two turns while bans exist, and while there is something to judge; milliseconds. */
const TURN_MS = 2000;
const HASTY_TURN_MS = 200;
/** A look that takes longer holds up no other. */
const LOOK_PATIENCE_MS = 3000;
/** Looks at a time that there is a reason for; those at intervals come one after the other. */
const LOOKS_AT_ONCE = 4;

/** Sees what is removed from the ruleset. */
export interface RulesetMonitor {
  readonly isRunning: boolean;
  start(): void;
  stop(): void;
}

export interface FirewallWatchOptions {
  /** those of the running jails, as they are now */
  enforcers(): Iterable<Enforcer>;
  readonly clock: Clock;
  readonly observe: Observe;
  monitor(changed: (change: RulesetChange) => void): RulesetMonitor;
}

/** An action with bans that can be looked at. */
interface Holder {
  readonly key: string;
  readonly enforcer: Enforcer;
  readonly action: JailAction;
  readonly traces: ActionTraces;
}

const CHECK: Doubt = { checks: true, lost: new Set(), counts: true };

export class FirewallWatch {
  readonly #options: FirewallWatchOptions;
  readonly #monitor: RulesetMonitor;
  readonly #doubts = new FirewallDoubts();
  readonly #times = new LookTimes();
  readonly #porous = new PorousBans();
  /** doubts whose look must wait */
  readonly #owed = new Map<string, Doubt>();
  readonly #underWay = new Set<string>();
  /** the monitor has seen a change by iptables: it is the variant that it can see */
  #seesIptables = false;
  #timer: NodeJS.Timeout | undefined;
  #isHasty = false;
  #isTurning = false;
  #isClosed = false;

  constructor(options: FirewallWatchOptions) {
    this.#options = options;
    this.#monitor = options.monitor((change) => this.#changed(change));
  }

  /** Sees what happens in gaoler: the first ban that an action carries out wakes the watch; one that does not help is looked at. */
  noticed(event: GaolerEvent): void {
    if (event.type === "already-banned" && this.#porous.isWorthALook(event, this.#options.clock.now())) {
      void this.#lookAtPorous(event);
    }
    if (event.type !== "carried-out" || event.operation !== "ban") return;
    if (this.#timer !== undefined || this.#isTurning || this.#isClosed) return;
    // the monitor is to run before anybody can remove what was just banned
    this.#isHasty = true;
    this.#timer = setTimeout(() => void this.#turn(), 0);
  }

  /** Looks no more. */
  close(): void {
    this.#isClosed = true;
    this.#sleep();
  }

  #changed(change: RulesetChange): void {
    if (change.kind === "applied" && /^ip6?tables/.test(change.program)) this.#seesIptables = true;
    this.#doubts.take(change, this.#options.clock.now());
    if (this.#doubts.isOpen && !this.#isHasty && !this.#isTurning) this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#isHasty = this.#doubts.isOpen || this.#owed.size > 0;
    this.#timer = setTimeout(() => void this.#turn(), this.#isHasty ? HASTY_TURN_MS : TURN_MS);
    this.#timer.unref();
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isHasty = false;
    this.#monitor.stop();
    this.#doubts.settle([]);
    this.#owed.clear();
    this.#times.clear();
  }

  async #turn(): Promise<void> {
    const holders = this.#holders();
    if (holders.length === 0) {
      this.#sleep();
      return;
    }
    this.#isTurning = true;
    if (holders.some(({ traces }) => traces.tools.size > 0)) this.#monitor.start();
    const now = this.#options.clock.now();
    if (this.#doubts.isDue(now)) this.#judge(holders);
    this.#keep(new Set(holders.map(({ key }) => key)));
    const due = holders.flatMap((holder) => {
      const doubt = this.#due(holder, now);
      return doubt === undefined ? [] : [{ holder, doubt }];
    });
    const workers = due.some(({ doubt }) => doubt !== CHECK) ? LOOKS_AT_ONCE : 1;
    const waiting = due.values();
    const work = async (): Promise<void> => {
      for (const { holder, doubt } of waiting) {
        if (!this.#isClosed) await this.#patiently(this.#look(holder, doubt));
      }
    };
    await Promise.all(Array.from({ length: workers }, work));
    this.#isTurning = false;
    this.#arm();
  }

  #holders(): Holder[] {
    const holders: Holder[] = [];
    for (const enforcer of this.#options.enforcers()) {
      for (const action of enforcer.actions) {
        const { traces, holds = 0 } = action;
        const key = `${enforcer.jail}/${action.name}`;
        if (traces !== undefined && holds > 0) holders.push({ key, enforcer, action, traces });
      }
    }
    return holders;
  }

  #judge(holders: readonly Holder[]): void {
    const doubts = this.#doubts.settle(holders.map(({ traces }) => traces));
    for (const [index, { key }] of holders.entries()) {
      const doubt = doubts[index];
      if (doubt !== undefined) this.#owed.set(key, joinDoubts(this.#owed.get(key), doubt));
    }
  }

  /** What an action is to be looked at for, if it is time. */
  #due({ key, traces }: Holder, now: EpochSeconds): Doubt | undefined {
    if (this.#underWay.has(key)) return undefined;
    const owed = this.#owed.get(key);
    const due = this.#times.due(key, { now, hasReason: owed !== undefined, isSeen: this.#isSeen(traces) });
    if (due === undefined) return undefined;
    if (owed === undefined) return CHECK;
    return due === "all" ? joinDoubts(owed, CHECK) : owed;
  }

  /** Whether what somebody removes from this action's rules is seen at once. */
  #isSeen({ tools }: ActionTraces): boolean {
    if (tools.size === 0) return true;
    if (!this.#monitor.isRunning || tools.has("ipset")) return false;
    return !tools.has("iptables") || this.#seesIptables;
  }

  async #look({ key, enforcer, action }: Holder, doubt: Doubt): Promise<LookOutcome> {
    this.#owed.delete(key);
    this.#underWay.add(key);
    const { clock } = this.#options;
    let outcome: LookOutcome = "failed";
    let begunAt = clock.now();
    try {
      const looked = enforcer.call(action.name, async () => {
        begunAt = clock.now();
        return (await action.look?.(doubt)) ?? "fine";
      });
      outcome = (await looked) ?? "fine";
    } catch {
      // the look could not be made; it is made again later
    }
    this.#underWay.delete(key);
    const now = clock.now();
    this.#times.looked(key, { now, outcome, isAll: doubt.checks, took: Math.max(0, now - begunAt) });
    return outcome;
  }

  /** Somebody who is banned gets through: if nothing is missing in the firewall, that is said. */
  async #lookAtPorous(event: AlreadyBanned): Promise<void> {
    const holders = this.#holders().filter(
      ({ enforcer, traces }) => enforcer.jail === event.jail && traces.tools.size > 0,
    );
    for (const holder of holders) {
      if (this.#underWay.has(holder.key) || this.#isClosed) return;
      const isFine = (await this.#look(holder, CHECK)) === "fine";
      if (!isFine || holder.action.lacks(event.id)) return;
    }
    if (holders.length === 0 || this.#isClosed) return;
    const text = porousText(
      event,
      holders.map(({ action }) => action.name),
    );
    this.#options.observe({ type: "message", level: "WARNING", logger: "actions", text });
  }

  #keep(keys: ReadonlySet<string>): void {
    this.#times.keep(keys);
    for (const key of this.#owed.keys()) if (!keys.has(key)) this.#owed.delete(key);
  }

  #patiently(work: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_PATIENCE_MS);
      void work.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
