/**
 * The form of a log line (B§1.13): time, logger, process, level, message; or the operator's own format.
 * Knows nothing of where the line goes.
 * @module
 */
import { formatCivil, type LocalZone } from "../base/local-time.ts";
import type { EpochSeconds } from "../base/units.ts";
import { shownLevel } from "./levels.ts";
import type { LogMessage } from "./render.ts";

/** How lines of a target look. */
export interface LineStyle {
  readonly datetime: boolean;
  readonly padding: boolean;
  /** each line is a JSON object; beats the rest */
  readonly isJson?: boolean;
  /** Python's %-format, `%(asctime)s %(name)s …`; beats the two above */
  readonly format?: string | undefined;
  /** what the target adds itself: the logger and process (`tagged`), or everything but the message (`bare`) */
  readonly without?: "tagged" | "bare";
}

/** Width of the logger's name. */
const NAME_WIDTH = 24;
/** Width of the level; a blank follows. */
const LEVEL_WIDTH = 7;
/** Widest field that a format may ask for. */
const MAX_FIELD_WIDTH = 200;

/** `2026-11-22 11:17:35,141` in local time. */
export function formatTime(at: EpochSeconds, zone: LocalZone): string {
  const milliseconds = Math.floor((at - Math.floor(at)) * 1000);
  return `${formatCivil(zone.civilAt(at))},${String(milliseconds).padStart(3, "0")}`;
}

/** One log line without its newline. */
export function formatLine(
  message: LogMessage,
  at: EpochSeconds,
  style: LineStyle,
  context: { readonly zone: LocalZone; readonly pid: number },
): string {
  if (style.without === "bare") return message.text;
  const name = `fail2ban.${message.logger}`;
  const level = shownLevel(message.level);
  if (style.format !== undefined) {
    return formatByFields(style.format, (field) => {
      if (field === "asctime") return formatTime(at, context.zone);
      if (field === "name") return name;
      if (field === "process") return String(context.pid);
      if (field === "levelname") return level;
      return field === "message" ? message.text : undefined;
    });
  }
  const time = style.datetime ? `${formatTime(at, context.zone)} ` : "";
  if (style.without === "tagged") return `${time}${level} ${message.text}`;
  if (!style.padding) return `${time}${name}[${context.pid}]: ${level} ${message.text}`;
  return `${time}${name.padEnd(NAME_WIDTH)}[${context.pid}]: ${level.padEnd(LEVEL_WIDTH)} ${message.text}`;
}

/** Python's `%(field)-24s`, `%(field)d`, `%%`; a field that is unknown stays as it stands. */
function formatByFields(format: string, lookUp: (field: string) => string | undefined): string {
  return format.replaceAll(
    /%(?:%|\((\w+)\)(-?)0?(\d{0,3})(?:\.\d{1,3})?[sd])/g,
    (whole: string, field: string | undefined, minus: string | undefined, digits: string | undefined) => {
      if (field === undefined) return "%";
      const value = lookUp(field);
      if (value === undefined) return whole;
      const width = Math.min(Number(digits), MAX_FIELD_WIDTH);
      return minus === "-" ? value.padEnd(width) : value.padStart(width);
    },
  );
}
