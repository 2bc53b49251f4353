/**
 * The plan of the house as data: which folder stands below which, and which are pure.
 * A new folder needs a rank here.
 * @module
 */

/** From the ground up; folders in one entry stand side by side and may not import each other. */
export const RANKS: readonly (readonly string[])[] = [
  ["base"],
  ["address"],
  ["regex"],
  ["date"],
  ["config"],
  ["scan"],
  ["filter"],
  ["lint"],
  ["ban"],
  ["action"],
  ["exec"],
  ["dns", "backend", "firewall", "mail", "store", "log", "metrics", "fleet"],
  ["detect"],
  ["enforce"],
  ["jail"],
  ["control"],
  ["http"],
  ["daemon"],
  ["replay"],
  ["cli"],
];

/** No `node:`, no clock, no process: deciding code takes events and a clock value and returns data. */
export const PURE: ReadonlySet<string> = new Set([
  "base",
  "address",
  "regex",
  "date",
  "config",
  "scan",
  "filter",
  "lint",
  "ban",
  "action",
]);
