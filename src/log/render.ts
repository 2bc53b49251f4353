/**
 * Events as log messages, worded as fail2ban words them (B§1.14, A§3): log watchers and the recidive filter read these texts.
 * Knows nothing of where they are written.
 * @module
 */
import { type Diagnostic, formatOrigin } from "../base/diagnostic.ts";
import { formatDuration } from "../base/duration.ts";
import type { GaolerEvent, Level, Logger } from "../base/event.ts";
import { formatCivil, type LocalZone } from "../base/local-time.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { escapeMessage, escapeValue } from "./escape.ts";

/** One message for the log; harmless for terminals and line readers. */
export interface LogMessage {
  readonly level: Level;
  readonly logger: Logger;
  readonly text: string;
}

/** A failure of a banned ID this soon after the ban was on its way already; seconds (A§3.2). */
const EXPECTED_AFTER_BAN: Seconds = 3;
/** Later than this the ban seems not to work; seconds. */
const STRANGE_AFTER_BAN: Seconds = 60;

/** The message of an event; times are local to `zone`. */
export function renderEvent(event: GaolerEvent, zone: LocalZone): LogMessage {
  const time = (at: EpochSeconds): string => formatCivil(zone.civilAt(at));
  const say = (level: Level, logger: Logger, text: string): LogMessage => ({
    level,
    logger,
    text: "jail" in event ? `[${escapeValue(event.jail)}] ${text}` : text,
  });
  const id = "id" in event ? escapeValue(event.id) : "";
  switch (event.type) {
    case "failure-found":
      return say("INFO", "filter", `Found ${id} - ${time(event.at)}`);
    case "failure-ignored":
      return say(
        event.isRepeated ? "DEBUG" : "INFO",
        "filter",
        `Ignore ${id} by ${escapeValue(event.source)}`,
      );
    case "banned":
      return say("NOTICE", "actions", `${event.restored ? "Restore Ban" : "Ban"} ${id}`);
    case "rebanned": {
      const action = event.action === undefined ? "" : `, action '${escapeValue(event.action)}'`;
      return say("NOTICE", "actions", `Reban ${id}${action}`);
    }
    case "already-banned":
      return say(levelOfLateFailure(event.sinceBan), "actions", `${id} already banned`);
    case "ban-expired-already":
      return say("INFO", "actions", `Ignore ${id}, expired bantime`);
    case "unbanned":
      return say("NOTICE", "actions", `${event.reason === "stop" ? "Repeal Ban" : "Unban"} ${id}`);
    case "failure-weighed": {
      // the original computes with floats until it cuts the weight to maxretry
      const weight = event.isCut ? String(event.weight) : event.weight.toFixed(1);
      const enough = event.isEnough ? ", Ban" : "";
      return say(
        "INFO",
        "observer",
        `Found ${id}, bad - ${time(event.at)}, ${event.bans} # -> ${weight}${enough}`,
      );
    }
    case "ban-grown": {
      const growth = `incr ${formatDuration(event.from)} to ${formatDuration(event.to)}`;
      return say(
        "INFO",
        "observer",
        `IP ${id} is bad: ${event.bans} # last ${time(event.lastAt)} - ${growth}`,
      );
    }
    case "ban-increased": {
      const length = event.bantime < 0 ? "permanent" : formatDuration(event.bantime);
      const end = event.until === undefined ? "infinite" : time(event.until);
      return say("NOTICE", "observer", `Increase Ban ${id} (${event.bancount} # ${length} -> ${end})`);
    }
    case "carried-out":
      return say(
        "DEBUG",
        "actions",
        `${event.operation} of ${id} carried out by '${escapeValue(event.action)}'`,
      );
    case "diagnosed":
      return renderDiagnostic(event.diagnostic);
    case "message":
      return { level: event.level, logger: event.logger, text: escapeMessage(event.text) };
  }
}

function levelOfLateFailure(sinceBan: Seconds): Level {
  if (sinceBan < EXPECTED_AFTER_BAN) return "DEBUG";
  return sinceBan < STRANGE_AFTER_BAN ? "NOTICE" : "WARNING";
}

/** A diagnostic in one line; the excerpt with the caret is for terminals. */
function renderDiagnostic(diagnostic: Diagnostic): LogMessage {
  const { severity, message, origin, jail, consequence, remedy } = diagnostic;
  const who = jail === undefined ? "" : `[${jail}] `;
  const place = origin === undefined ? "" : `${formatOrigin(origin)}: `;
  const rest = [
    ...(consequence === undefined ? [] : [`now: ${consequence}`]),
    ...(remedy === undefined ? [] : [`try: ${remedy}`]),
  ];
  const text = escapeValue([`${who}${place}${message}`, ...rest].join("; "));
  const level = severity === "error" ? "ERROR" : severity === "warning" ? "WARNING" : "NOTICE";
  return { level, logger: "server", text };
}
