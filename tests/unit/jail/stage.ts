/**
 * A jail in a world that a test holds in its hands: logs in memory, a clock that turns only when told, a shell that writes down
 * what it is asked to run, a real database in memory.
 * @module
 */
import { expect, onTestFinished, vi } from "vitest";
import type { CommandPlan, CommandResult } from "../../../src/action/command-plan.ts";
import type { LogPosition } from "../../../src/backend/log-source.ts";
import type { GaolerEvent } from "../../../src/base/event.ts";
import type { Seconds } from "../../../src/base/units.ts";
import { newJailSettings } from "../../../src/config/apply-command.ts";
import type { ActionSettings, JailSettings } from "../../../src/config/settings.ts";
import { ReadingTurns } from "../../../src/detect/reading-turns.ts";
import { SetupTurns } from "../../../src/enforce/setup-turns.ts";
import type { FileReading } from "../../../src/exec/changed-file.ts";
import { Jail } from "../../../src/jail/jail.ts";
import { buildParts, type JailParts } from "../../../src/jail/jail-parts.ts";
import type { JailPorts, JailSource, SourceRequest } from "../../../src/jail/jail-ports.ts";
import { openStore } from "../../../src/store/sqlite-store.ts";
import type { BanStore } from "../../../src/store/store.ts";
import { NOON, utc } from "../date/fixed-zones.ts";

export const LOG = "/var/log/auth.log";

type Answer = Partial<CommandResult> | undefined;

/** An action whose commands say what they are; more properties, or others, on top. */
export function action(name = "fw", properties: Record<string, string> = {}): ActionSettings {
  const own = {
    actionstart: `${name} start`,
    actionstop: `${name} stop`,
    actionban: `${name} ban <ip>`,
    actionunban: `${name} unban <ip>`,
    ...properties,
  };
  return { name, properties: new Map(Object.entries(own)) };
}

/** A jail that reads {@link LOG} and bans after two failures in ten minutes, for ten minutes. */
export function settingsOf(changes: Partial<JailSettings> = {}): JailSettings {
  return {
    ...newJailSettings("j1", "polling"),
    failregex: [{ value: "^fail from <HOST>$" }],
    datepattern: { value: "{NONE}" },
    maxretry: 2,
    ignoreself: false,
    logpaths: [{ pattern: LOG, tail: false }],
    actions: [action()],
    ...changes,
  };
}

/** Reads the logs of the stage that its jail names, from where it may resume. */
export class FakeSource implements JailSource {
  readonly request: SourceRequest;
  readonly #stage: JailStage;
  readonly #positions = new Map<string, number>();
  state: "new" | "running" | "stopped" = "new";
  isIdle = false;
  /** what `start` waits for */
  begin: Promise<void> = Promise.resolve();

  constructor(stage: JailStage, request: SourceRequest) {
    this.#stage = stage;
    this.request = request;
  }

  async start(): Promise<void> {
    for (const { pattern, tail } of this.request.settings.logpaths) {
      const end = Buffer.byteLength(this.#stage.logs.get(pattern) ?? "");
      this.#positions.set(pattern, tail ? end : (this.request.resume(pattern)?.position ?? 0));
    }
    await this.begin;
    if (this.state !== "new") return;
    this.state = "running";
    this.read(false);
  }

  /** What was being read when the stop came is still delivered. */
  async stop(): Promise<void> {
    await Promise.resolve();
    this.read();
    this.state = "stopped";
  }

  setIdle(isIdle: boolean): void {
    this.isIdle = isIdle;
    this.read();
  }

  paths(): string[] {
    return this.request.settings.logpaths.map(({ pattern }) => pattern);
  }

  /** Like the real one, a stopped source has closed its files and knows nothing any more. */
  positions(): ({ readonly path: string } & LogPosition)[] {
    if (this.state === "stopped") return [];
    return [...this.#positions].map(([path, position]) => ({ path, hash: "h", position }));
  }

  /** Delivers what is new, a chunk a log. @param inOperation it is being written just now */
  read(inOperation = true): void {
    if (this.state !== "running" || this.isIdle) return;
    for (const [path, from] of this.#positions) {
      const bytes = Buffer.from(this.#stage.logs.get(path) ?? "");
      if (bytes.length <= from) continue;
      this.#positions.set(path, bytes.length);
      const chunk = { path, bytes: bytes.subarray(from), offset: from, position: bytes.length };
      void this.request.sink.chunk({ ...chunk, isRotated: false, firstLineHash: "h", inOperation }, () => {});
    }
  }
}

export class JailStage {
  readonly events: GaolerEvent[] = [];
  readonly sources: FakeSource[] = [];
  readonly logs = new Map<string, string>();
  /** addresses of names; what is not here has none */
  readonly names = new Map<string, readonly string[]>();
  readonly files = new Map<string, string>();
  readonly own = new Set<string>();
  readonly killed = new Set<string>();
  readonly #ran: string[] = [];
  /** the wall clock is ahead of the timers by this much */
  clockShift: Seconds = 0;
  store: BanStore | undefined;
  /** exit code 0 unless a test says otherwise */
  answer: (script: string) => Answer | Promise<Answer> = () => undefined;
  /** names are looked up at once unless a test says otherwise */
  lookUp: (name: string) => Promise<void> = () => Promise.resolve();
  readonly clock = { now: () => Date.now() / 1000 + this.clockShift };
  readonly observe = (event: GaolerEvent): void => {
    this.events.push(event);
  };
  readonly ports: JailPorts;

  constructor(options: { readonly database?: string | undefined } = { database: ":memory:" }) {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
    vi.setSystemTime(NOON * 1000);
    onTestFinished(() => {
      vi.useRealTimers();
      this.store?.close();
    });
    const { clock, observe } = this;
    if (options.database !== undefined) this.store = openStore(options.database, { clock, observe });
    this.ports = {
      clock,
      observe,
      zone: utc,
      startYear: 2026,
      run: async (plan) => await this.#run(plan),
      turns: new SetupTurns(),
      readingTurns: new ReadingTurns({
        now: Date.now,
        soon: (work) => void setImmediate(work),
        later: (work, milliseconds) => void setTimeout(work, milliseconds),
      }),
      host: { full: "host.example.org", short: "host" },
      allowIpv6: true,
      backends: { polling: true, pyinotify: true, systemd: false },
      store: () => this.store,
      takeEndedBadly: (jail) => this.killed.delete(jail),
      makeSource: (request) => {
        const source = new FakeSource(this, request);
        this.sources.push(source);
        return source;
      },
      ownAddresses: () => this.own,
      addressesOf: async (name) => {
        await this.lookUp(name);
        return this.names.get(name) ?? [];
      },
      nameOf: () => Promise.resolve(undefined),
      lastAddressesOf: (name, jail) => this.ports.addressesOf(name, jail),
      readIfChanged: (path, stamp) => Promise.resolve(readingOf(this.files.get(path), stamp)),
      random: () => 0,
    };
  }

  parts(changes: Partial<JailSettings> = {}): JailParts {
    const { parts, diagnostics } = buildParts(settingsOf(changes), this.ports);
    if (parts === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
    return parts;
  }

  /** A jail that is not started yet. */
  jail(changes: Partial<JailSettings> = {}): Jail {
    const jail = new Jail(this.parts(changes), this.ports);
    onTestFinished(() => jail.stop());
    return jail;
  }

  /** A jail at work; what its start did is forgotten. */
  async running(changes: Partial<JailSettings> = {}): Promise<Jail> {
    const jail = this.jail(changes);
    await jail.start();
    await this.settled();
    this.takeRan();
    this.events.length = 0;
    return jail;
  }

  /** The source that reads now. */
  get source(): FakeSource {
    const source = this.sources.findLast(({ state }) => state === "running");
    if (source === undefined) throw new Error("nothing is read");
    return source;
  }

  /** Writes lines to a log and lets whoever reads it read. */
  write(lines: readonly string[], path = LOG): void {
    this.logs.set(path, (this.logs.get(path) ?? "") + lines.map((line) => `${line}\n`).join(""));
    for (const source of this.sources) source.read();
  }

  /** Failures of an ID, a line each. */
  fail(id: string, times = 1, path = LOG): void {
    this.write(Array(times).fill(`fail from ${id}`), path);
  }

  /** Lets time pass, and all that waits for it happen. */
  async pass(seconds: Seconds): Promise<void> {
    await vi.advanceTimersByTimeAsync(seconds * 1000);
    await this.settled();
  }

  /** Lets everything happen that does not wait for the world. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Scripts since the last time, hostile values filled in. */
  takeRan(): string[] {
    return this.#ran.splice(0);
  }

  /** What happened, in short, since the last time; messages left out. */
  takeTold(): string[] {
    return this.events.splice(0).flatMap((event) => {
      switch (event.type) {
        case "message":
        case "diagnosed":
        case "carried-out":
          return [];
        case "failure-found":
          return [`found ${event.id} ${event.attempts}/${event.maxretry}`];
        case "failure-ignored":
          return [`ignored ${event.id} by ${event.source}`];
        case "banned":
          return [`${event.restored ? "restored" : "banned"} ${event.id}`];
        case "unbanned":
          return [`unbanned ${event.id}: ${event.reason}`];
        default:
          return [`${event.type} ${event.id}`];
      }
    });
  }

  /** Texts of messages of a level. */
  messages(...levels: string[]): string[] {
    return this.events.flatMap((event) =>
      event.type === "message" && levels.includes(event.level) ? [event.text] : [],
    );
  }

  /** What the commands run so far have left in place, by action; a ban twice or an unban of nothing fails the test. */
  firewall(scripts: readonly string[]): string[] {
    const rules = new Set<string>();
    for (const script of scripts) {
      const [name = "", verb = "", id = ""] = script.split(" ");
      const rule = `${name} ${id}`;
      if (verb === "ban") {
        expect(rules, `${script} after it is there`).not.toContain(rule);
        rules.add(rule);
      } else if (verb === "unban") {
        expect(rules, `${script} without it`).toContain(rule);
        rules.delete(rule);
      } else if (verb === "stop" || verb === "flush") {
        for (const one of rules) if (one.startsWith(`${name} `)) rules.delete(one);
      }
    }
    return [...rules];
  }

  async #run(plan: CommandPlan): Promise<CommandResult> {
    const script = plan.script.replace(/\$\{?(\d+)\}?/g, (_, index) => plan.args[Number(index)] ?? "");
    this.#ran.push(script);
    const answer = await this.answer(script);
    return { code: 0, stdout: "", stderr: "", timedOut: false, ...answer };
  }
}

/** What reading a file comes to; its text is its stamp. */
export function readingOf(text: string | undefined, stamp: string | undefined): FileReading {
  if (text === undefined) return { kind: "unreadable", reason: "it is not there" };
  return text === stamp ? { kind: "unchanged" } : { kind: "text", text, stamp: text, isCut: false };
}

/** A door that is closed until it is opened. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: () => resolve() };
}
