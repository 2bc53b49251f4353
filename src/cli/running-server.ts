/**
 * Whether a server answers on a control socket, ours or fail2ban's.
 * @module
 */
import { ControlConnection } from "../control/client.ts";

/** How long a server that may be running is given to answer; milliseconds. */
const PING_TIMEOUT_MS = 1000;
export const FAIL2BAN_SOCKET = "/var/run/fail2ban/fail2ban.sock";

/** The socket that a server answers on, if any. */
export async function runningServer(sockets: readonly string[]): Promise<string | undefined> {
  for (const socket of new Set(sockets)) {
    try {
      const connection = await ControlConnection.open(socket, PING_TIMEOUT_MS);
      try {
        await connection.send(["ping"], PING_TIMEOUT_MS);
        return socket;
      } finally {
        connection.close();
      }
    } catch {
      // nobody there, or nobody who answers
    }
  }
  return undefined;
}
