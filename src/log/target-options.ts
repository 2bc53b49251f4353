/**
 * What the options of a log target mean: `TARGET[datetime=on|off, padding=on|off, facility=NAME, format="…"|json]` (B§1.11).
 * @module
 */
import type { BracketedWord } from "../base/bracket-options.ts";
import type { LineStyle } from "./format.ts";

/** Facilities of syslog without `LOG_`. */
const FACILITIES: ReadonlyMap<string, number> = new Map(
  "KERN USER MAIL DAEMON AUTH SYSLOG LPR NEWS UUCP CRON AUTHPRIV FTP"
    .split(" ")
    .map((name, number): [string, number] => [name, number])
    .concat(Array.from({ length: 8 }, (_, number): [string, number] => [`LOCAL${number}`, 16 + number])),
);

/** Number of a facility; `undefined` for one that syslog does not have. */
export function facilityOf(name: string): number | undefined {
  return FACILITIES.get(name.toUpperCase());
}

/** How the lines of a target look. */
export function styleOf({ options }: BracketedWord, name: string): LineStyle {
  const isOn = (option: string, otherwise: boolean): boolean => {
    const value = options.get(option);
    return value === undefined ? otherwise : ["1", "on", "true", "yes"].includes(value.toLowerCase());
  };
  const keepsTime = name === "SYSOUT" || name === "SYSLOG";
  const format = options.get("format");
  const isJson = format?.toLowerCase() === "json";
  return {
    datetime: isOn("datetime", !keepsTime),
    padding: isOn("padding", name !== "SYSLOG"),
    isJson,
    format: isJson ? undefined : format,
    ...(name === "SYSLOG" ? { without: "tagged" } : name === "SYSTEMD-JOURNAL" ? { without: "bare" } : {}),
  };
}
