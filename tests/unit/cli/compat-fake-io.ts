/**
 * The world of the compatible faces in a test: what they print is kept, what they start is noted.
 * @module
 */
import { existsSync } from "node:fs";
import type {
  CompatIo,
  ConfigurationReader,
  ReadConfiguration,
  ReadingOptions,
} from "../../../src/cli/compat-io.ts";
import type { CompatServerIo, ServerRun } from "../../../src/cli/compat-server.ts";
import { UTC_ZONE } from "../control/fake-daemon.ts";

/** 2026-11-22 11:18:18.099 UTC */
const NOW = 1795346298.0995;

const GOOD: ReadConfiguration = {
  stream: [{ words: ["set", "loglevel", "INFO"] }, { words: ["start", "alpha"] }],
  lines: [],
  isUsable: true,
};

export class FakeIo implements CompatServerIo {
  program = "fail2ban-client";
  readonly unicode = true;
  readonly zone = UTC_ZONE;
  readonly pid = 12992;
  readonly configDirectory = "/etc/test";
  readonly socket: string;
  readonly readings: (ReadingOptions & { readonly directory: string })[] = [];
  readonly spawned: (readonly string[])[] = [];
  readonly foreground: (readonly string[])[] = [];
  readonly runs: ServerRun[] = [];
  configured: ReadConfiguration = GOOD;
  hasDirectory = true;
  version = "1.1.0";
  input: string[] = [];
  signalled: Promise<number> = new Promise(() => {});
  /** what a spawned server does; resolves with its exit code */
  spawn: () => Promise<number> = () => new Promise(() => {});
  stdout = "";
  stderr = "";
  #waited = 0;

  constructor(socket: string) {
    this.socket = socket;
  }

  readonly configuration: ConfigurationReader = {
    places: (directory) =>
      this.hasDirectory
        ? {
            places: {
              socket: this.socket,
              pidfile: "/run/test.pid",
              loglevel: "INFO",
              logtarget: "/var/log/test.log",
              syslogsocket: "auto",
            },
            version: this.version,
            lines: [],
          }
        : { failure: `Base configuration directory ${directory} does not exist ` },
    read: (directory, options) => {
      this.readings.push({ directory, ...options });
      return this.configured;
    },
  };

  out: CompatIo["out"] = (text) => {
    this.stdout += text;
  };
  err: CompatIo["err"] = (text) => {
    this.stderr += text;
  };
  ask: CompatIo["ask"] = (prompt) => {
    this.out(prompt);
    return Promise.resolve(this.input.shift());
  };
  now = (): number => NOW + this.#waited;
  wait: CompatIo["wait"] = (time) => {
    const short = Math.min(time, 0.01);
    this.#waited += short;
    return new Promise((resolve) => setTimeout(resolve, short * 1000));
  };
  exists: CompatIo["exists"] = (path) => existsSync(path);
  spawnServer: CompatIo["spawnServer"] = (args) => {
    this.spawned.push(args);
    return this.spawn();
  };
  runServerProgram: CompatIo["runServerProgram"] = (args) => {
    this.foreground.push(args);
    return Promise.resolve(0);
  };
  runServer: CompatServerIo["runServer"] = (run) => {
    this.runs.push(run);
    return Promise.resolve(0);
  };
}
