/**
 * What happens, a line each, for somebody who watches: failures, bans, what the firewall confirmed, unbans, and what is wrong.
 * @module
 */
import { formatDiagnostic } from "../base/diagnostic.ts";
import { formatDuration } from "../base/duration.ts";
import type { GaolerEvent } from "../base/event.ts";
import { formatCivil, type LocalZone } from "../base/local-time.ts";
import type { EpochSeconds } from "../base/units.ts";
import { type Colour, harmless, paint, type Screen } from "./screen.ts";

const JAIL_COLUMN_CHARS = 20;
/** Levels of plain messages that a watcher sees. */
const SHOWN_LEVELS: ReadonlySet<string> = new Set(["CRITICAL", "ERROR", "WARNING"]);
/** Told as a warning because fail2ban does so, and nothing that anybody need know here. */
const ORDINARY = /^New database created\b/;

interface Shown {
  readonly what: string;
  readonly colour: Colour;
  readonly text: string;
}

export class EventLines {
  readonly #screen: Screen;
  readonly #zone: LocalZone;
  readonly #isDryRun: boolean;

  constructor(screen: Screen, zone: LocalZone, isDryRun: boolean) {
    this.#screen = screen;
    this.#zone = zone;
    this.#isDryRun = isDryRun;
  }

  /** Shows an event, if it is one for people. */
  show(event: GaolerEvent, now: EpochSeconds): void {
    if (event.type === "diagnosed") {
      const { severity } = event.diagnostic;
      const colour = severity === "error" ? "red" : severity === "warning" ? "yellow" : "blue";
      this.#screen.write(`${paint(this.#screen, colour, formatDiagnostic(event.diagnostic))}\n`);
      return;
    }
    const shown = this.#describe(event);
    if (shown === undefined) return;
    const clock = formatCivil(this.#zone.civilAt(now)).slice(11);
    const jail = "jail" in event ? harmless(event.jail) : "";
    const what = paint(this.#screen, shown.colour, shown.what.padEnd(9));
    this.#screen.write(
      `${paint(this.#screen, "grey", clock)}  ${jail.padEnd(JAIL_COLUMN_CHARS)} ${what} ${shown.text}\n`,
    );
  }

  #describe(event: Exclude<GaolerEvent, { type: "diagnosed" }>): Shown | undefined {
    const id = "id" in event ? harmless(event.id) : "";
    switch (event.type) {
      case "failure-found":
        return { what: "failure", colour: "yellow", text: `${id} (${event.attempts} of ${event.maxretry})` };
      case "failure-ignored":
        return { what: "ignored", colour: "grey", text: `${id} by ${harmless(event.source)}` };
      case "banned": {
        const span = event.bantime < 0 ? "for ever" : `for ${formatDuration(event.bantime)}`;
        const how = this.#isDryRun ? "would be banned " : "";
        const from = event.restored ? " (restored)" : "";
        return { what: "BAN", colour: "red", text: `${id} ${how}${span}${from}` };
      }
      case "carried-out": {
        const verb = event.operation === "ban" ? "banned" : "let go";
        const text = this.#isDryRun
          ? `${id} ${event.operation} not carried out: dry run of ${event.action}`
          : `${id} ${verb} by ${event.action}`;
        return { what: this.#isDryRun ? "dry run" : "done", colour: "green", text };
      }
      case "rebanned":
        return { what: "REBAN", colour: "red", text: `${id} ${event.action ?? ""}` };
      case "already-banned":
        return { what: "banned", colour: "yellow", text: `${id} is banned already and failed again` };
      case "ban-expired-already":
        return { what: "too late", colour: "grey", text: `${id}: its ban time is over already` };
      case "unbanned":
        return { what: "UNBAN", colour: "green", text: `${id} (${UNBAN_REASONS[event.reason]})` };
      case "failure-weighed":
        return {
          what: "known",
          colour: "yellow",
          text: `${id}: this failure counts as ${event.weight} (bans before: ${event.bans})`,
        };
      case "ban-grown":
        return undefined;
      case "ban-increased":
        return { what: "longer", colour: "red", text: `${id}: ban number ${event.bancount}` };
      case "message":
        if (!SHOWN_LEVELS.has(event.level) || ORDINARY.test(event.text)) return undefined;
        return {
          what: event.level.toLowerCase(),
          colour: event.level === "WARNING" ? "yellow" : "red",
          text: harmless(event.text),
        };
      default:
        return event satisfies never;
    }
  }
}

const UNBAN_REASONS = {
  expired: "its time is over",
  command: "by command",
  stop: "gaoler stops; the database keeps the ban",
  removed: "its jail is gone",
} as const;
