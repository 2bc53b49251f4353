/**
 * Bans that nobody suffers: what a jail decides and has carried out, up to the text that a firewall's tool would get, with the same
 * code and the same settings, but everything it says, stores and runs goes nowhere. Nobody is ignored, and two failures are
 * enough, or one where the jail says so.
 * @module
 */
import { nftLines } from "../action/tool-command.ts";
import { IgnoreList } from "../ban/ignore-list.ts";
import { JailCore } from "../ban/jail-core.ts";
import { createDryRun } from "../enforce/dry-run.ts";
import type { JailFacts } from "../enforce/jail-facts.ts";
import { SetupTurns } from "../enforce/setup-turns.ts";
import type { Failure } from "../filter/failure.ts";
import { Annals, portsOf } from "./annals.ts";
import { Execution } from "./execution.ts";
import { IgnoreCheck } from "./ignore-check.ts";
import { Intake } from "./intake.ts";
import { JailActions } from "./jail-actions.ts";
import type { JailParts } from "./jail-parts.ts";
import type { JailPorts } from "./jail-ports.ts";

const MOST_RETRIES = 2;
/** So many bans in a slice are a burst. */
const MANY = 1000;

export class RehearsedBans {
  readonly #intake: Intake;
  readonly #annals: Annals;
  #taken = 0;

  constructor({ settings, actions }: JailParts, ports: JailPorts) {
    const jail = settings.name;
    const nowhere = portsToNowhere(ports);
    const { clock } = ports;
    this.#annals = new Annals({ jail, ...nowhere, written: () => undefined });
    const own = portsOf(nowhere, this.#annals);
    const { random } = ports;
    // ban times that grow are asked of the database
    const increment = { ...settings.increment, enabled: false };
    const core = new JailCore({
      ...settings,
      jail,
      maxretry: Math.min(MOST_RETRIES, settings.maxretry),
      increment,
      history: () => undefined,
      random,
    });
    const { bans, failures } = core;
    const facts: JailFacts = {
      name: jail,
      figures: () => ({
        bantime: bans.bantime,
        counts: {
          banned: bans.size,
          bannedTotal: bans.total,
          found: failures.current,
          foundTotal: failures.total,
        },
      }),
      banOf: (id) => bans.get(id),
    };
    // where commands need a shell, its start is what takes time; a mail is none of them
    const told = actions.filter(({ mail }) => mail === undefined);
    const { enforcer } = new JailActions({ actions: told }, facts, own);
    const execution = new Execution({ jail, annals: this.#annals, bans, enforcer, done: () => undefined });
    const terms = {
      jail,
      bantime: settings.bantime,
      ignoreself: settings.ignoreself,
      command: undefined,
      cache: undefined,
      prepare: () => Promise.resolve(new Map()),
    };
    const ignoreCheck = new IgnoreCheck(new IgnoreList(), terms, own);
    this.#intake = new Intake({
      jail,
      ports: own,
      parts: () => ({ settings, ignoreCheck }),
      count: (failure) => execution.carryOut(core.fail(failure, clock.now())),
    });
    void enforcer.start();
  }

  /** Failures taken so far. */
  get taken(): number {
    return this.#taken;
  }

  take(failure: Failure): void {
    this.#taken += 1;
    this.#intake.take(failure);
  }

  /** The slice under way has ended: what comes now waits, as in a burst. */
  sliceTaken(): void {
    this.#annals.sliceTaken(MANY, true);
  }

  end(): void {
    this.#annals.writeAll();
    this.#intake.close();
  }
}

/** All that a jail gives to the world, or asks of it, is lost. Each port by its name: one that is new must not get through unseen. */
function portsToNowhere(ports: JailPorts): JailPorts {
  const { clock, zone, startYear, readingTurns, host, backends } = ports;
  return {
    clock,
    zone,
    startYear,
    readingTurns,
    host,
    backends,
    get allowIpv6() {
      return ports.allowIpv6;
    },
    random: () => ports.random(),
    ownAddresses: () => ports.ownAddresses(),
    makeSource: () => {
      throw new Error("a rehearsal reads no logs");
    },
    observe: () => undefined,
    hears: ports.hears,
    store: () => undefined,
    run: createDryRun(() => undefined),
    transaction: (commands) => {
      nftLines(commands).join("; ");
      return Promise.resolve("done");
    },
    turns: new SetupTurns(),
    takeEndedBadly: () => false,
    addressesOf: () => Promise.resolve([]),
    lastAddressesOf: () => Promise.resolve([]),
    nameOf: () => Promise.resolve(undefined),
    readIfChanged: () => Promise.resolve({ kind: "unchanged" }),
  };
}
