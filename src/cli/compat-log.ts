/**
 * The client's own log on stderr: in the server's line format (B§1.13), or in gaoler's short one where gaoler speaks for itself.
 * @module
 */
import type { Level } from "../base/event.ts";
import { formatCivil } from "../base/local-time.ts";
import { levelNumber } from "../log/levels.ts";
import { type ClientMessage, type CompatIo, OWN_NAME } from "./compat-io.ts";

/** Least level by verbosity: nothing asked for shows warnings; each `-v` one step more, each `-q` one less. */
const THRESHOLDS: readonly Level[] = ["ERROR", "WARNING", "INFO", "DEBUG", "HEAVYDEBUG"];

const NAME_CHARS = 24;
const LEVEL_CHARS = 7;

export class ClientLog {
  readonly #io: CompatIo;
  readonly #threshold: number;

  /** @param verbosity 1 where neither `-v` nor `-q` is given */
  constructor(io: CompatIo, verbosity: number) {
    this.#io = io;
    const at = Math.min(Math.max(verbosity, 0), THRESHOLDS.length - 1);
    this.#threshold = levelNumber(THRESHOLDS[at] ?? "WARNING");
  }

  /** Writes a line, if the level is asked for. */
  tell({ level, logger, text }: ClientMessage): void {
    if (levelNumber(level) < this.#threshold) return;
    if (this.isOwn) {
      this.#io.err(`gaoler: ${text}\n`);
      return;
    }
    const now = this.#io.now();
    const milliseconds = String(Math.floor((now % 1) * 1000)).padStart(3, "0");
    const name = (logger === "" ? "fail2ban" : `fail2ban.${logger}`).padEnd(NAME_CHARS);
    const time = `${formatCivil(this.#io.zone.civilAt(now))},${milliseconds}`;
    this.#io.err(`${time} ${name}[${this.#io.pid}]: ${level.padEnd(LEVEL_CHARS)} ${text}\n`);
  }

  /** Whether it is gaoler that speaks, and not fail2ban's client. */
  get isOwn(): boolean {
    return this.#io.program === OWN_NAME;
  }

  error(text: string): void {
    this.tell({ level: "ERROR", logger: "", text });
  }
}
