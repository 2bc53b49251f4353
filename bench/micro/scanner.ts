/**
 * `scan/` and `filter/fast-path.ts`: the walk over the bytes of a log, without what the filter does with the lines that it gives out.
 * @module
 */
import { FastPath, type FastPathSink } from "../../src/filter/fast-path.ts";
import { stockFilter } from "../../tests/unit/stock/stock-jails.ts";
import { cost, END, SAMPLES } from "./micro.ts";

const samples = [
  ["ordinary auth.log", SAMPLES.auth()],
  ["under attack", SAMPLES.attack()],
  ["lines of other programs", SAMPLES.otherPrograms()],
] as const;

for (const [what, lines] of samples) {
  const filter = stockFilter("sshd");
  const path = new FastPath(filter, { statistics: false });
  const bytes = Buffer.from(`${lines.join("\n")}\n`);
  const [first = ""] = lines;
  // its stamp is what the others have as well
  filter.process(first, { now: END, inOperation: false });
  let given = 0;
  const sink: FastPathSink = {
    line: () => {
      given += 1;
    },
    skipped: () => {},
    prefixed: () => {},
    passOver: () => {},
    goesOn: () => true,
  };
  cost(`scanner, ${what}`, lines.length, () => {
    given = 0;
    path.take(bytes, 0, bytes.length, sink);
  });
  process.stdout.write(`  given out: ${given} of ${lines.length}\n`);
}
