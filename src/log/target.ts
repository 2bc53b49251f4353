/**
 * The log: takes events, writes those that are grave enough to the target that is set, keeps the old target when a new one
 * fails (B§1.11). Never throws: lines that cannot be written are counted and the loss is told.
 * Hot: per failure.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import type { GaolerEvent, Level, Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { CivilText } from "./civil-text.ts";
import { formatJson } from "./json.ts";
import { levelNumber, parseLevel, syslogSeverity } from "./levels.ts";
import type { Outlet } from "./outlets.ts";
import { type LogMessage, levelOf, renderEvent } from "./render.ts";
import { isFileTarget, type Target, type TargetDeps, Targets } from "./targets.ts";
import { WaitingLines } from "./waiting-lines.ts";

export interface LogDeps extends TargetDeps {
  readonly clock: Clock;
  /** does something once what is done now is over: lines of a file are then written together; by default each is written at once */
  readonly soon?: (work: () => void) => void;
}

const DEFAULT_LEVEL = "INFO";
/** Pauses between tries at a log program that ended, seconds; each is twice as long as the one before. */
const FIRST_RETRY: Seconds = 1;
const LAST_RETRY: Seconds = 60;
/** What is this grave is written at once, with all that came before it: the process may be about to die. */
const URGENT = levelNumber("ERROR");
/** A target that failed while it was in use: standard error stands in until it works again. */
interface Failed {
  readonly text: string;
  readonly pause: Seconds;
  readonly retryAt: EpochSeconds;
  /** lines that standard error got instead */
  lines: number;
}

export class Log {
  readonly #deps: LogDeps;
  readonly #civil: CivilText;
  /** lines of the present target that are written at the end of the tick */
  readonly #waiting = new WaitingLines();
  readonly #targets: Targets;
  #target: Target;
  #level = DEFAULT_LEVEL;
  #threshold = levelNumber(DEFAULT_LEVEL);
  #lost = 0;
  #lostReason = "";
  #failed: Failed | undefined;
  /** how long to wait after the next failure */
  #pause = FIRST_RETRY;
  /** when the present target was taken up */
  #since: EpochSeconds = 0;

  /** Starts on standard error, level INFO, until a target is set. */
  constructor(deps: LogDeps) {
    this.#deps = deps;
    this.#civil = new CivilText(deps.zone);
    this.#targets = new Targets(deps, {
      civil: this.#civil,
      failed: (text, reason) => this.#fallBack(text, reason),
      removed: (name) => this.#tellRemoved(name),
      complain: (text) => this.#tell("ERROR", text),
    });
    this.#target = this.#targets.standardError();
  }

  /** The present target without its options. */
  get target(): string {
    return this.#target.name;
  }

  /** The level as set, upper case. */
  get level(): string {
    return this.#level;
  }

  /** As set, or the path that `auto` turned out to be. */
  get syslogSocket(): string {
    return this.#targets.syslogSocket;
  }

  /** Whether lines of a level are written now. */
  hears(level: Level): boolean {
    return levelNumber(level) >= this.#threshold;
  }

  /** Writes an event if it is grave enough. */
  readonly write: Observe = (event) => {
    this.#take(event, false);
  };

  #take(event: GaolerEvent, isUrgent: boolean): void {
    const gravity = levelNumber(levelOf(event));
    if (gravity < this.#threshold) return;
    if (this.#lost > 0) this.#tellLost();
    const now = this.#deps.clock.now();
    if (this.#failed !== undefined) this.#tryAgain(this.#failed, now);
    const { outlet, found } = this.#target;
    const { soon } = this.#deps;
    if (outlet.writeMany !== undefined && soon !== undefined && gravity < URGENT && !isUrgent) {
      if (this.#waiting.count === 0) soon(this.writeWaiting);
      const isFound = event.type === "failure-found" && found !== undefined;
      const hasRoom = isFound ? found.add(event, now, this.#waiting) : this.#wait(event, now);
      if (!hasRoom) this.writeWaiting();
      return;
    }
    this.writeWaiting();
    const { line, message } = this.#lineOf(event, now);
    this.#put(outlet, line, message.logger, syslogSeverity(message.level));
  }

  #lineOf(event: GaolerEvent, now: EpochSeconds): { readonly line: string; readonly message: LogMessage } {
    const { format, isJson } = this.#target;
    const message = renderEvent(event, this.#civil);
    return {
      message,
      line: isJson ? formatJson(event, message, now, this.#deps.pid) : format.line(message, now),
    };
  }

  /** Writes what waits for the end of the tick; whoever ends the process does so. */
  readonly writeWaiting = (): void => {
    if (this.#waiting.count === 0) return;
    this.#waiting.take((lines) => {
      this.#target.outlet.writeMany?.(lines, (reason) => this.#lose(reason));
    });
  };

  /** `false`: `Invalid log level 'FOO'`. */
  setLevel(text: string): boolean {
    const number = parseLevel(text);
    if (number === undefined) return false;
    this.#level = text.trim().toUpperCase();
    this.#threshold = number;
    return true;
  }

  /** `auto` or a path; looked at when the target becomes SYSLOG. */
  setSyslogSocket(text: string): void {
    this.#targets.syslogSocket = text;
  }

  /** Changes the target; `false`: it failed, which was told on the one that stays. */
  setTarget(text: string): boolean {
    if (text === this.#target.text) return true;
    const next = this.#targets.open(text, this.#target);
    if (typeof next === "string") {
      const { name } = this.#target;
      this.#tell("ERROR", next);
      this.#tell("INFO", `Logging to previous target '${name}'`);
      return false;
    }
    this.writeWaiting();
    const old = this.#target;
    this.#target = next;
    this.#failed = undefined;
    this.#pause = FIRST_RETRY;
    old.outlet.close();
    return true;
  }

  /** How the target is called where its change is told: `SYSLOG (/dev/log)`. */
  get targetText(): string {
    return this.target === "SYSLOG" ? `SYSLOG (${this.syslogSocket})` : this.target;
  }

  /** Reopens a file, flushes others (B§1.16). */
  flush(): "rolled over" | "flushed" {
    const { name, outlet } = this.#target;
    const isFile = isFileTarget(name);
    this.writeWaiting();
    try {
      outlet.reopen();
    } catch (error) {
      this.#tell("ERROR", `Unable to log to '${name}': ${messageOf(error)}; still writing to the old file`);
    }
    this.#tell("INFO", `${isFile ? "rollover" : "flush"} performed on ${name}`);
    return isFile ? "rolled over" : "flushed";
  }

  close(): void {
    this.writeWaiting();
    this.#target.outlet.close();
  }

  #tell(level: "ERROR" | "INFO", text: string): void {
    this.write({ type: "message", level, logger: "server", text } satisfies GaolerEvent);
  }

  #put(outlet: Outlet, line: string, logger: string, severity: number): void {
    try {
      outlet.write(line, { logger, severity });
    } catch (error) {
      this.#lose(error);
    }
  }

  /** @returns whether there is room for another line */
  #wait(event: GaolerEvent, now: EpochSeconds): boolean {
    this.#waiting.put(this.#lineOf(event, now).line);
    return this.#waiting.end();
  }

  #lose(reason: unknown): void {
    this.#lost++;
    this.#lostReason = messageOf(reason);
  }

  /** Tells about lost lines before the next line; while that fails as well, the count goes on. */
  #tellLost(): void {
    const lost = this.#lost;
    this.#lost = 0;
    this.#tell("ERROR", `${lost} log lines could not be written: ${this.#lostReason}`);
    if (this.#lost > 0) this.#lost = lost;
  }

  #tellRemoved(name: string): void {
    // before the lines that are just being written
    const text = `Log file '${name}' was removed, made anew`;
    this.#take({ type: "message", level: "INFO", logger: "server", text }, true);
  }

  /** A log program is gone: standard error takes over, for a while. */
  #fallBack(text: string, reason: string): void {
    if (this.#target.text !== text) return;
    const { name } = this.#target;
    const now = this.#deps.clock.now();
    // one that worked for long is not one that fails each time
    const pause = now - this.#since > LAST_RETRY ? FIRST_RETRY : this.#pause;
    this.#pause = Math.min(LAST_RETRY, pause * 2);
    this.#failed = { text, pause, retryAt: now + pause, lines: 0 };
    this.#target = this.#targets.standardError();
    if (pause > FIRST_RETRY) return;
    this.#tell("ERROR", `Unable to log to '${name}': ${reason}`);
    this.#tell("INFO", "Logging to 'STDERR'");
  }

  /** Goes back to a target that failed, once its time has come. */
  #tryAgain(failed: Failed, now: EpochSeconds): void {
    failed.lines++;
    const isEarly = now < failed.retryAt && now >= failed.retryAt - failed.pause;
    if (isEarly) return;
    // what the opening has to tell comes here as well
    this.#failed = undefined;
    const next = this.#targets.open(failed.text, this.#target);
    if (typeof next === "string") {
      const pause = Math.min(LAST_RETRY, failed.pause * 2);
      this.#failed = { ...failed, pause, retryAt: now + pause };
      return;
    }
    this.#target = next;
    this.#since = now;
    this.#tell(
      "INFO",
      `Logging to '${next.name}' again; ${failed.lines - 1} line(s) went to 'STDERR' meanwhile`,
    );
  }
}
