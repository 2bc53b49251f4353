/**
 * A log line as one JSON object, for programs (`logtarget = FILE[format=json]`): time, level, logger and text as every line has them,
 * then what the event itself knows.
 * @module
 */
import { type Diagnostic, formatOrigin } from "../base/diagnostic.ts";
import type { GaolerEvent } from "../base/event.ts";
import type { EpochSeconds } from "../base/units.ts";
import { CONTINUATION, HARMFUL } from "./escape.ts";
import { shownLevel } from "./levels.ts";
import type { LogMessage } from "./render.ts";

/** One line without its newline; pure text, whatever the event holds. Times of the event's own are seconds since 1970. */
export function formatJson(event: GaolerEvent, message: LogMessage, at: EpochSeconds, pid: number): string {
  const line = JSON.stringify({
    time: new Date(Math.floor(at * 1000)).toISOString(),
    level: shownLevel(message.level),
    logger: `fail2ban.${message.logger}`,
    pid,
    text: message.text.replaceAll(CONTINUATION, "\n"),
    ...fieldsOf(event),
  });
  // what JSON leaves as it is but a terminal does not
  return line.replaceAll(
    HARMFUL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function fieldsOf(event: GaolerEvent): object {
  if (event.type === "message") return {};
  if (event.type === "diagnosed") return { event: event.type, ...fieldsOfDiagnostic(event.diagnostic) };
  const { type, ...fields } = event;
  return { event: type, ...fields };
}

function fieldsOfDiagnostic({ jail, message, origin, consequence, remedy }: Diagnostic): object {
  return {
    jail,
    message,
    origin: origin === undefined ? undefined : formatOrigin(origin),
    consequence,
    remedy,
  };
}
