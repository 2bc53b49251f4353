/**
 * `filter/line-filter.ts`: a line through the filter `sshd`, dates included, one by one.
 * @module
 */
import { stockFilter } from "../../tests/unit/stock/stock-jails.ts";
import { cost, END, SAMPLES } from "./micro.ts";

const samples = [
  ["failures", SAMPLES.failures()],
  ["lines of other programs", SAMPLES.otherPrograms()],
] as const;

for (const [what, lines] of samples) {
  const filter = stockFilter("sshd");
  cost(`line filter, ${what}`, lines.length, () => {
    for (const line of lines) filter.process(line, { now: END, inOperation: false });
  });
}
