/**
 * Wall-clock fields and the port that turns them into moments by the machine's own zone rules.
 * Knows no zone itself; UTC arithmetic alone is pure.
 * @module
 */
import type { EpochSeconds } from "./units.ts";

/** Fields of a wall clock; month 1–12, day 1–31, second may be 60 or 61. */
export interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** The machine's local zone, daylight saving included. */
export interface LocalZone {
  /** Moment of a local wall-clock time; a time that the spring change skips is read as by `mktime`. */
  epochOf(civil: CivilTime): EpochSeconds;
  /** Local wall-clock fields of a moment; the fraction is dropped. */
  civilAt(at: EpochSeconds): CivilTime;
}

const pad = (value: number, width: number): string => String(value).padStart(width, "0");

/** `YYYY-MM-DD HH:MM:SS` of the fields. */
export function formatCivil(civil: CivilTime): string {
  const date = `${pad(civil.year, 4)}-${pad(civil.month, 2)}-${pad(civil.day, 2)}`;
  return `${date} ${pad(civil.hour, 2)}:${pad(civil.minute, 2)}:${pad(civil.second, 2)}`;
}

/** Moment of the fields read as UTC. */
export function epochOfUtc(civil: CivilTime): EpochSeconds {
  return Date.UTC(civil.year, civil.month - 1, civil.day, civil.hour, civil.minute, civil.second) / 1000;
}
