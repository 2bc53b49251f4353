/**
 * What the log can be written to, and how each target is opened (B§1.11). Knows no events, and nothing of what becomes of a target that fails.
 * @module
 */
import { statSync } from "node:fs";
import { type BracketedWord, parseBracketedWord } from "../base/bracket-options.ts";
import { messageOf } from "../base/error-text.ts";
import type { LocalZone } from "../base/local-time.ts";
import type { CivilText } from "./civil-text.ts";
import { LineFormat, type LineStyle } from "./format.ts";
import { FoundLines } from "./found-lines.ts";
import { type Outlet, openFileOutlet, programOutlet, streamOutlet } from "./outlets.ts";
import { facilityOf, styleOf } from "./target-options.ts";

export interface TargetDeps {
  readonly zone: LocalZone;
  readonly pid: number;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

export interface TargetPorts {
  readonly civil: CivilText;
  /** told when the program that takes the lines of a target is gone */
  failed(text: string, reason: string): void;
  /** told when a log file was removed and made anew */
  removed(name: string): void;
  /** told what is wrong with a target that opens all the same */
  complain(text: string): void;
}

const NAMED_TARGETS = ["STDOUT", "STDERR", "SYSOUT", "SYSLOG", "SYSTEMD-JOURNAL", "INHERITED"];
/** What `auto` stands for on Linux. */
const SYSLOG_SOCKET = "/dev/log";

export interface Target {
  /** the name without options: the reply of `get logtarget` */
  readonly name: string;
  /** as given */
  readonly text: string;
  readonly outlet: Outlet;
  readonly format: LineFormat;
  readonly isJson: boolean;
  /** makes lines of failures, where they can be made from the same pieces */
  readonly found: FoundLines | undefined;
}

/** Whether a target of this name is a file. */
export const isFileTarget = (name: string): boolean => !NAMED_TARGETS.includes(name);

export class Targets {
  readonly #deps: TargetDeps;
  readonly #ports: TargetPorts;
  #syslogSocket = "auto";

  constructor(deps: TargetDeps, ports: TargetPorts) {
    this.#deps = deps;
    this.#ports = ports;
  }

  /** As set, or the path that `auto` turned out to be. */
  get syslogSocket(): string {
    return this.#syslogSocket;
  }

  /** `auto` or a path; looked at when the target becomes SYSLOG. */
  set syslogSocket(text: string) {
    this.#syslogSocket = text;
  }

  standardError(): Target {
    const style = { datetime: true, padding: true };
    return this.#make("STDERR", "STDERR", style, streamOutlet(this.#deps.stderr));
  }

  /** Opens a target, or says why not. @param present what INHERITED stands for */
  open(text: string, present: Target): Target | string {
    const parsed = parseBracketedWord(text);
    const upper = parsed.word.toUpperCase();
    const name = NAMED_TARGETS.includes(upper) ? upper : parsed.word;
    const style = styleOf(parsed, name);
    switch (name) {
      case "STDOUT":
      case "SYSOUT":
        return this.#make(name, text, style, streamOutlet(this.#deps.stdout));
      case "STDERR":
        return this.#make(name, text, style, streamOutlet(this.#deps.stderr));
      case "INHERITED":
        return { ...present, name, text };
      case "SYSLOG":
        return this.#openSyslog(text, parsed, style);
      case "SYSTEMD-JOURNAL": {
        const cat = { command: "systemd-cat", args: ["--identifier=fail2ban", "--level-prefix=true"] };
        const outlet = programOutlet(
          () => cat,
          (severity) => `<${severity}>`,
          (reason) => this.#ports.failed(text, reason),
        );
        return this.#make(name, text, style, outlet);
      }
      default:
        try {
          const outlet = openFileOutlet(name, () => this.#ports.removed(name));
          return this.#make(name, text, style, outlet);
        } catch (error) {
          return `Unable to log to '${name}': ${messageOf(error)}`;
        }
    }
  }

  #openSyslog(text: string, parsed: BracketedWord, style: LineStyle): Target | string {
    const socket = this.#syslogSocket === "auto" ? SYSLOG_SOCKET : this.#syslogSocket;
    if (statSync(socket, { throwIfNoEntry: false })?.isSocket() !== true) {
      return `Syslog socket file: ${socket} does not exists or is not a socket`;
    }
    this.#syslogSocket = socket;
    const wanted = parsed.options.get("facility") ?? "DAEMON";
    const facility = facilityOf(wanted);
    if (facility === undefined) this.#ports.complain(`Unable to set facility '${wanted}', using 'DAEMON'`);
    const outlet = programOutlet(
      (logger) => ({
        command: "logger",
        args: ["--socket", socket, `--tag=fail2ban.${logger}`, `--id=${this.#deps.pid}`, "--prio-prefix"],
      }),
      (severity) => `<${((facility ?? 3) << 3) | severity}>`,
      (reason) => this.#ports.failed(text, reason),
    );
    return this.#make("SYSLOG", text, style, outlet);
  }

  #make(name: string, text: string, style: LineStyle, outlet: Outlet): Target {
    const format = new LineFormat(style, this.#deps);
    const isJson = style.isJson === true;
    const found = format.endsInMessage && !isJson ? new FoundLines(format, this.#ports.civil) : undefined;
    return { name, text, outlet, format, isJson, found };
  }
}
