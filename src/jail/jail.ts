/**
 * One jail at work: backend → detect → ban → enforce. It drives the pure core with the machine's time and lines, and carries out
 * what the core decides: tells, remembers, bans. Its parts are built beside it ({@link buildParts}) and swapped as a whole.
 * @module
 */

import { JailCore } from "../ban/jail-core.ts";
import type { Ban } from "../ban/ticket.ts";
import type { GaolerEvent, Level, Logger } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { JailSettings } from "../config/settings.ts";
import type { LogDetectorOptions } from "../detect/log-detector.ts";
import { MovingDetector } from "../detect/worker/moving-detector.ts";
import type { ActionRunner } from "../enforce/action-runner.ts";
import type { Enforcer } from "../enforce/enforcer.ts";
import type { JailFacts } from "../enforce/jail-facts.ts";
import type { Failure } from "../filter/failure.ts";
import { Annals, portsOf } from "./annals.ts";
import { BanObjections } from "./ban-objections.ts";
import { prepareValues } from "./ban-values.ts";
import { bansBefore } from "./bans-before.ts";
import { beginningOf, NO_MEMORY } from "./beginning.ts";
import { ByHand } from "./by-hand.ts";
import { Execution } from "./execution.ts";
import { ExpiryTimer } from "./expiry-timer.ts";
import { Intake } from "./intake.ts";
import { JailActions } from "./jail-actions.ts";
import { definitionOf, filterKey, type JailParts, sourceKey } from "./jail-parts.ts";
import type { JailPorts } from "./jail-ports.ts";
import { KeptFailures } from "./kept-failures.ts";
import { LogReading, type Taken } from "./log-reading.ts";
import { Rehearsal } from "./rehearsal.ts";
import { Restoration } from "./restoration.ts";

/** Bans lifted before others get their turn. */
const EXPIRE_BATCH = 500;
/** Bans of a burst whose texts are packed before others get their turn. */
const PACK_BATCH = 1000;
/** The reading waits so long for the actions to start; milliseconds. */
const START_PATIENCE_MS = 2000;
/** How long a stop waits for failures that are being looked up; seconds. */
const STOP_PATIENCE: Seconds = 10;

export type JailState = "new" | "running" | "stopped";

export class Jail {
  readonly name: string;
  readonly #ports: JailPorts;
  readonly #annals: Annals;
  readonly #core: JailCore;
  readonly #actions: JailActions;
  readonly #facts: JailFacts;
  readonly #intake: Intake;
  readonly #execution: Execution;
  readonly #expiry: ExpiryTimer;
  readonly #objections: BanObjections;
  readonly #byHand: ByHand;
  readonly #restoration: Restoration;
  readonly #kept: KeptFailures;
  #parts: JailParts;
  #detector: MovingDetector;
  readonly #reading: LogReading;
  readonly #rehearsal: Rehearsal | undefined;
  #state: JailState = "new";
  #hasBegun = false;
  /** start, changes and stop, one after the other */
  #turn: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;

  constructor(parts: JailParts, machine: JailPorts) {
    const { settings } = parts;
    this.name = settings.name;
    const { clock, observe, store } = machine;
    this.#annals = new Annals({
      jail: this.name,
      clock,
      observe,
      store,
      written: () => {
        this.#packTexts();
        this.#reading.save();
      },
    });
    const ports = portsOf(machine, this.#annals);
    this.#ports = ports;
    this.#parts = parts;
    this.#core = new JailCore({
      ...settings,
      jail: settings.name,
      history: (id, scope) => store()?.history(id, scope === "jail" ? this.name : undefined),
      random: ports.random,
      isHasty: () => this.#annals.isHeld,
    });
    this.#facts = {
      name: this.name,
      figures: () => ({
        bantime: this.#core.bans.bantime,
        counts: {
          banned: this.#core.bans.size,
          bannedTotal: this.#core.bans.total,
          found: this.#core.failures.current,
          foundTotal: this.#core.failures.total,
        },
      }),
      banOf: (id) => this.#core.bans.get(id),
      prepare: (ban, needed) => prepareValues(this.name, ban, needed, ports),
    };
    this.#actions = new JailActions(parts, this.#facts, ports);
    this.#expiry = new ExpiryTimer({
      clock: ports.clock,
      due: () => this.#nextLook(),
      look: () => this.#execution.carryOut(this.#core.tick(ports.clock.now(), EXPIRE_BATCH)),
    });
    this.#execution = new Execution({
      jail: this.name,
      annals: this.#annals,
      bans: this.#core.bans,
      enforcer: this.#actions.enforcer,
      // where an end has moved or gone, the timer looks once for nothing
      done: (hasBanned) => {
        if (hasBanned || !this.#expiry.isArmed) this.#expiry.arm();
      },
    });
    this.#intake = new Intake({
      jail: this.name,
      ports,
      parts: () => this.#parts,
      count: (failure) => this.#execution.carryOut(this.#core.fail(failure, ports.clock.now())),
    });
    this.#objections = new BanObjections({ jail: this.name, ports, parts: () => this.#parts });
    this.#byHand = new ByHand({
      jail: this.name,
      ports,
      core: this.#core,
      execution: this.#execution,
      intake: this.#intake,
      objections: this.#objections,
      isRunning: () => this.#state === "running",
      remember: () => this.#reading.save(true),
      noteCounts: () => this.#reading.save(),
    });
    this.#restoration = new Restoration({
      clock: ports.clock,
      core: this.#core,
      intake: this.#intake,
      execution: this.#execution,
      enforcer: this.#actions.enforcer,
      hasStopped: () => this.#hasStopped(),
    });
    this.#kept = new KeptFailures(this.name, this.#core.failures, ports.clock);
    this.#detector = this.#makeDetector(parts);
    this.#reading = new LogReading(this.name, ports, this.#annals, {
      chunk: (chunk) => {
        this.#rehearsal?.linesCame();
        return this.#decides(() => this.#detector.takeChunk(chunk));
      },
      ended: () => this.#rehearsal?.linesEnded(),
      elsewhere: (chunk) => this.#detector.elsewhere(chunk),
      settle: (portion) =>
        this.#decides(() => {
          this.#detector.settle(portion);
          return portion.taken;
        }),
      hurry: () => this.#detector.hurry(),
      timed: (lines, inOperation) => this.#decides(() => this.#detector.takeTimed(lines, inOperation)),
      isSettled: () => this.#intake.pending === 0,
      keep: (store) => this.#kept.save(store),
      unkept: () => this.#kept.due,
      parts: () => this.#parts,
    });
    const { rehearsals: hall } = machine;
    this.#rehearsal =
      hall &&
      new Rehearsal({
        ports: machine,
        hall,
        parts: () => this.#parts,
        paths: () => this.#reading.paths(),
        failures: () => this.#core.failures.total,
        lines: () => this.#detector.lines,
        practise: (bytes, practice) => this.#detector.practise(bytes, practice),
      });
  }

  get settings(): JailSettings {
    return this.#parts.settings;
  }

  get parts(): JailParts {
    return this.#parts;
  }

  get state(): JailState {
    return this.#state;
  }

  get isIdle(): boolean {
    return this.#reading.isIdle;
  }

  /** Bans in force. */
  get bans(): JailCore["bans"] {
    return this.#core.bans;
  }

  get failures(): JailCore["failures"] {
    return this.#core.failures;
  }

  /** What speaks against bans by hand. */
  get objections(): BanObjections {
    return this.#objections;
  }

  get runners(): ReadonlyMap<string, ActionRunner> {
    return this.#actions.runners;
  }

  get enforcer(): Enforcer {
    return this.#actions.enforcer;
  }

  /** Monitored files. */
  paths(): readonly string[] {
    return this.#reading.paths();
  }

  /** Lines seen since the jail's filter was built. */
  get lines(): number {
    return this.#detector.lines;
  }

  /**
   * Takes back the bans from before, starts actions, then reads. A stop meanwhile ends it.
   *
   * @param before the stopped jail that this one takes the place of: its logs are read on, and without a database its bans
   * come back as well
   */
  start(before?: Jail): Promise<void> {
    return this.#inTurn(() => this.#begin(before));
  }

  /**
   * Reads no more, lifts all bans from the firewall (the database keeps them) and stops the actions. Whoever asks again waits for
   * the same end.
   */
  stop(): Promise<void> {
    this.#state = "stopped";
    this.#rehearsal?.close();
    this.#expiry.disarm();
    this.#execution.rest();
    this.#stopping ??= this.#inTurn(() => this.#end());
    return this.#stopping;
  }

  /** Bans of a database that could not be read at the start come back as far as they are not in force again. */
  restoreLate(): void {
    if (this.#state === "running") this.#execution.track(this.#restore([]));
  }

  /** Neither reads nor bans, and goes on where it was afterwards. */
  setIdle(isIdle: boolean): void {
    this.#reading.setIdle(isIdle);
  }

  /**
   * Takes new parts of the same jail: failures and bans stay and meet the new terms; a changed action is stopped and started with its bans,
   * a new one carries out the bans in force (B§1.7, where fail2ban forgets both).
   */
  reconfigure(parts: JailParts): Promise<void> {
    return this.#inTurn(() => this.#change(parts));
  }

  async #begin(before: Jail | undefined): Promise<void> {
    if (this.#state !== "new") return;
    if (before !== undefined) this.#reading.succeed(before.#reading);
    this.#state = "running";
    this.#hasBegun = true;
    this.#ports.store()?.addJail(this.name);
    for (const event of beginningOf(this.#parts)) this.#observe(event);
    this.#warnOfNoMemory();
    const steps = [
      () => this.#actions.clearAway(),
      () => this.#startActions(),
      () => this.#restore(before?.bans.bans() ?? []),
      () => this.#recall(before),
      () => this.#reading.start(),
    ];
    for (const step of steps) {
      await step();
      if (this.#hasStopped()) return;
    }
    this.#expiry.arm();
    this.#say("INFO", "jail", `Jail '${this.name}' started`);
  }

  /** An action that hangs in its start holds up its own bans only: they wait in its queue, the log is read. */
  async #startActions(): Promise<void> {
    const started = this.enforcer.start();
    this.#execution.track(started);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, START_PATIENCE_MS);
    });
    await Promise.race([started, patience]);
    clearTimeout(timer);
  }

  async #end(): Promise<void> {
    await this.#reading.stop();
    await this.#detector.home();
    this.#detector.close();
    if (await this.#intake.idle(STOP_PATIENCE)) {
      this.#saveLast();
    } else {
      this.#sayUnsettled();
    }
    this.#intake.close();
    this.#byHand.close();
    this.#execution.close();
    if (this.#hasBegun) {
      const tell = (ban: Ban): void =>
        this.#observe({ type: "unbanned", jail: this.name, id: ban.id, reason: "stop" });
      await this.enforcer.stop(this.#core.bans.bans(), tell);
      await this.#execution.settled();
      this.#ports.store()?.disableJail(this.name);
    }
    this.#say("INFO", "jail", `Jail '${this.name}' stopped`);
  }

  /** In one go: counts of a flood are many, and a transaction for each would take seconds. */
  #saveLast(): void {
    const store = this.#ports.store();
    store?.transaction(() => {
      this.#reading.save();
      this.#kept.save(store, true);
    });
  }

  async #change(parts: JailParts): Promise<void> {
    if (this.#hasStopped()) return;
    const old = this.#parts;
    const needsSource = sourceKey(old) !== sourceKey(parts);
    if (needsSource) await this.#reading.stop();
    await this.#detector.home();
    const keepsFilter = filterKey(old) === filterKey(parts);
    const { filter } = keepsFilter ? old : parts;
    // sessions and lines that belong together stay where the filter is the same
    if (keepsFilter) filter.setFindtime(parts.settings.findtime);
    this.#parts = { ...parts, filter };
    this.#core.configure(parts.settings);
    if (!old.settings.increment.enabled) this.#warnOfNoMemory();
    this.#detector.close();
    this.#detector = this.#makeDetector(this.#parts);
    this.#rehearsal?.renew();
    await this.#actions.change(old, parts, () => [...this.#core.bans.bans()]);
    if (needsSource && this.#state === "running") await this.#reading.start();
    this.#expiry.arm();
  }

  ban(ids: readonly string[]): Promise<number> {
    return this.#byHand.ban(ids);
  }

  unban(texts: readonly string[]): Promise<{ lifted: number; absent: readonly string[] }> {
    return this.#byHand.unban(texts);
  }

  unbanAll(): Promise<number> {
    return this.#byHand.unbanAll();
  }

  attempt(id: string, texts: readonly string[]): Promise<boolean> {
    return this.#byHand.attempt(id, texts);
  }

  /** Does something once what was begun before is done. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** What was taken, and how many bans were decided meanwhile. */
  #decides(work: () => number): Taken {
    const before = this.#core.bans.total;
    const taken = work();
    return { taken, bans: this.#core.bans.total - before };
  }

  /** Portion by portion, so that others have their turns meanwhile. */
  #packTexts(): void {
    if (this.#core.bans.packTexts(PACK_BATCH)) setImmediate(() => this.#packTexts());
  }

  #hasStopped(): boolean {
    return this.#state === "stopped";
  }

  #sayUnsettled(): void {
    const text = `[${this.name}] ${this.#intake.pending} failures still wait for names or ignorecommand at the stop; their lines are read again at the next start`;
    this.#say("WARNING", "filter", text);
  }

  #makeDetector(parts: JailParts): MovingDetector {
    const { clock, observe, scanners, workers, startYear } = this.#ports;
    const { filter, decoder, settings } = parts;
    const found = (failure: Failure): void => this.#intake.take(failure);
    const logs = settings.logpaths.map(({ pattern }) => pattern);
    const share: LogDetectorOptions["share"] = scanners && ((patterns) => scanners.join(logs, patterns));
    const terms = { definition: definitionOf(settings), startYear, encoding: settings.logencoding, logs };
    const own = { jail: this.name, filter, decoder, clock, observe, share, found };
    return new MovingDetector({ ...own, terms, pool: workers });
  }

  #warnOfNoMemory(): void {
    if (this.settings.increment.enabled && this.#ports.store() === undefined) this.#observe(NO_MEMORY);
  }

  #restore(kept: Iterable<Ban>): Promise<void> {
    const { clock, store } = this.#ports;
    return this.#restoration.run(bansBefore(this.settings, store(), kept, clock.now()));
  }

  #recall(before: Jail | undefined): void {
    const { clock, store } = this.#ports;
    this.#kept.recall(before?.failures, store(), this.settings.findtime, clock.now());
  }

  /** When the ban that ends first is over; some day while failures grow old. */
  #nextLook(): EpochSeconds | undefined {
    if (this.#state !== "running") return undefined;
    return this.#core.nextExpiry() ?? (this.#core.failures.current > 0 ? Infinity : undefined);
  }

  #observe(event: GaolerEvent): void {
    this.#ports.observe(event);
  }

  #say(level: Level, logger: Logger, text: string): void {
    this.#observe({ type: "message", level, logger, text });
  }
}
