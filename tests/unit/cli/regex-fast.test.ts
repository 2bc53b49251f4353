/**
 * `gaoler regex` prints the same whether a log takes the fast path or goes through the filter line by line.
 * @module
 */
import { expect, test } from "vitest";
import { Dice } from "../../dice.ts";
import { regexWorld } from "./regex-trial.ts";

const world = regexWorld();

const FILTER = [
  "[Definition]",
  "prefregex = ^h app\\[<F-MLFID>\\d+</F-MLFID>\\]: <F-CONTENT>.+</F-CONTENT>$",
  "failregex = ^fail from <HOST>$",
  "  ^user <F-USER>\\S+</F-USER> from <HOST> refused",
  "  ^<F-NOFAIL>connect</F-NOFAIL> from <ADDR>",
  "  ^closed by <ADDR>",
  "  ^gone \\S+ <HOST>",
  "ignoreregex = from 192\\.0\\.2\\.9$",
];

const TEXTS = [
  "fail from 192.0.2.1",
  "fail from 192.0.2.9",
  "user bob from 2001:db8::1 refused",
  "connect from 192.0.2.3",
  "closed by 192.0.2.3",
  "gone far two.example",
  "something else",
  "fail from 999.1.1.1",
  "größer 😀",
  "",
];

function linesOf(seed: number): readonly string[] {
  const dice = new Dice(seed);
  return Array.from({ length: 1200 }, (_, index) => {
    const stamp = `Nov 22 ${10 + (index >> 9)}:${10 + ((index >> 4) & 31)}:${10 + (index & 15)}`;
    const text = dice.pick(TEXTS);
    if (dice.once(40)) return `# ${text}`;
    if (dice.once(40)) return dice.pick(["", text, `h app[7]: ${text}`, "Feb 30 12:00:00 h app[7]: x"]);
    if (dice.once(40)) return `2026-11-22 11:00:${10 + (index & 31)} h app[7]: ${text}`;
    return `${stamp} h ${dice.once(3) ? "other" : "app"}[${dice.below(9)}]: ${text}\r`;
  });
}

const withoutTimes = (text: string): string => text.replace(/processed in \S+ sec/, "");

test.each([
  [],
  ["-v"],
  ["--no-check-all"],
  ["--print-no-missed"],
  ["--print-all-missed"],
  ["--print-all-matched", "--print-all-ignored"],
  ["--all-lines"],
  ["--all-lines", "--print-all-missed"],
  ["--json"],
  ["--explain"],
  ["-o", "row"],
  ["-o", "<ip> <F-USER>"],
  ["-i", "-o", "msg"],
  ["--usedns=no", "-l", "INFO"],
  ["-e", "latin1"],
  ["-e", "ascii"],
  ["-d", "{^LN-BEG}"],
  ["-d", "^%b %d %H:%M:%S"],
])("with options %s", async (...options) => {
  const filter = world.file("filter.d/fast.conf", ...FILTER);
  for (const seed of [1, 2]) {
    const log = world.file("log", ...linesOf(seed));
    const fast = await world.run(...options, log, filter);
    const plain = await world.runWith({ plain: true }, ...options, log, filter);
    expect(withoutTimes(fast.out)).toBe(withoutTimes(plain.out));
    expect(fast.err).toBe(plain.err);
    expect(fast.code).toBe(0);
  }
});

test.each([[], ["--all-lines"], ["--no-check-all"], ["--all-lines", "--print-all-missed"]])(
  "lines of a web server with options %s",
  async (...options) => {
    const regex = '^<HOST> - - \\[\\] "GET /(?:wp|cgi)[^"]*" 40[34] ';
    const dice = new Dice(5);
    const lines = Array.from({ length: 1500 }, (_, index) => {
      const from = `${dice.once(9) ? "2001:db8::" : "192.0.2."}${dice.below(200)}`;
      const stamp = `[22/Nov/2026:11:${10 + (index >> 6)}:${10 + (index & 31)} +0000]`;
      const path = dice.pick(["/", "/wp-login", "/cgi-bin/x", "/#", "/12:30:00"]);
      const line = `${from} - - ${stamp} "GET ${path} HTTP/1.1" ${dice.pick(["200", "404", "403"])} 12`;
      return dice.once(20)
        ? dice.pick(["", "#", `# ${line}`, `#${line}`, "no stamp", line.slice(0, 40)])
        : line;
    });
    const log = world.file("access", ...lines);
    const fast = await world.run(...options, log, regex);
    const plain = await world.runWith({ plain: true }, ...options, log, regex);
    expect(withoutTimes(fast.out)).toBe(withoutTimes(plain.out));
    expect(fast.out).toMatch(/Lines: \d+ lines, 0 ignored, [1-9]\d+ matched/);
  },
);
