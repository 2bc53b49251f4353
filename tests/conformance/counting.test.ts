/**
 * Counting, ignoring and growing ban times beside the real server: the same lines lead to the same decisions (A§3).
 * @module
 */
import { rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isMissing, PairFiles, skipped } from "./counting/pair-files.ts";
import { type Line, scenarios } from "./counting/scenarios.ts";
import { MARKER, ServerPair, SIDES } from "./counting/server-pair.ts";

/** What the action writes of a ban. */
const ECHO =
  "<F-USER>|<fid>|<ip>|failures=<failures>|matches=$(printf %%s \"<matches>\" | cut -d' ' -f2- | tr '\\n' '/')";

const FILES = {
  "filter.d/count.conf": [
    "[Definition]",
    "datepattern = ^EPOCH",
    "failregex = ^\\s*fail from <ADDR>(?: user <F-USER>\\S+</F-USER>)?$",
    "            ^\\s*name fail from <HOST>$",
    "            ^\\s*id fail <F-ID>\\S+</F-ID> from <ADDR>$",
  ],
  "filter.d/session.conf": [
    "[Definition]",
    "datepattern = ^EPOCH",
    "prefregex = ^\\s*\\[<F-MLFID>\\d+</F-MLFID>\\] <F-CONTENT>.+</F-CONTENT>$",
    "failregex = ^<F-NOFAIL>conn</F-NOFAIL> from <ADDR>$",
    "            ^failed$",
    "            ^fail from <ADDR>$",
    "            ^<F-MLFFORGET><F-MLFGAINED>accepted</F-MLFGAINED></F-MLFFORGET>$",
  ],
  "action.d/echo.conf": [
    "[Definition]",
    "actionstart =",
    "actionstop =",
    "actionunban =",
    `actionban = echo "<name>|${ECHO}" >> "$OUT"`,
  ],
};
const DEFAULTS = [
  "backend = polling",
  "filter = count",
  "action = echo[name=%(__name__)s]",
  "enabled = true",
  "ignoreself = false",
];

describe.skipIf(isMissing)(`the same decisions as the real server${skipped}`, () => {
  let files: PairFiles;
  let pair: ServerPair;

  beforeAll(async () => {
    files = new PairFiles("counting", { files: FILES, defaults: DEFAULTS, jails: scenarios });
    const { begin } = files.options;
    const text = (from: number, lines: readonly Line[] = []) =>
      lines.map(([at, said]) => `${from + at} ${said}`);
    for (const { jail, before, options } of scenarios) {
      const prefix = options.includes("filter = session") ? "[0] " : "";
      const marker = `${begin} ${prefix}fail from ${MARKER}`;
      writeFileSync(files.log(jail), [...text(begin, before), marker, ""].join("\n"));
    }
    pair = new ServerPair(files.options);
    await pair.ready(scenarios.length);
    for (const { jail, lines } of scenarios) pair.write(files.log(jail), text(pair.start, lines));
    await pair.quiet(3000, 15_000);
    await pair.send(
      scenarios.flatMap(({ jail, commands = [] }) =>
        commands.map((command) => ({
          jail,
          words: command.startsWith("status") ? ["status", jail] : ["set", jail, ...command.split(" ")],
        })),
      ),
    );
    for (const { jail, later } of scenarios) pair.write(files.log(jail), text(pair.start, later));
    await pair.quiet(3000, 10_000);
    await pair.stop();
  });
  afterAll(async () => {
    await pair.stop();
    rmSync(files.options.directory, { recursive: true, force: true });
  });

  test.each(scenarios.map((scenario) => [scenario.what, scenario] as const))("%s", (_, scenario) => {
    const [theirs, ours] = SIDES.map((side) => pair.story(side, scenario.jail));
    const { decision } = scenario;
    expect(ours).toEqual({ ...theirs, ...decision?.ours });
    // one that is no longer different is no decision
    if (decision !== undefined) expect({ ...theirs, ...decision.theirs }).toEqual(theirs);
  });
});
