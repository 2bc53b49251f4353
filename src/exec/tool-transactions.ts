/**
 * Carries out recognised commands of firewall tools without a shell, many in one transaction: few by an nft that is kept open, many by one
 * that is started for them. One transaction of a program at a time, in the order they came; they would only get into each other's way.
 * Knows the tools' ways of being given many commands, and nothing of bans.
 * @module
 */
import {
  ipsetLines,
  iptablesLines,
  nftLines,
  type ToolCommand,
  type TransactionOutcome,
} from "../action/tool-command.ts";
import type { Seconds } from "../base/units.ts";
import type { Haste } from "./haste.ts";
import { couldNotRead, keepNft } from "./kept-nft.ts";
import type { KeptTool } from "./kept-tool.ts";
import { missingRules } from "./missing-rules.ts";
import { readTool, runTool } from "./run-tool.ts";

/** Elements that a kept nft is told in one line, which it reads character by character; more are in a file. */
const MAX_TOLD_ELEMENTS = 100;
/** Elements that a kept nft takes at a time: it gives back no memory before it ends. */
const MAX_KEPT_ELEMENTS = 10_000;
/** Longest transaction; what it takes is a small part of that. */
const MAX_TRANSACTION_MS = 60_000;
/** A program that did not answer is not asked for transactions so long: who waits for it would wait one after the other. */
const REST_MS = 60_000;
const SLOW_MS = 1_000;
/** Programs that are kept open; there is more than one only where actions call it by different paths. */
const MAX_KEPT = 4;

export interface ToolTransactionsOptions {
  /** shortens all deadlines once it begins */
  readonly haste: Haste;
}

export class ToolTransactions {
  readonly #haste: Haste;
  /** the last of each program's transactions */
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #kept = new Map<string, KeptTool>();
  /** until when programs rest; they are few, the actions name them */
  readonly #restUntil = new Map<string, number>();

  constructor({ haste }: ToolTransactionsOptions) {
    this.#haste = haste;
  }

  /**
   * Carries out commands that all call the same program. Never rejects.
   *
   * @param timeout for the whole, from when its turn has come
   */
  run(commands: readonly ToolCommand[], timeout: Seconds): Promise<TransactionOutcome> {
    const program = commands[0]?.program;
    if (program === undefined) return Promise.resolve("done");
    const before = this.#last.get(program) ?? Promise.resolve();
    const turn = before.then(() => this.#inTurn(program, commands, timeout * 1000));
    this.#last.set(program, turn);
    void turn.then(() => {
      if (this.#last.get(program) === turn) this.#last.delete(program);
    });
    return turn;
  }

  /** Ends what is kept open. */
  close(): void {
    for (const tool of this.#kept.values()) tool.close();
  }

  async #inTurn(
    program: string,
    commands: readonly ToolCommand[],
    timeoutMs: number,
  ): Promise<TransactionOutcome> {
    if (performance.now() < (this.#restUntil.get(program) ?? 0)) return "unknown";
    const begunAt = performance.now();
    const outcome = await this.#carryOut(program, commands, Math.min(timeoutMs, MAX_TRANSACTION_MS));
    if (outcome !== "unknown") return outcome;
    // one that has died, or is not there, costs nobody time
    if (performance.now() - begunAt >= Math.min(timeoutMs, SLOW_MS))
      this.#restUntil.set(program, performance.now() + REST_MS);
    return outcome;
  }

  #carryOut(
    program: string,
    commands: readonly ToolCommand[],
    timeoutMs: number,
  ): Promise<TransactionOutcome> {
    switch (commands[0]?.tool) {
      case "ipset":
        return this.#started(program, ["restore"], ipsetLines(commands), timeoutMs);
      case "iptables":
        return this.#iptables(program, commands, timeoutMs);
      default:
        return this.#nft(program, commands, timeoutMs);
    }
  }

  async #iptables(
    program: string,
    commands: readonly ToolCommand[],
    timeoutMs: number,
  ): Promise<TransactionOutcome> {
    const list = (chain: string): Promise<string | undefined> =>
      readTool({ program, args: ["-w", "-S", chain], input: "", timeoutMs, haste: this.#haste });
    const missing = await missingRules(commands, list);
    if (missing === undefined) return "refused";
    if (missing.length === 0) return "done";
    const args = ["--noflush", "-w"];
    return await this.#started(`${program}-restore`, args, iptablesLines(missing), timeoutMs);
  }

  async #nft(
    program: string,
    commands: readonly ToolCommand[],
    timeoutMs: number,
  ): Promise<TransactionOutcome> {
    const lines = nftLines(commands);
    const count = commands.reduce((sum, { changes }) => sum + changes.length, 0);
    const kept = count > MAX_KEPT_ELEMENTS ? undefined : this.#keptNft(program);
    if (kept !== undefined && (await kept.ready())) {
      const told = await this.#told(kept, lines, count > MAX_TOLD_ELEMENTS, timeoutMs);
      if (told !== "unread") return told;
    }
    return await this.#started(program, ["-f", "-"], lines, timeoutMs);
  }

  /** By a process of its own, whose exit code tells how it went. */
  async #started(
    program: string,
    args: readonly string[],
    lines: readonly string[],
    timeoutMs: number,
  ): Promise<TransactionOutcome> {
    const input = `${lines.join("\n")}\n`;
    const code = await runTool({ program, args, input, timeoutMs, haste: this.#haste });
    if (code === undefined) return "unknown";
    return code === 0 ? "done" : "refused";
  }

  async #told(
    kept: KeptTool,
    lines: readonly string[],
    isLong: boolean,
    timeoutMs: number,
  ): Promise<TransactionOutcome | "unread"> {
    // one line is one transaction, and so is one file
    const forget = this.#haste.onBegin((limitMs) => kept.hurry(limitMs));
    const text = lines.join("; ");
    const limitMs = this.#haste.limit(timeoutMs);
    const answer = await (isLong ? kept.tellFile(`${text}\n`, limitMs) : kept.tell(text, limitMs));
    forget();
    if (answer === undefined) return "unknown";
    if (isLong && (answer === "unread" || couldNotRead(answer))) return "unread";
    return answer === "" ? "done" : "refused";
  }

  #keptNft(program: string): KeptTool | undefined {
    let tool = this.#kept.get(program);
    if (tool === undefined) {
      if (this.#kept.size >= MAX_KEPT) return undefined;
      tool = keepNft(program);
      this.#kept.set(program, tool);
    }
    return tool;
  }
}
