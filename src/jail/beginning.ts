/**
 * What the log says of a jail that begins, worded as fail2ban words it.
 * @module
 */
import type { GaolerEvent, Logger } from "../base/event.ts";
import type { JailParts } from "./jail-parts.ts";

/** Said where ban times shall grow and nobody remembers earlier bans (A§3.4). */
export const NO_MEMORY: GaolerEvent = {
  type: "message",
  level: "WARNING",
  logger: "jail",
  text: "ban time increment is not available as long jail database is not set",
};

/** The messages, in order. */
export function beginningOf({ settings, backend, decoder }: JailParts): readonly GaolerEvent[] {
  const { name, maxretry, findtime, bantime } = settings;
  const uses = backend.kind === "polling" ? "poller" : backend.kind;
  const lines: readonly (readonly [Logger, string])[] = [
    ["jail", `Creating new jail '${name}'`],
    ["jail", `Jail '${name}' uses ${uses} {}`],
    ["jail", `Initiated '${backend.kind}' backend`],
    ["filter", `  maxRetry: ${maxretry}`],
    ["filter", `  findtime: ${findtime}`],
    ["actions", `  banTime: ${bantime}`],
    ["filter", `  encoding: ${decoder.encoding}`],
  ];
  return lines.map(([logger, text]) => ({ type: "message", level: "INFO", logger, text }));
}
