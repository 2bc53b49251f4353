/**
 * All jails of the daemon: how they begin, beside each other, are renewed by a reload, and go. Knows no configuration and no clients.
 * @module
 */
import type { JailSettings } from "../config/settings.ts";
import type { JailPorts } from "../jail/jail-ports.ts";
import { JailSlot } from "./jail-slot.ts";

/** How a start went. */
export interface StartReport {
  readonly running: readonly string[];
  readonly failed: readonly string[];
}

interface SlotsDeps {
  readonly ports: JailPorts;
  /** resolves when this machine knows its own addresses and names, or has waited long enough for them */
  readonly isKnown: Promise<void>;
  /** nothing is begun any more */
  isStopping(): boolean;
  say(text: string): void;
}

export class JailSlots {
  readonly #deps: SlotsDeps;
  readonly #slots = new Map<string, JailSlot>();

  constructor(deps: SlotsDeps) {
    this.#deps = deps;
  }

  /** In the order in which they came; those that come while they are gone through are among them. */
  all(): Iterable<JailSlot> {
    return this.#slots.values();
  }

  get(name: string): JailSlot | undefined {
    return this.#slots.get(name);
  }

  has(name: string): boolean {
    return this.#slots.has(name);
  }

  add(slot: JailSlot): void {
    this.#slots.set(slot.name, slot);
  }

  /** Starts jails beside each other; one that cannot run is told and left out. */
  async start(jails: readonly JailSettings[]): Promise<StartReport> {
    const starts: Promise<{ readonly name: string; readonly isRunning: boolean }>[] = [];
    for (const settings of jails) {
      starts.push(this.#restart(settings).then((isRunning) => ({ name: settings.name, isRunning })));
      // whoever asks something meanwhile is answered
      await new Promise((resolve) => setImmediate(resolve));
    }
    const results = await Promise.all(starts);
    const namesOf = (isRunning: boolean): string[] =>
      results.filter((result) => result.isRunning === isRunning).map(({ name }) => name);
    return { running: namesOf(true), failed: namesOf(false) };
  }

  /**
   * Takes new settings: a running jail goes on by them, unless it shall start anew.
   *
   * @returns whether a jail runs by them
   */
  async renew(slot: JailSlot | undefined, settings: JailSettings, restart: boolean): Promise<boolean> {
    if (slot === undefined || restart || !slot.isRunning) return await this.#restart(settings);
    this.#deps.say(`Reload jail '${slot.name}'`);
    const isDone = await slot.reconfigure(settings);
    if (isDone) {
      slot.setIdle(false);
      this.#deps.say(`Jail '${slot.name}' reloaded`);
    }
    return isDone;
  }

  /** Stops a jail and forgets it. */
  async remove(name: string): Promise<void> {
    await this.#slots.get(name)?.stop();
    this.#slots.delete(name);
  }

  /** Stops all at the same time. */
  async removeAll(): Promise<void> {
    await Promise.all([...this.#slots.keys()].map((name) => this.remove(name)));
  }

  /** Starts a jail anew; an old one of the name is stopped only once the new one can be built. */
  async #restart(settings: JailSettings): Promise<boolean> {
    const { ports, isKnown, isStopping } = this.#deps;
    const slot = new JailSlot(settings, ports);
    if (isStopping() || !slot.prepare()) return false;
    await isKnown;
    const old = this.#slots.get(slot.name);
    const before = old?.jail;
    await old?.stop();
    if (isStopping()) return false;
    this.add(slot);
    return await slot.start(before);
  }
}
