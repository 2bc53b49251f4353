/**
 * Carries out recognised commands of firewall tools without a shell: many in one transaction. Knows the tools' ways of being
 * given many commands, and nothing of bans.
 * @module
 */
import { ipsetLines, nftLines, type ToolCommand, type TransactionOutcome } from "../action/tool-command.ts";
import type { Seconds } from "../base/units.ts";
import type { Haste } from "./haste.ts";
import { runTool } from "./run-tool.ts";

export interface ToolTransactionsOptions {
  /** shortens all deadlines once it begins */
  readonly haste: Haste;
}

export class ToolTransactions {
  readonly #haste: Haste;

  constructor({ haste }: ToolTransactionsOptions) {
    this.#haste = haste;
  }

  /**
   * Carries out commands that all call the same program.
   *
   * @param timeout for the whole
   */
  async run(commands: readonly ToolCommand[], timeout: Seconds): Promise<TransactionOutcome> {
    const [first] = commands;
    if (first === undefined) return "done";
    const [args, lines] =
      first.tool === "nft" ? [["-f", "-"], nftLines(commands)] : [["restore"], ipsetLines(commands)];
    const code = await runTool({
      program: first.program,
      args,
      input: `${lines.join("\n")}\n`,
      timeoutMs: timeout * 1000,
      haste: this.#haste,
    });
    if (code === undefined) return "unknown";
    return code === 0 ? "done" : "refused";
  }
}
