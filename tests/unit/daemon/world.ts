/**
 * A daemon with its jails on a stage, and the command streams that clients send it.
 * @module
 */
import { onTestFinished } from "vitest";
import type { StreamWord } from "../../../src/config/settings.ts";
import type { ReloadRequest } from "../../../src/control/daemon-port.ts";
import { BanDatabase } from "../../../src/daemon/ban-database.ts";
import { Daemon } from "../../../src/daemon/daemon.ts";
import { JailStage, LOG } from "../jail/stage.ts";

export type Stream = readonly (readonly StreamWord[])[];

export const EARLY = {
  socket: "/run/test.sock",
  pidfile: "/run/test.pid",
  loglevel: "INFO",
  logtarget: "STDOUT",
  syslogsocket: "auto",
};

export interface JailWords {
  readonly actions?: readonly string[];
  readonly backend?: string;
  readonly failregex?: string;
  /** more words of `set J` */
  readonly options?: Stream;
}

/** The commands that make a jail of a name and start it. */
export function jailStream(name: string, words: JailWords = {}): Stream {
  const { actions = ["fw"], backend = "polling", failregex = "^fail from <HOST>$", options = [] } = words;
  return [
    ["add", name, backend],
    ["set", name, "ignoreself", "false"],
    ["set", name, "maxretry", 2],
    ["set", name, "datepattern", "{NONE}"],
    ["multi-set", name, "addfailregex", [failregex]],
    ["set", name, "addlogpath", LOG, "head"],
    ...options.map((option) => ["set", name, ...option]),
    ...actions.flatMap((action) => [
      ["set", name, "addaction", action],
      [
        "multi-set",
        name,
        "action",
        action,
        ["start", "stop", "ban", "unban"].map((verb) => [
          `action${verb}`,
          `${action}-${name} ${verb}${verb.endsWith("ban") ? " <ip>" : ""}`,
        ]),
      ],
    ]),
    ["start", name],
  ];
}

export class World {
  readonly stage: JailStage;
  readonly database: BanDatabase;
  readonly daemon: Daemon;
  forgotten = 0;
  readonly ipv6: string[] = [];

  /** @param isKnown what jails wait for before they start */
  constructor(isKnown: Promise<void> = Promise.resolve()) {
    this.stage = new JailStage({ database: undefined });
    const { observe, clock } = this.stage;
    this.database = new BanDatabase({ dbmaxmatches: 10, dbpurgeage: 86_400 }, observe, clock);
    this.daemon = new Daemon({
      version: "1.1.0",
      early: EARLY,
      observe,
      log: undefined,
      database: this.database,
      ports: {
        ...this.stage.ports,
        store: () => this.database.store,
        takeEndedBadly: (jail) => this.database.takeEndedBadly(jail),
      },
      isKnown,
      hasten: () => undefined,
      forgetNames: () => {
        this.forgotten += 1;
      },
      setAllowIpv6: (text) => this.ipv6.push(text),
    });
    onTestFinished(() => this.daemon.shutdown());
  }

  /** The commands of a server with a database and the jails given. */
  stream(...jails: readonly Stream[]): Stream {
    return [["set", "dbfile", ":memory:"], ...jails.flat()];
  }

  /** Starts as a client does; what the start did is forgotten. */
  async start(...jails: readonly Stream[]): Promise<void> {
    await this.daemon.executeStream(this.stream(...jails));
    await this.forget();
  }

  /** Reloads everything, or as asked. */
  async reload(stream: Stream, request: Partial<ReloadRequest> = {}): Promise<void> {
    const whole = { jail: undefined, restart: false, unban: false, ifExists: false, stream };
    await this.daemon.reload({ ...whole, ...request });
  }

  async forget(): Promise<void> {
    await this.stage.settled();
    this.stage.takeRan();
    this.stage.events.length = 0;
  }

  names(): string[] {
    return [...this.daemon.jails()].map(({ name }) => name);
  }

  banned(name = "j1"): readonly string[] {
    return this.daemon.jail(name)?.bannedIds() ?? [];
  }
}
