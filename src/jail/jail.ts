/**
 * One jail at work: backend → detect → ban → enforce. It drives the pure core with the machine's time and lines, and carries out
 * what the core decides: tells, remembers, bans. Its parts are built beside it ({@link buildParts}) and swapped as a whole.
 * @module
 */

import type { NeededValue, PreparedValues } from "../action/ticket-info.ts";
import { lineText } from "../action/ticket-text.ts";
import { canonicalId } from "../address/address.ts";
import type { LogChunk } from "../backend/log-source.ts";
import { JailCore, type JailEffect } from "../ban/jail-core.ts";
import { restoreBans } from "../ban/restore.ts";
import type { Ban } from "../ban/ticket.ts";
import type { GaolerEvent, Level, Logger } from "../base/event.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { JailSettings } from "../config/settings.ts";
import { LogDetector } from "../detect/log-detector.ts";
import { ActionRunner } from "../enforce/action-runner.ts";
import { Enforcer } from "../enforce/enforcer.ts";
import type { JailFacts } from "../enforce/jail-facts.ts";
import type { Failure } from "../filter/failure.ts";
import type { JailParts } from "./jail-parts.ts";
import type { JailPorts, JailSource } from "./jail-ports.ts";
import { Lookups } from "./lookups.ts";

/** Longest wait between two looks at the expiry queue, so that a clock that is set is noticed; milliseconds. */
const MAX_WAIT_MS = 60_000;
/** Between the passing of a ban's end and the look at it; milliseconds. */
const AFTER_EXPIRY_MS = 5;
/** Bans lifted before others get their turn. */
const EXPIRE_BATCH = 500;
/** A log's position is stored at most this often; milliseconds. */
const SAVE_DELAY_MS = 1000;

export type JailState = "new" | "running" | "stopped";

export class Jail {
  readonly name: string;
  readonly #ports: JailPorts;
  readonly #core: JailCore;
  readonly #enforcer: Enforcer;
  readonly #runners = new Map<string, ActionRunner>();
  readonly #facts: JailFacts;
  readonly #lookups: Lookups;
  #parts: JailParts;
  #detector: LogDetector;
  #source: JailSource | undefined;
  #state: JailState = "new";
  #isIdle = false;
  #expiryTimer: NodeJS.Timeout | undefined;
  #saveTimer: NodeJS.Timeout | undefined;
  /** enforcement under way */
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(parts: JailParts, ports: JailPorts) {
    const { settings } = parts;
    this.name = settings.name;
    this.#ports = ports;
    this.#parts = parts;
    this.#core = new JailCore({
      ...settings,
      jail: settings.name,
      history: (id) =>
        ports.store()?.history(id, this.settings.increment.overalljails ? undefined : this.name),
      random: ports.random,
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
      prepare: (ban, needed) => this.#prepare(ban, needed),
    };
    this.#lookups = new Lookups(this.name, ports.observe);
    this.#detector = this.#makeDetector(parts);
    const actions = parts.actions.map((definition) => this.#makeRunner(definition));
    this.#enforcer = new Enforcer({ jail: this.name, actions, observe: ports.observe, clock: ports.clock });
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
    return this.#isIdle;
  }

  /** Bans in force. */
  get bans(): JailCore["bans"] {
    return this.#core.bans;
  }

  get failures(): JailCore["failures"] {
    return this.#core.failures;
  }

  get runners(): ReadonlyMap<string, ActionRunner> {
    return this.#runners;
  }

  get enforcer(): Enforcer {
    return this.#enforcer;
  }

  /** Monitored files. */
  paths(): readonly string[] {
    return this.#source?.paths() ?? [];
  }

  /** Lines seen since the jail's filter was built. */
  get lines(): number {
    return this.#detector.lines;
  }

  /** Takes back the bans from before, starts actions, then reads. */
  async start(): Promise<void> {
    if (this.#state !== "new") return;
    this.#state = "running";
    this.#ports.store()?.addJail(this.name);
    this.#sayBeginning();
    if (this.#ports.endedBadly(this.name)) await this.#clearAway();
    await this.#enforcer.start();
    await this.#restore();
    if (this.#hasStopped()) return;
    this.#source = this.#makeSource();
    await this.#source.start();
    this.#schedule();
    this.#say("INFO", "jail", `Jail '${this.name}' started`);
  }

  /** Reads no more, lifts all bans from the firewall (the database keeps them) and stops the actions. */
  async stop(): Promise<void> {
    if (this.#state === "stopped") return;
    const wasRunning = this.#state === "running";
    this.#state = "stopped";
    clearTimeout(this.#expiryTimer);
    await this.#source?.stop();
    await this.#lookups.idle();
    this.#savePositions();
    clearTimeout(this.#saveTimer);
    if (wasRunning) {
      const bans = [...this.#core.bans.bans()];
      const tell = (ban: Ban): void =>
        this.#observe({ type: "unbanned", jail: this.name, id: ban.id, reason: "stop" });
      await this.#enforcer.stop(bans, tell);
      await Promise.allSettled(this.#underWay);
      this.#ports.store()?.disableJail(this.name);
    }
    this.#say("INFO", "jail", `Jail '${this.name}' stopped`);
  }

  /** Neither reads nor bans, and goes on where it was afterwards. */
  setIdle(isIdle: boolean): void {
    this.#isIdle = isIdle;
    this.#source?.setIdle(isIdle);
  }

  /**
   * Takes new parts of the same jail: failures and bans stay and meet the new terms; a changed action is stopped and started with its bans,
   * a new one carries out the bans in force (B§1.7, where fail2ban forgets both).
   */
  async reconfigure(parts: JailParts): Promise<void> {
    const old = this.#parts;
    const needsSource = sourceKey(old) !== sourceKey(parts);
    if (needsSource) {
      await this.#source?.stop();
      this.#savePositions();
    }
    this.#parts = parts;
    this.#core.configure(parts.settings);
    this.#detector = this.#makeDetector(parts);
    await this.#changeActions(old, parts);
    if (needsSource && this.#state === "running") {
      this.#source = this.#makeSource();
      await this.#source.start();
      this.#source.setIdle(this.#isIdle);
    }
    this.#schedule();
  }

  /** Bans by hand. @returns how many are new, once their actions are done */
  async ban(ids: readonly string[]): Promise<number> {
    let count = 0;
    for (const id of ids) {
      const effects = this.#core.ban(canonicalId(id), this.#ports.clock.now());
      count += effects.filter((effect) => effect.type === "ban").length;
      this.#apply(effects);
    }
    await Promise.allSettled(this.#underWay);
    return count;
  }

  /** Lifts bans by the rules of B§2.6 and forgets them in the database. */
  async unban(texts: readonly string[]): Promise<{ lifted: number; absent: readonly string[] }> {
    let lifted = 0;
    const absent: string[] = [];
    for (const text of texts) {
      this.#ports.store()?.deleteBan(this.name, text);
      const resolved = await this.#addressesIfName(text);
      const effects = this.#core.unban(text, resolved);
      const count = effects.filter((effect) => effect.type === "unban").length;
      if (count === 0) absent.push(text);
      lifted += count;
      this.#apply(effects);
    }
    await Promise.allSettled(this.#underWay);
    return { lifted, absent };
  }

  /** Lifts all bans, at once where an action can, and forgets them in the database. */
  async unbanAll(): Promise<number> {
    const bans = [...this.#core.bans.bans()];
    const effects = this.#core.unbanAll("command");
    this.#ports.store()?.deleteBans(this.name);
    const told = new Map(
      effects.flatMap((effect) =>
        effect.type === "tell" && effect.event.type === "unbanned" ? [[effect.event.id, effect.event]] : [],
      ),
    );
    await this.#enforcer.flush(bans, (ban) => {
      const event = told.get(ban.id);
      if (event !== undefined) this.#observe(event);
    });
    this.#schedule();
    return bans.length;
  }

  /** Counts a failure by hand. @returns `false` where the ID is ignored */
  async attempt(id: string, texts: readonly string[]): Promise<boolean> {
    const canonical = canonicalId(id);
    const source = await this.#parts.ignoreCheck.check(canonical);
    if (source !== undefined) {
      this.#observe({ type: "failure-ignored", jail: this.name, id: canonical, source });
      return false;
    }
    const now = this.#ports.clock.now();
    this.#say("INFO", "filter", `[${this.name}] Attempt ${canonical} - ${this.#timeText(now)}`);
    this.#apply(this.#core.attempt(canonical, texts, now));
    await Promise.allSettled(this.#underWay);
    return true;
  }

  #hasStopped(): boolean {
    return this.#state === "stopped";
  }

  #sayBeginning(): void {
    const { settings, backend } = this.#parts;
    const name = this.name;
    this.#say("INFO", "jail", `Creating new jail '${name}'`);
    const uses = backend.kind === "polling" ? "poller" : backend.kind;
    this.#say("INFO", "jail", `Jail '${name}' uses ${uses} {}`);
    this.#say("INFO", "jail", `Initiated '${backend.kind}' backend`);
    this.#say("INFO", "filter", `  maxRetry: ${settings.maxretry}`);
    this.#say("INFO", "filter", `  findtime: ${settings.findtime}`);
    this.#say("INFO", "actions", `  banTime: ${settings.bantime}`);
    this.#say("INFO", "filter", `  encoding: ${this.#parts.decoder.encoding}`);
  }

  #makeRunner(definition: JailParts["actions"][number]): ActionRunner {
    const { run, observe, clock, allowIpv6, turns } = this.#ports;
    const jail = this.#facts;
    const runner = new ActionRunner({ definition, jail, run, observe, clock, allowIpv6, turns });
    this.#runners.set(definition.name, runner);
    return runner;
  }

  async #changeActions(old: JailParts, parts: JailParts): Promise<void> {
    const bans = [...this.#core.bans.bans()];
    const wanted = new Map(parts.settings.actions.map((action) => [action.name, action]));
    const before = new Map(old.settings.actions.map((action) => [action.name, action]));
    for (const name of this.#runners.keys()) {
      if (isSame(before.get(name), wanted.get(name))) continue;
      await this.#enforcer.remove(name, bans);
      this.#runners.delete(name);
    }
    for (const definition of parts.actions) {
      if (this.#runners.has(definition.name)) continue;
      await this.#enforcer.add(this.#makeRunner(definition), bans);
    }
    await this.#enforcer.reload();
  }

  #makeDetector(parts: JailParts): LogDetector {
    const { clock, observe } = this.#ports;
    const { filter, decoder } = parts;
    return new LogDetector({ filter, decoder, clock, observe, found: (failure) => this.#found(failure) });
  }

  #makeSource(): JailSource {
    const { settings, backend, filter, decoder } = this.#parts;
    return this.#ports.makeSource({
      settings,
      kind: backend.kind,
      options: backend.options,
      resume: (path) => this.#ports.store()?.logPosition(this.name, path),
      timeOfLine: (path, bytes) =>
        filter.parts.detector.find(decoder.decodeLine(path, bytes), this.#ports.clock.now())?.at,
      sink: {
        observe: this.#ports.observe,
        idle: () => undefined,
        // a ban and how far the log was read are stored together: neither is kept without the other
        chunk: (chunk) =>
          this.#inTransaction(() => {
            const before = this.#core.bans.total;
            this.#detector.takeChunk(chunk);
            if (this.#core.bans.total > before) this.#savePosition(chunk);
            else this.#saveSoon();
          }),
        timed: (lines, inOperation) =>
          this.#inTransaction(() => {
            this.#detector.takeTimed(lines, inOperation);
            this.#saveSoon();
          }),
      },
    });
  }

  #inTransaction(work: () => void): void {
    const store = this.#ports.store();
    if (store === undefined) work();
    else store.transaction(work);
  }

  /** After a daemon that was killed: its chains and sets hold bans that may be over, and restored ones would be there twice. */
  async #clearAway(): Promise<void> {
    const names = [...this.#runners.values()].filter((runner) => runner.leavesTraces).map(({ name }) => name);
    if (names.length === 0) return;
    this.#say(
      "NOTICE",
      "actions",
      `[${this.name}] Clear away what a killed daemon left: ${names.join(", ")}`,
    );
    for (const name of names) await this.#runners.get(name)?.clearAway();
  }

  async #restore(): Promise<void> {
    const now = this.#ports.clock.now();
    const { increment, ...terms } = this.settings;
    const stored = this.#ports.store()?.currentBans(this.name, now) ?? [];
    const tickets = restoreBans(
      stored,
      { ...terms, increment: increment.enabled, maxtime: increment.maxtime },
      now,
    );
    for (const ticket of tickets) {
      const source = await this.#parts.ignoreCheck.check(ticket.id);
      if (source === undefined) this.#apply(this.#core.restore(ticket, this.#ports.clock.now()));
      else this.#observe({ type: "failure-ignored", jail: this.name, id: ticket.id, source });
    }
  }

  /** A failure from the log; a name is looked up and every address of it counts (A§2.17). */
  #found(failure: Failure): void {
    const { id, host } = failure;
    if (id !== undefined) {
      this.#judge(failure, id);
      return;
    }
    if (host === undefined) return;
    this.#lookups.add(async () => {
      const addresses = await this.#ports.addressesOf(host);
      if (addresses.length > 0 && this.settings.usedns === "warn") {
        const shown = addresses.map((address) => `'${address}'`).join(", ");
        this.#say("WARNING", "filter", `Determined IP using DNS Lookup: ${host} = {${shown}}`);
      }
      for (const address of addresses) this.#judge(failure, canonicalId(address));
    });
  }

  #judge(failure: Failure, id: string): void {
    const verdict = this.#parts.ignoreCheck.check(id);
    const settle = (source: string | undefined): void => {
      if (source !== undefined) this.#observe({ type: "failure-ignored", jail: this.name, id, source });
      else this.#apply(this.#core.fail({ ...failure, id }, this.#ports.clock.now()));
    };
    if (verdict instanceof Promise) this.#lookups.add(async () => settle(await verdict));
    else settle(verdict);
  }

  /** Carries out decisions in their order; actions go on in the background. */
  #apply(effects: readonly JailEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case "tell":
          this.#observe(effect.event);
          if (effect.event.type === "already-banned") this.#repeated(effect.event);
          break;
        case "ban":
          if (!effect.ban.restored) this.#ports.store()?.saveBan(this.name, effect.ban, effect.bantime);
          this.#track(this.#enforcer.ban(effect.ban));
          break;
        case "unban":
          if (effect.reason === "command") this.#ports.store()?.deleteBan(this.name, effect.ban.id);
          this.#track(this.#enforcer.unban(effect.ban));
          break;
        default:
          effect satisfies never;
      }
    }
    if (effects.some(({ type }) => type !== "tell")) this.#schedule();
  }

  #repeated(event: Extract<GaolerEvent, { type: "already-banned" }>): void {
    const ban = this.#core.bans.get(event.id);
    if (ban !== undefined) this.#track(this.#enforcer.repeated(ban, event.sinceBan));
  }

  #track(work: Promise<unknown>): void {
    const settled = work.finally(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
  }

  /** Arms the one timer of the jail for the ban that ends first. */
  #schedule(): void {
    clearTimeout(this.#expiryTimer);
    if (this.#state !== "running") return;
    const next = this.#core.nextExpiry();
    if (next === undefined) return;
    const dueMs = (next - this.#ports.clock.now()) * 1000 + AFTER_EXPIRY_MS;
    const tick = (): void => {
      this.#apply(this.#core.tick(this.#ports.clock.now(), EXPIRE_BATCH));
      this.#schedule();
    };
    this.#expiryTimer = setTimeout(tick, Math.min(Math.max(dueMs, AFTER_EXPIRY_MS), MAX_WAIT_MS));
  }

  #saveSoon(): void {
    this.#saveTimer ??= setTimeout(() => this.#savePositions(), SAVE_DELAY_MS);
  }

  #savePosition(chunk: Pick<LogChunk, "path" | "firstLineHash" | "position">): void {
    if (this.#lookups.pending > 0) this.#saveSoon();
    else this.#ports.store()?.saveLogPosition(this.name, chunk.path, chunk.firstLineHash, chunk.position);
  }

  /** Not while a failure is being looked up: after a crash its line is read again instead of being lost. */
  #savePositions(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    const store = this.#ports.store();
    if (store === undefined || this.#source === undefined) return;
    if (this.#lookups.pending > 0) {
      this.#saveSoon();
      return;
    }
    for (const { path, hash, position } of this.#source.positions()) {
      store.saveLogPosition(this.name, path, hash, position);
    }
  }

  async #addressesIfName(text: string): Promise<readonly string[]> {
    const isPlain = this.#core.bans.get(text) !== undefined || /[:/]|^[\d.]+$/.test(text);
    return isPlain ? [] : (await this.#ports.addressesOf(text)).map(canonicalId);
  }

  async #prepare(ban: Ban, needed: ReadonlySet<NeededValue>): Promise<PreparedValues> {
    const values = new Map<NeededValue, string>();
    const store = this.#ports.store();
    if (needed.has("ip-host")) values.set("ip-host", (await this.#ports.nameOf(ban.ip)) ?? "None");
    for (const [matches, failures, jail] of [
      ["ipmatches", "ipfailures", undefined],
      ["ipjailmatches", "ipjailfailures", this.name],
    ] as const) {
      if (store === undefined || !(needed.has(matches) || needed.has(failures))) continue;
      const stored = store.matchesOf(ban.ip, jail);
      values.set(matches, stored.matches.map(lineText).join("\n"));
      values.set(failures, String(stored.failures));
    }
    return values;
  }

  #timeText(at: EpochSeconds): string {
    const { year, month, day, hour, minute, second } = this.#ports.zone.civilAt(at);
    const two = (value: number): string => String(value).padStart(2, "0");
    return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
  }

  #observe(event: GaolerEvent): void {
    this.#ports.observe(event);
  }

  #say(level: Level, logger: Logger, text: string): void {
    this.#observe({ type: "message", level, logger, text });
  }
}

/** What the reading of logs depends on; where it differs the source is made anew. */
function sourceKey({ settings, backend }: JailParts): string {
  const { logpaths, journalmatch, logencoding } = settings;
  const paths = logpaths.map(({ pattern, tail }) => [pattern, tail]);
  return JSON.stringify([backend.kind, [...backend.options], paths, journalmatch, logencoding]);
}

function isSame(
  one: JailSettings["actions"][number] | undefined,
  other: JailSettings["actions"][number] | undefined,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  return JSON.stringify([...one.properties]) === JSON.stringify([...other.properties]);
}
