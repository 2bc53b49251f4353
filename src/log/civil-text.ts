/**
 * Moments as log lines show them, in local time. Most lines in a row are of the same second.
 * Hot: per log line.
 * @module
 */
import { formatCivil, type LocalZone } from "../base/local-time.ts";
import type { EpochSeconds } from "../base/units.ts";

/** Each user has its own, which remembers the second that it was last asked about. */
export class CivilText {
  readonly #zone: LocalZone;
  #second = Number.NaN;
  #text = "";

  constructor(zone: LocalZone) {
    this.#zone = zone;
  }

  /** `2026-11-22 11:17:35` */
  of(at: EpochSeconds): string {
    const second = Math.floor(at);
    if (second !== this.#second) {
      this.#text = formatCivil(this.#zone.civilAt(at));
      this.#second = second;
    }
    return this.#text;
  }
}
