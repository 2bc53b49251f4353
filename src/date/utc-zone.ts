/**
 * Universal time as a zone like any other, for what must not depend on the machine.
 * @module
 */
import { epochOfUtc, type LocalZone } from "../base/local-time.ts";
import { dateOfDay } from "./calendar.ts";

const DAY_SECONDS = 86_400;

export const utcZone: LocalZone = {
  epochOf: epochOfUtc,
  civilAt: (at) => {
    const day = Math.floor(at / DAY_SECONDS);
    const second = Math.floor(at) - day * DAY_SECONDS;
    return {
      ...dateOfDay(day),
      hour: Math.floor(second / 3600),
      minute: Math.floor(second / 60) % 60,
      second: second % 60,
    };
  },
};
