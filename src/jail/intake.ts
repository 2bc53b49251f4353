/**
 * From the failures of a log to those that count: names are looked up (A§2.17), the ignored ones are left out (A§3.3). What takes
 * time waits in bounded queues of its own, in the order of the lines; what is known at once passes by.
 * Hot: per failure.
 * @module
 */
import { canonicalId } from "../address/address.ts";
import type { CountedFailure } from "../ban/failing-id.ts";
import type { Seconds } from "../base/units.ts";
import type { Failure } from "../filter/failure.ts";
import type { Verdict } from "./ignore-check.ts";
import type { JailParts } from "./jail-parts.ts";
import type { JailPorts } from "./jail-ports.ts";
import { Lookups } from "./lookups.ts";
import type { Suspect } from "./suspect.ts";

/** Checks that wait: no harm to the log, but a reason not to add to them without need. */
const CROWD = 1000;

export interface IntakeOptions {
  readonly jail: string;
  readonly ports: Pick<JailPorts, "observe" | "addressesOf">;
  /** the parts as they are now */
  parts(): Pick<JailParts, "settings" | "ignoreCheck">;
  /** takes a failure that counts */
  count(failure: CountedFailure): void;
}

export class Intake {
  readonly #options: IntakeOptions;
  /** failures of names */
  readonly #names: Lookups;
  /** failures of IDs that may be ignored */
  readonly #checks: Lookups;
  #isClosed = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
    const { jail, ports } = options;
    const { observe } = ports;
    const lost = "the failures of such names are dropped";
    this.#names = new Lookups({ jail, observe, awaited: "the addresses of a name", instead: lost });
    const awaited = "ignorecommand or the names of ignoreip";
    const counted = "such failures count as if nobody ignored them";
    this.#checks = new Lookups({ jail, observe, awaited, instead: counted });
  }

  /** Failures that wait now. */
  get pending(): number {
    return this.#names.pending + this.#checks.pending;
  }

  /** A failure from the log; every address of a name counts. */
  take(failure: Failure): void {
    const { host } = failure;
    if (hasId(failure)) this.#judge(failure);
    else if (host !== undefined) this.#lookUp(failure, host);
  }

  /** Does something about somebody unless he is ignored; at once where that is known, and where nobody says so in time. */
  admit(suspect: Suspect, then: () => void): void {
    const known = this.#known(suspect);
    if (known === undefined) this.#ask(suspect, then);
    else if (this.#lets(suspect.id, known)) then();
  }

  /** Whether somebody is not ignored; tells if he is. */
  async allows(suspect: Suspect): Promise<boolean> {
    const verdict = await this.#options.parts().ignoreCheck.check(suspect);
    this.#tell(suspect.id, verdict);
    return verdict.source === undefined;
  }

  /**
   * Waits until nothing waits any more.
   *
   * @param limit longest wait
   * @returns `false`: the limit has passed, and something still waits
   */
  async idle(limit: Seconds): Promise<boolean> {
    const { promise: passed, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, limit * 1000);
    // looked-up names are checked next
    await Promise.race([this.#names.idle().then(() => this.#checks.idle()), passed]);
    clearTimeout(timer);
    return this.pending === 0;
  }

  /** Whether so many wait to be checked that who has time better waits for {@link room}. */
  get isCrowded(): boolean {
    return this.#checks.pending >= CROWD;
  }

  /** Waits until nobody waits to be checked. */
  async room(): Promise<void> {
    await this.#checks.idle();
  }

  /** What still waits is not counted any more: its lines are read again at the next start. */
  close(): void {
    this.#isClosed = true;
    this.#names.close();
    this.#checks.close();
  }

  #lookUp(failure: Failure, host: string): void {
    this.#names.add({
      about: host,
      ask: async () => {
        const addresses = await this.#options.ports.addressesOf(host, this.#options.jail);
        return () => {
          if (addresses.length > 0 && this.#options.parts().settings.usedns === "warn") {
            const shown = addresses.map((address) => `'${address}'`).join(", ");
            const text = `Determined IP using DNS Lookup: ${host} = {${shown}}`;
            this.#options.ports.observe({ type: "message", level: "WARNING", logger: "ipdns", text });
          }
          for (const address of addresses) this.#judge({ ...failure, id: canonicalId(address) });
        };
      },
      giveUp: () => undefined,
    });
  }

  #judge(failure: CountedFailure): void {
    const known = this.#known(failure);
    if (known === undefined) {
      const kept = keptFailure(failure);
      this.#ask(kept, () => this.#options.count(kept));
    } else if (this.#lets(failure.id, known)) this.#options.count(failure);
  }

  /** The verdict where it can be had at once, but not before an earlier failure of the same ID. */
  #known(suspect: Suspect): Verdict | undefined {
    if (this.#checks.pending > 0 && this.#checks.isAbout(suspect.id)) return undefined;
    return this.#options.parts().ignoreCheck.known(suspect);
  }

  #ask(suspect: Suspect, then: () => void): void {
    const { id } = suspect;
    this.#checks.add({
      about: id,
      ask: async () => {
        const verdict = await this.#options.parts().ignoreCheck.check(suspect);
        return () => {
          if (this.#lets(id, verdict)) then();
        };
      },
      giveUp: () => {
        if (!this.#isClosed) then();
      },
    });
  }

  /** Whether a verdict has him count; tells if not. */
  #lets(id: string, verdict: Verdict): boolean {
    if (this.#isClosed) return false;
    this.#tell(id, verdict);
    return verdict.source === undefined;
  }

  #tell(id: string, { source, isRepeated }: Verdict): void {
    if (source === undefined) return;
    const { jail, ports } = this.#options;
    ports.observe({ type: "failure-ignored", jail, id, source, isRepeated });
  }
}

/** As it is now: one that comes from a line may be read from there. */
function keptFailure({ id, ip, at, matches, data }: CountedFailure): CountedFailure {
  return { id, ip, at, matches, data };
}

function hasId(failure: Failure): failure is Failure & { readonly id: string } {
  return failure.id !== undefined;
}
