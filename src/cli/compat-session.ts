/**
 * Commands to a running server, and their answers on the screen (B§2.1).
 * @module
 */
import { ControlConnection, type ControlReply } from "../control/client.ts";
import { refusalArgs, renderError, renderReply } from "../control/render.ts";
import { valueRepr, valueText } from "../control/value-text.ts";
import type { WireValue } from "../control/wire-value.ts";
import type { CompatIo } from "./compat-io.ts";
import type { ClientLog } from "./compat-log.ts";
import { noDaemon } from "./own-session.ts";
import { systemErrorText } from "./system-error.ts";

/** One command to send. */
export interface Sending {
  readonly words: readonly WireValue[];
  /** its answer is not shown; a refusal always is */
  readonly isSilent?: boolean;
  /** `undefined`: as long as it takes */
  readonly timeoutMs?: number;
}

/** Why a server cannot be reached, in the words of the original. */
function unreachable(error: unknown, socket: string): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOENT") return `Failed to access socket path: ${socket}. Is fail2ban running?`;
  if (code === "EACCES") return `Permission denied to socket: ${socket}, (you must be root)`;
  return systemErrorText(error) ?? error.message;
}

export class CompatSession {
  readonly #io: CompatIo;
  readonly #log: ClientLog;
  readonly #socket: string;

  constructor(io: CompatIo, log: ClientLog, socket: string) {
    this.#io = io;
    this.#log = log;
    this.#socket = socket;
  }

  /** Whether a server answers within the time. Says nothing. */
  async ping(timeoutMs?: number): Promise<boolean> {
    let connection: ControlConnection | undefined;
    try {
      connection = await ControlConnection.open(this.#socket, timeoutMs);
      const reply = await connection.send(["ping"], timeoutMs);
      return reply.ok && reply.value === "pong";
    } catch {
      return false;
    } finally {
      connection?.close();
    }
  }

  /**
   * Sends commands on one connection and shows their answers; goes on after a refusal, as the original does.
   *
   * @returns whether all were accepted
   */
  async send(...commands: readonly Sending[]): Promise<boolean> {
    let connection: ControlConnection | undefined;
    let isGood = true;
    try {
      for (const command of commands) {
        connection ??= await ControlConnection.open(this.#socket, command.timeoutMs);
        isGood = this.#show(command, await connection.send(command.words, command.timeoutMs)) && isGood;
      }
    } catch (error) {
      const ours = this.#log.isOwn ? noDaemon(error, this.#socket) : undefined;
      this.#log.error(ours ?? unreachable(error, this.#socket));
      return false;
    } finally {
      connection?.close();
    }
    return isGood;
  }

  #show({ words, isSilent = false }: Sending, reply: ControlReply): boolean {
    if (!reply.ok && this.#log.isOwn) {
      this.#log.error(renderError(reply.error));
      return false;
    }
    if (!reply.ok) {
      this.#log.error(`NOK: ${refusalArgs(reply.error.args)}`);
      this.#io.out(`${renderError(reply.error)}\n`);
      return false;
    }
    if (isSilent) return true;
    const rendering = renderReply(words.map(valueText), reply.value, { unicode: this.#io.unicode });
    if (rendering.isBroken) {
      const text = `Beautify ${valueRepr(reply.value)} with ${valueRepr(words)} failed`;
      const complaint = "Beautifier error. Please report the error";
      this.#log.tell({ level: "WARNING", logger: "beautifier", text: complaint });
      this.#log.tell({ level: "ERROR", logger: "beautifier", text });
    }
    this.#io.out(`${rendering.text}\n`);
    return true;
  }
}
