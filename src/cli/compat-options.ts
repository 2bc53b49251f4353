/**
 * The options that `fail2ban-client` and `fail2ban-server` share (B§1.2).
 * @module
 */
import { parseDuration, parseDurationExact } from "../base/duration.ts";
import { messageOf } from "../base/error-text.ts";
import type { Seconds } from "../base/units.ts";
import { type GivenOption, OptionError, type OptionTable, parseOptions } from "../control/getopt.ts";
import { valueText } from "../control/value-text.ts";
import { PyFloat } from "../control/wire-value.ts";

export interface CompatOptions {
  /** configuration directory */
  readonly conf: string | undefined;
  readonly socket: string | undefined;
  readonly pidfile: string | undefined;
  readonly pname: string | undefined;
  readonly loglevel: string | undefined;
  readonly logtarget: string | undefined;
  readonly syslogsocket: string | undefined;
  readonly dump: "no" | "dump" | "pretty";
  readonly test: boolean;
  readonly interactive: boolean;
  readonly verbosity: number;
  readonly force: boolean;
  readonly background: boolean;
  /** the server does not read the configuration itself */
  readonly async: boolean;
  /** how long to wait for the server to come up or go down */
  readonly timeout: Seconds;
}

/** What a command line comes to. */
export type CommandLine =
  | { readonly kind: "run"; readonly options: CompatOptions; readonly words: readonly string[] }
  /** an option that prints something and ends */
  | { readonly kind: "help"; readonly conf: string | undefined }
  | { readonly kind: "version"; readonly isShort: boolean; readonly conf: string | undefined }
  | { readonly kind: "seconds"; readonly text: string }
  /** an option that nobody knows */
  | { readonly kind: "unknown-option"; readonly message: string }
  /** a value that does not do */
  | { readonly kind: "bad-value"; readonly message: string };

const TABLE: OptionTable = {
  short: "hc:s:p:xfbdtviqV",
  long: [
    "loglevel=",
    "logtarget=",
    "syslogsocket=",
    "test",
    "async",
    "conf=",
    "pidfile=",
    "pname=",
    "socket=",
    "timeout=",
    "str2sec=",
    "help",
    "version",
    "dp",
    "dump-pretty",
  ],
};

const DEFAULTS: CompatOptions = {
  conf: undefined,
  socket: undefined,
  pidfile: undefined,
  pname: undefined,
  loglevel: undefined,
  logtarget: undefined,
  syslogsocket: undefined,
  dump: "no",
  test: false,
  interactive: false,
  verbosity: 1,
  force: false,
  background: true,
  async: false,
  timeout: 30,
};

/** What an option changes; options are handled in order of appearance. */
const EFFECTS: Readonly<Record<string, (options: CompatOptions, value: string) => Partial<CompatOptions>>> = {
  "-c": (_options, conf) => ({ conf }),
  "--conf": (_options, conf) => ({ conf }),
  "-s": (_options, socket) => ({ socket }),
  "--socket": (_options, socket) => ({ socket }),
  "-p": (_options, pidfile) => ({ pidfile }),
  "--pidfile": (_options, pidfile) => ({ pidfile }),
  "--pname": (_options, pname) => ({ pname }),
  "--loglevel": (_options, loglevel) => ({ loglevel }),
  "--logtarget": (_options, logtarget) => ({ logtarget }),
  "--syslogsocket": (_options, syslogsocket) => ({ syslogsocket }),
  "-d": ({ dump }) => ({ dump: dump === "pretty" ? dump : "dump" }),
  "--dp": () => ({ dump: "pretty" }),
  "--dump-pretty": () => ({ dump: "pretty" }),
  "-t": () => ({ test: true }),
  "--test": () => ({ test: true }),
  "-i": () => ({ interactive: true }),
  "-v": ({ verbosity }) => ({ verbosity: verbosity + 1 }),
  "-q": ({ verbosity }) => ({ verbosity: verbosity - 1 }),
  "-x": () => ({ force: true }),
  "-b": () => ({ background: true }),
  "-f": () => ({ background: false }),
  "--async": () => ({ async: true }),
  "--timeout": (_options, value) => ({ timeout: parseDuration(value) }),
};

/** A time expression in seconds, as Python prints the number. */
function secondsText(expression: string): string {
  const { value, isFloat } = parseDurationExact(expression);
  return valueText(isFloat ? new PyFloat(value) : value);
}

/** The options that act at once; `undefined` for all others. What stands before them holds. */
function immediate({ name, value }: GivenOption, { conf }: CompatOptions): CommandLine | undefined {
  switch (name) {
    case "-h":
    case "--help":
      return { kind: "help", conf };
    case "-V":
    case "--version":
      return { kind: "version", isShort: name === "-V", conf };
    case "--str2sec":
      return { kind: "seconds", text: secondsText(value) };
    default:
      return undefined;
  }
}

/** Reads a command line. Throws nothing. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  try {
    const { options: given, words } = parseOptions(argv, TABLE);
    let options = DEFAULTS;
    for (const option of given) {
      const ending = immediate(option, options);
      if (ending !== undefined) return ending;
      options = { ...options, ...EFFECTS[option.name]?.(options, option.value) };
    }
    return { kind: "run", options, words };
  } catch (error) {
    if (error instanceof OptionError) return { kind: "unknown-option", message: error.message };
    return { kind: "bad-value", message: messageOf(error) };
  }
}
