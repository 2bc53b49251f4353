/**
 * Tells how a command ended, in fail2ban's words (B§4.10): failures loudly, successes for those who debug.
 * @module
 */
import { constants } from "node:os";
import type { CommandPlan, CommandResult } from "../action/command-plan.ts";
import type { Level, Observe } from "../base/event.ts";
import { reprText } from "../config/python-text.ts";

/** Shown of a script with its values, characters. */
const MAX_SHOWN_CHARS = 16_384;
/** Shown of stdout and of stderr each. */
const MAX_SHOWN_LINES = 200;
/** Exit code of a shell that did not find a command. */
const NOT_FOUND = 127;
/** A shell adds the number of the signal that ended its child to this. */
const SIGNAL_BASE = 128;

const SUCCESS = "returned successfully 0";
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

/** Whether a command did what it should: exit code 0 within its time (B§4.7). */
export function isSuccess(result: CommandResult): boolean {
  return result.code === 0 && !result.timedOut;
}

function shown(text: string): string {
  return text.length <= MAX_SHOWN_CHARS ? text : `${text.slice(0, MAX_SHOWN_CHARS)}...`;
}

function planText({ script, args }: CommandPlan): string {
  return shown(
    args.length === 0 ? script : `[${[script, ...args].map((text) => reprText(text)).join(", ")}]`,
  );
}

function linesOf(text: string): string[] {
  const lines = text.split(LINE_END);
  if (lines.at(-1) === "") lines.pop();
  const left = lines.length - MAX_SHOWN_LINES;
  const head = lines.slice(0, MAX_SHOWN_LINES).map((line) => reprText(line));
  return left > 0 ? [...head, `... and ${left} more lines`] : head;
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `signal ${number}`;
}

function endText({ code, error }: CommandResult): string {
  if (code === undefined) return `cannot be run: ${error ?? "unknown reason"}`;
  if (code < 0) return `killed with ${signalName(-code)} (return code: ${code})`;
  if (code > SIGNAL_BASE) return `killed with ${signalName(code - SIGNAL_BASE)} (return code: ${code})`;
  return `returned ${code}`;
}

function notFoundHint(script: string): string {
  return (
    `HINT on 127: "Command not found".  Make sure that all commands in ${shown(reprText(script))} are in the PATH of ` +
    "fail2ban-server process (grep -a PATH= /proc/`pidof -x fail2ban-server`/environ). You may want to start " +
    '"fail2ban-server -f" separately, initiate it with "fail2ban-client reload" in another shell session and observe ' +
    "if additional informative error messages appear in the terminals."
  );
}

/** A command about an address that is put into words when somebody asks. */
export interface ToldCommand {
  plan(address: string): CommandPlan;
}

/** Levels of what is told of a command that succeeded: that it did, and what it was. */
const SUCCEEDED: Level = "DEBUG";
const DETAIL: Level = "TRACEDEBUG";

/** A line about a command that succeeded: what it was, or else that it did. */
class SuccessLine {
  readonly type = "message";
  readonly level: Level;
  readonly logger = "utils";
  readonly #log: CommandLog;
  readonly #count: number;
  readonly #command: ToldCommand | undefined;
  readonly #address: string;

  constructor(log: CommandLog, count: number, command: ToldCommand | undefined, address: string) {
    this.level = command === undefined ? SUCCEEDED : DETAIL;
    this.#log = log;
    this.#count = count;
    this.#command = command;
    this.#address = address;
  }

  get text(): string {
    const said =
      this.#command === undefined ? SUCCESS : `exec: ${planText(this.#command.plan(this.#address))}`;
    return `${this.#log.idOf(this.#count)} -- ${said}`;
  }
}

/** The commands of one action, each with a number of its own in the log. */
export class CommandLog {
  readonly #observe: Observe;
  readonly #hears: (level: Level) => boolean;
  readonly #series: number;
  #count = 0;

  /**
   * @param owner jail and action; it makes the numbers of different actions differ
   * @param hears whether anybody takes messages of a level now
   */
  constructor(observe: Observe, owner: string, hears: (level: Level) => boolean = () => true) {
    this.#observe = observe;
    this.#hears = hears;
    let hash = 0x811c9dc5;
    for (const character of owner) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    this.#series = hash >>> 0;
  }

  /** Tells of a command that was carried out without a word. Its lines are made where somebody reads them. Hot: per ban and unban. */
  succeeded(command: ToldCommand, address: string): void {
    const count = this.#next();
    if (this.#hears(DETAIL)) this.#observe(new SuccessLine(this, count, command, address));
    if (this.#hears(SUCCEEDED)) this.#observe(new SuccessLine(this, count, undefined, address));
  }

  /** Tells of a command that has ended. */
  ended(plan: CommandPlan, result: CommandResult): void {
    const id = this.idOf(this.#next());
    const isFine = isSuccess(result);
    const level: Level = isFine ? SUCCEEDED : "ERROR";
    this.#tell(isFine ? DETAIL : "ERROR", `${id} -- exec: ${planText(plan)}`);
    if (result.timedOut) this.#tell("ERROR", `${id} -- timed out after ${plan.timeout} seconds.`);
    for (const line of linesOf(result.stdout)) this.#tell(level, `${id} -- stdout: ${line}`);
    for (const line of linesOf(result.stderr)) this.#tell(level, `${id} -- stderr: ${line}`);
    this.#tell(level, `${id} -- ${isFine ? SUCCESS : endText(result)}`);
    if (result.code === NOT_FOUND) this.#tell("INFO", notFoundHint(plan.script));
  }

  /** The number of a command, as the log shows it. */
  idOf(count: number): string {
    return (this.#series * 0x10000 + count).toString(16).padStart(12, "0");
  }

  #next(): number {
    this.#count = (this.#count + 1) % 0x10000;
    return this.#count;
  }

  #tell(level: Level, text: string): void {
    this.#observe({ type: "message", level, logger: "utils", text });
  }
}
