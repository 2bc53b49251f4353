/**
 * `date/detector.ts`: to find and read a stamp, and to see that a line has none.
 * @module
 */

import { DateDetector } from "../../src/date/detector.ts";
import { utc } from "../../tests/unit/date/fixed-zones.ts";
import { cost, END, SAMPLES } from "./micro.ts";

const iso = (_line: string, index: number): string =>
  `${new Date((END - 100_000 + index) * 1000).toISOString()} host1 sshd[1]: Failed password`;
const samples: readonly (readonly [what: string, lines: readonly string[]])[] = [
  ["syslog, some lines a second", SAMPLES.auth()],
  ["ISO 8601, a new second each", SAMPLES.auth().map(iso)],
  ["apache's error log, a new microsecond each", SAMPLES.apacheError()],
  ["no stamp", SAMPLES.auth().map((line) => line.slice(16))],
];

for (const [what, lines] of samples) {
  const detector = new DateDetector({ zone: utc, startYear: 2026 });
  cost(`date, ${what}`, lines.length, () => {
    for (const line of lines) detector.find(line, END);
  });
}
