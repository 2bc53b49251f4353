/**
 * Events as log messages, worded as fail2ban words them (B§1.14, A§3): log watchers and the recidive filter read these texts.
 * Knows nothing of where they are written.
 * Hot: per failure.
 * @module
 */
import { type Diagnostic, formatOrigin } from "../base/diagnostic.ts";
import { formatDuration } from "../base/duration.ts";
import type { GaolerEvent, Level, Logger } from "../base/event.ts";
import type { Seconds } from "../base/units.ts";
import type { CivilText } from "./civil-text.ts";
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

/** How grave an event is; known without its words. */
export function levelOf(event: GaolerEvent): Level {
  switch (event.type) {
    case "failure-found":
    case "ban-expired-already":
    case "failure-weighed":
    case "ban-grown":
      return "INFO";
    case "failure-ignored":
      return event.isRepeated ? "DEBUG" : "INFO";
    case "banned":
    case "rebanned":
    case "unbanned":
    case "ban-increased":
      return "NOTICE";
    case "already-banned":
      return levelOfLateFailure(event.sinceBan);
    case "carried-out":
      return "DEBUG";
    case "diagnosed": {
      const { severity } = event.diagnostic;
      return severity === "error" ? "ERROR" : severity === "warning" ? "WARNING" : "NOTICE";
    }
    case "message":
      return event.level;
  }
}

/** What the message of a failure says before the ID. */
export const foundBefore = (jail: string): string => `[${escapeValue(jail)}] Found `;

/** What it says after the ID. */
export const foundAfter = (time: string): string => ` - ${time}`;

/** The message of an event; times are those of `civil`'s zone. */
export function renderEvent(event: GaolerEvent, civil: CivilText): LogMessage {
  switch (event.type) {
    case "diagnosed":
      return { level: levelOf(event), logger: "server", text: diagnosticText(event.diagnostic) };
    case "message":
      return { level: event.level, logger: event.logger, text: escapeMessage(event.text) };
    case "failure-found": {
      const text = foundBefore(event.jail) + escapeValue(event.id) + foundAfter(civil.of(event.at));
      return { level: "INFO", logger: "filter", text };
    }
    default: {
      const text = `[${escapeValue(event.jail)}] ${textAbout(event, escapeValue(event.id), civil)}`;
      return { level: levelOf(event), logger: loggerOf(event), text };
    }
  }
}

/** What happens to an ID of a jail, and is told after the jail's name. */
type AboutId = Exclude<GaolerEvent, { readonly type: "diagnosed" | "message" | "failure-found" }>;

function loggerOf(event: AboutId): Logger {
  switch (event.type) {
    case "failure-ignored":
      return "filter";
    case "failure-weighed":
    case "ban-grown":
    case "ban-increased":
      return "observer";
    case "banned":
    case "rebanned":
    case "already-banned":
    case "ban-expired-already":
    case "unbanned":
    case "carried-out":
      return "actions";
  }
}

/** @param id escaped */
function textAbout(event: AboutId, id: string, civil: CivilText): string {
  switch (event.type) {
    case "failure-ignored":
      return `Ignore ${id} by ${escapeValue(event.source)}`;
    case "banned":
      return `${event.restored ? "Restore Ban" : "Ban"} ${id}`;
    case "rebanned": {
      const action = event.action === undefined ? "" : `, action '${escapeValue(event.action)}'`;
      return `Reban ${id}${action}`;
    }
    case "already-banned":
      return `${id} already banned`;
    case "ban-expired-already":
      return `Ignore ${id}, expired bantime`;
    case "unbanned":
      return `${event.reason === "stop" ? "Repeal Ban" : "Unban"} ${id}`;
    case "failure-weighed": {
      // the original computes with floats until it cuts the weight to maxretry
      const weight = event.isCut ? String(event.weight) : event.weight.toFixed(1);
      const enough = event.isEnough ? ", Ban" : "";
      return `Found ${id}, bad - ${civil.of(event.at)}, ${event.bans} # -> ${weight}${enough}`;
    }
    case "ban-grown": {
      const growth = `incr ${formatDuration(event.from)} to ${formatDuration(event.to)}`;
      return `IP ${id} is bad: ${event.bans} # last ${civil.of(event.lastAt)} - ${growth}`;
    }
    case "ban-increased": {
      const length = event.bantime < 0 ? "permanent" : formatDuration(event.bantime);
      const end = event.until === undefined ? "infinite" : civil.of(event.until);
      return `Increase Ban ${id} (${event.bancount} # ${length} -> ${end})`;
    }
    case "carried-out":
      return `${event.operation} of ${id} carried out by '${escapeValue(event.action)}'`;
  }
}

function levelOfLateFailure(sinceBan: Seconds): Level {
  if (sinceBan < EXPECTED_AFTER_BAN) return "DEBUG";
  return sinceBan < STRANGE_AFTER_BAN ? "NOTICE" : "WARNING";
}

/** A diagnostic in one line; the excerpt with the caret is for terminals. */
function diagnosticText(diagnostic: Diagnostic): string {
  const { message, origin, jail, consequence, remedy } = diagnostic;
  const who = jail === undefined ? "" : `[${jail}] `;
  const place = origin === undefined ? "" : `${formatOrigin(origin)}: `;
  const rest = [
    ...(consequence === undefined ? [] : [`now: ${consequence}`]),
    ...(remedy === undefined ? [] : [`try: ${remedy}`]),
  ];
  return escapeValue([`${who}${place}${message}`, ...rest].join("; "));
}
