/**
 * A tool that is kept open and given one line after the other: no start for each. After every line it gets a mark that it cannot understand,
 * and its complaint about the mark tells that the line before is done; what it said before that is about the line.
 * What is long it may read from a file that it inherits. Started on demand, ended when idle, killed when it does not answer in time.
 * Knows no firewall.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { BatchFile } from "./batch-file.ts";

/** It goes when nothing was asked for so long. */
const IDLE_MS = 30_000;
/** A new one has to answer for the first time within this. */
const FIRST_ANSWER_MS = 3_000;
/** A tool that cannot be kept is not tried again for so long. */
const REST_MS = 300_000;
/** What one process is told before another takes its place: it may remember everything, characters. */
const MAX_TOLD_CHARS = 1 << 20;
/** Longest complaint; one that says more is not to be trusted. */
const MAX_SAID_CHARS = 64 * 1024;
/** After the end of its input, before the signal. */
const KILL_AFTER_MS = 2_000;

export interface KeptToolOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly idleMs?: number;
  readonly restMs?: number;
  readonly maxToldChars?: number;
  /** The line by which it reads a file; without it there is none. */
  readonly fileLine?: (path: string) => string;
  /** What was said before the complaint about the mark; `undefined` while that is not complete. */
  answer(said: string, mark: string): string | undefined;
}

/** The file as the tool finds it: its first descriptor after the usual ones. */
const INHERITED = "/proc/self/fd/3";

/** One process. */
class Conversation {
  readonly #child: ChildProcess;
  readonly #options: KeptToolOptions;
  readonly #ended: () => void;
  readonly #file: BatchFile | undefined;
  #said = "";
  #toldChars = 0;
  #marks = 0;
  #waiting: { readonly mark: string; settle(answer: string | undefined): void } | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(options: KeptToolOptions, ended: () => void) {
    this.#options = options;
    this.#ended = ended;
    this.#file = options.fileLine === undefined ? undefined : BatchFile.open();
    try {
      this.#child = spawn(options.program, options.args, {
        cwd: "/",
        env: { ...process.env, ...options.env },
        // what ends gaoler's group is not to end a transaction
        detached: true,
        stdio: ["pipe", "ignore", "pipe", this.#file?.descriptor ?? "ignore"],
      });
    } catch (error) {
      this.#file?.close();
      throw error;
    }
    const { stdin, stderr } = this.#child;
    stderr?.setEncoding("latin1");
    stderr?.on("data", (text: string) => this.#heard(text));
    for (const stream of [stdin, stderr]) stream?.on("error", () => undefined);
    this.#child.once("error", () => this.#over());
    this.#child.once("exit", () => this.#over());
  }

  get isWornOut(): boolean {
    return this.#toldChars >= (this.#options.maxToldChars ?? MAX_TOLD_CHARS);
  }

  /** Tells it a line. @returns what it said about it; `undefined` if it is no more, or did not answer in time */
  tell(line: string, timeoutMs: number): Promise<string | undefined> {
    if (this.#isOver) return Promise.resolve(undefined);
    this.#marks += 1;
    const mark = `gaoler-${String(this.#marks).padStart(8, "0")}`;
    this.#said = "";
    this.#toldChars += line.length + mark.length;
    return new Promise((resolve) => {
      this.hurry(timeoutMs);
      this.#waiting = {
        mark,
        settle: (answer) => {
          clearTimeout(this.#deadline);
          this.#waiting = undefined;
          resolve(answer);
        },
      };
      this.#child.stdin?.write(`${line}\n${mark}\n`);
    });
  }

  /** Tells it to read a text. @returns as {@link Conversation.tell}; "unread" if there is no way to give it to it */
  tellFile(text: string, timeoutMs: number): Promise<string | undefined> | "unread" {
    const { fileLine } = this.#options;
    if (fileLine === undefined || this.#file?.write(text) !== true) return "unread";
    return this.tell(fileLine(INHERITED), timeoutMs);
  }

  /** What it is at has to be done within this. */
  hurry(timeoutMs: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.kill(), timeoutMs);
  }

  /** Ends it when it has done what it was told. */
  end(): void {
    if (this.#isOver) return;
    this.#child.stdin?.end();
    setTimeout(() => this.kill(), KILL_AFTER_MS).unref();
  }

  kill(): void {
    if (!this.#isOver) this.#child.kill("SIGKILL");
    this.#over();
  }

  #heard(text: string): void {
    this.#said += text;
    if (this.#said.length > MAX_SAID_CHARS) {
      this.kill();
      return;
    }
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const answer = this.#options.answer(this.#said, waiting.mark);
    if (answer !== undefined) waiting.settle(answer);
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#file?.close();
    this.#waiting?.settle(undefined);
    this.#ended();
  }
}

export class KeptTool {
  readonly #options: KeptToolOptions;
  #conversation: Conversation | undefined;
  #idle: NodeJS.Timeout | undefined;
  #notBefore = 0;

  constructor(options: KeptToolOptions) {
    this.#options = options;
  }

  /** Starts it, if it does not run. @returns whether it can be told something */
  async ready(): Promise<boolean> {
    if (this.#conversation !== undefined) return true;
    if (performance.now() < this.#notBefore) return false;
    return (await this.#begin()) !== undefined;
  }

  /**
   * Tells it one line; the next may be told when the answer has come.
   *
   * @returns what it said about it, empty if nothing; `undefined` if it cannot be kept, has died or did not answer in time: then nobody
   * knows whether it has done it
   */
  async tell(line: string, timeoutMs: number): Promise<string | undefined> {
    return await this.#talk((conversation) => conversation.tell(line, timeoutMs));
  }

  /** The same with a text of any length. @returns "unread" too: it has not seen the text */
  async tellFile(text: string, timeoutMs: number): Promise<string | undefined> {
    return await this.#talk((conversation) => conversation.tellFile(text, timeoutMs));
  }

  async #talk(
    what: (conversation: Conversation) => Promise<string | undefined> | "unread",
  ): Promise<string | undefined> {
    clearTimeout(this.#idle);
    const conversation = this.#conversation ?? (await this.#begin());
    const answer = conversation && (await what(conversation));
    if (conversation?.isWornOut === true) this.close();
    else {
      this.#idle = setTimeout(() => this.close(), this.#options.idleMs ?? IDLE_MS);
      this.#idle.unref();
    }
    return answer;
  }

  /** A line under way has to be done within this. */
  hurry(timeoutMs: number): void {
    this.#conversation?.hurry(timeoutMs);
  }

  /** Ends it. It is started again if it is asked. */
  close(): void {
    clearTimeout(this.#idle);
    const conversation = this.#conversation;
    this.#conversation = undefined;
    conversation?.end();
  }

  /** Starts one that answers. */
  async #begin(): Promise<Conversation | undefined> {
    let conversation: Conversation | undefined;
    try {
      conversation = new Conversation(this.#options, () => {
        if (this.#conversation === conversation) this.#conversation = undefined;
      });
      this.#conversation = conversation;
      if ((await conversation.tell("", FIRST_ANSWER_MS)) === "") return conversation;
    } catch {
      // no memory for another process
    }
    conversation?.kill();
    this.#conversation = undefined;
    this.#notBefore = performance.now() + (this.#options.restMs ?? REST_MS);
    return undefined;
  }
}
