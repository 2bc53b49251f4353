/**
 * A daemon of two jails that does what it is told in memory.
 * @module
 */
import type { BanObjection } from "../../../src/ban/ban-objection.ts";
import type { JailSettings, StreamWord } from "../../../src/config/settings.ts";
import { badValue } from "../../../src/control/command-error.ts";
import type {
  DaemonPort,
  JailPort,
  JailState,
  ListedBan,
  ReloadRequest,
  ServerOption,
} from "../../../src/control/daemon-port.ts";
import type { WireValue } from "../../../src/control/wire-value.ts";

/** 2026-11-22 11:18:36 UTC */
export const BANNED_AT = 1795346316;

const SETTINGS: JailSettings = {
  name: "alpha",
  backend: "auto",
  usedns: "warn",
  prefregex: undefined,
  failregex: [],
  ignoreregex: [],
  maxlines: 1,
  datepattern: undefined,
  journalmatch: [],
  maxretry: 5,
  maxmatches: 5,
  findtime: 600,
  bantime: 600,
  increment: {
    enabled: false,
    factor: undefined,
    formula: undefined,
    multipliers: undefined,
    maxtime: undefined,
    rndtime: undefined,
    overalljails: false,
  },
  ignorecommand: "",
  ignoreself: true,
  ignoreip: [],
  ignorecache: undefined,
  logtimezone: undefined,
  logencoding: "auto",
  logpaths: [],
  actions: [],
};

export class FakeJail implements JailPort {
  readonly name: string;
  readonly backend = "polling";
  readonly applied: (readonly StreamWord[])[] = [];
  bans: ListedBan[];
  paths: string[];
  regexes: string[] = [];
  settings: JailSettings = SETTINGS;
  isIdle = false;

  constructor(name: string, ids: readonly string[]) {
    this.name = name;
    this.paths = [`/var/log/${name}.log`];
    this.bans = ids.map((id) => ({ id, at: BANNED_AT, bantime: 600 }));
  }

  get state(): JailState {
    return this.isIdle ? "idle" : "running";
  }

  status = () => ({
    currentlyFailed: 0,
    totalFailed: 0,
    currentlyBanned: this.bans.length,
    totalBanned: this.bans.length,
  });
  reading = () => ({ kind: "files" as const, paths: this.paths });
  view = () => ({
    settings: this.settings,
    logencoding: "UTF-8",
    prefregex: "",
    failregex: this.regexes,
    ignoreregex: [],
    datepattern: { pattern: undefined, name: "Epoch" },
    ignoreip: ["127.0.0.0/8", "::1"],
    ignorecache: undefined,
  });
  bannedIds = () => this.bans.map(({ id }) => id);
  bansByEnd = () => this.bans;
  isBanned = (id: string) => this.bannedIds().includes(id.toLowerCase());
  ban = (ids: readonly string[]) => {
    const added = ids.filter((id) => !this.isBanned(id));
    this.bans.push(...added.map((id) => ({ id, at: BANNED_AT, bantime: -1 })));
    return Promise.resolve(added.length);
  };
  /** the jail ignores 127.0.0.1 and whoever asks */
  objections = (ids: readonly string[], sessions: readonly string[]) =>
    ids.flatMap((id): BanObjection[] => {
      if (sessions.includes(id)) return [{ id, rule: "own session", text: "your session" }];
      return id === "127.0.0.1" ? [{ id, rule: "ignoreip", text: "ignoreip has 127.0.0.0/8" }] : [];
    });
  unban = (ids: readonly string[]) => {
    const before = this.bans.length;
    const absent = ids.filter((id) => !this.isBanned(id));
    this.bans = this.bans.filter(({ id }) => !ids.includes(id));
    return { lifted: before - this.bans.length, absent };
  };
  attempt = () => 1;
  setIdle = (isIdle: boolean) => {
    this.isIdle = isIdle;
  };
  apply = (words: readonly StreamWord[]) => {
    this.applied.push(words);
    const [option, value] = words;
    if (option === "maxretry") {
      if (!/^\d+$/.test(String(value))) {
        throw badValue(`invalid literal for int() with base 10: '${String(value)}'`);
      }
      this.settings = { ...this.settings, maxretry: Number(value) };
    }
    if (option === "addfailregex") this.regexes.push(String(value));
  };
  actions = () => new Map([["rec", new Map<string, WireValue>([["actionban", "echo <ip>"]])]]);
  callAction = (action: string, method: string, json: string | undefined) => [action, method, json ?? null];
}

export class FakeDaemon implements DaemonPort {
  readonly version = "1.1.0";
  isStopping = false;
  readonly fakes: FakeJail[];
  readonly options = new Map<ServerOption, StreamWord>([
    ["loglevel", "INFO"],
    ["logtarget", "/var/log/gaoler.log"],
    ["dbpurgeage", 86400],
  ]);
  readonly reloads: ReloadRequest[] = [];
  streams: (readonly (readonly StreamWord[])[])[] = [];
  isShut = false;

  constructor() {
    this.fakes = [new FakeJail("beta", []), new FakeJail("alpha", ["192.0.2.2", "2001:db8::1"])];
  }

  jails = () => this.fakes;
  jail = (name: string) => this.fakes.find((jail) => jail.name === name);
  option = (name: ServerOption): WireValue => {
    const value = this.options.get(name);
    return typeof value === "string" || typeof value === "number" ? value : null;
  };
  setOption = (name: ServerOption, value: StreamWord) => {
    this.options.set(name, value);
  };
  startJail = () => {};
  addJail = (name: string) => {
    this.fakes.push(new FakeJail(name, []));
  };
  stopJail = (name: string | undefined) => {
    for (const jail of [...this.fakes]) {
      if (name === undefined || jail.name === name) this.fakes.splice(this.fakes.indexOf(jail), 1);
    }
  };
  shutdown = () => {
    this.isShut = true;
    return Promise.resolve();
  };
  reload = (request: ReloadRequest) => {
    this.reloads.push(request);
    return Promise.resolve();
  };
  executeStream = (stream: readonly (readonly StreamWord[])[]) => {
    this.streams.push(stream);
    return Promise.resolve();
  };
  flushLogs = () => "rolled over" as const;
  unban = (ids: readonly string[] | undefined) => {
    let lifted = 0;
    for (const jail of this.fakes) lifted += jail.unban(ids ?? jail.bannedIds()).lifted;
    return lifted;
  };
}

/** A zone without offset. */
export const UTC_ZONE = {
  epochOf: () => 0,
  civilAt: (at: number) => {
    const date = new Date(Math.floor(at) * 1000);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
    };
  },
};
