/**
 * The form of a log line (B§1.13): time, logger, process, level, message; or the operator's own format.
 * Knows nothing of where the line goes.
 * Hot: per log line.
 * @module
 */
import type { Level, Logger } from "../base/event.ts";
import type { LocalZone } from "../base/local-time.ts";
import type { EpochSeconds } from "../base/units.ts";
import { CivilText } from "./civil-text.ts";
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

/** Makes lines of one style; what is the same in the next line is not made again. */
export class LineFormat {
  readonly #style: LineStyle;
  readonly #pid: number;
  readonly #civil: CivilText;
  /** what stands between time and message, by logger and level */
  readonly #heads = new Map<Logger, Map<Level, string>>();

  constructor(style: LineStyle, context: { readonly zone: LocalZone; readonly pid: number }) {
    this.#style = style;
    this.#pid = context.pid;
    this.#civil = new CivilText(context.zone);
  }

  /** Whether lines end in the message, so that what stands before it does not depend on it. */
  get endsInMessage(): boolean {
    return this.#style.format === undefined;
  }

  /** One log line without its newline. */
  line(message: LogMessage, at: EpochSeconds): string {
    const { text, logger, level } = message;
    const { without, format, datetime } = this.#style;
    if (without === "bare") return text;
    if (format !== undefined) return this.#byFields(format, message, at);
    const head = this.#head(logger, level);
    return datetime ? `${this.#time(at)} ${head}${text}` : head + text;
  }

  /** `2026-11-22 11:17:35,141` in local time */
  #time(at: EpochSeconds): string {
    const milliseconds = Math.floor((at - Math.floor(at)) * 1000);
    const zeros = milliseconds < 10 ? "00" : milliseconds < 100 ? "0" : "";
    return `${this.#civil.of(at)},${zeros}${milliseconds}`;
  }

  #head(logger: Logger, level: Level): string {
    const known = this.#heads.get(logger)?.get(level);
    if (known !== undefined) return known;
    const head = this.#makeHead(`fail2ban.${logger}`, shownLevel(level));
    const heads = this.#heads.get(logger) ?? new Map<Level, string>();
    this.#heads.set(logger, heads.set(level, head));
    return head;
  }

  #makeHead(name: string, level: string): string {
    const { without, padding } = this.#style;
    if (without === "tagged") return `${level} `;
    if (!padding) return `${name}[${this.#pid}]: ${level} `;
    return `${name.padEnd(NAME_WIDTH)}[${this.#pid}]: ${level.padEnd(LEVEL_WIDTH)} `;
  }

  #byFields(format: string, { text, logger, level }: LogMessage, at: EpochSeconds): string {
    return formatByFields(format, (field) => {
      if (field === "asctime") return this.#time(at);
      if (field === "name") return `fail2ban.${logger}`;
      if (field === "process") return String(this.#pid);
      if (field === "levelname") return shownLevel(level);
      return field === "message" ? text : undefined;
    });
  }
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
