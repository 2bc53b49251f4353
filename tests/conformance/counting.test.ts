/**
 * Counting, ignoring and growing ban times beside the real server: the same lines lead to the same decisions (A§3).
 * @module
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "../../src/store/sqlite-store.ts";
import { type Line, scenarios } from "./counting/scenarios.ts";
import { MARKER, ServerPair, SIDES } from "./counting/server-pair.ts";

const oracle = process.env["GAOLER_ORACLE"] ?? "";
const isMissing =
  oracle === "" || !existsSync(join(oracle, "usr/bin/fail2ban-server")) || !existsSync("/usr/bin/python3");
const skipped = isMissing ? " (skipped: no fail2ban package)" : "";

/** What the action writes of a ban. */
const ECHO =
  "<F-USER>|<fid>|<ip>|failures=<failures>|matches=$(printf %%s \"<matches>\" | cut -d' ' -f2- | tr '\\n' '/')";

function configure(etc: string, logs: string): void {
  for (const name of ["filter.d", "action.d"]) mkdirSync(join(etc, name), { recursive: true });
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(etc, name), `${lines.join("\n")}\n`);
  write("filter.d/count.conf", [
    "[Definition]",
    "datepattern = ^EPOCH",
    "failregex = ^\\s*fail from <ADDR>(?: user <F-USER>\\S+</F-USER>)?$",
    "            ^\\s*name fail from <HOST>$",
    "            ^\\s*id fail <F-ID>\\S+</F-ID> from <ADDR>$",
  ]);
  write("filter.d/session.conf", [
    "[Definition]",
    "datepattern = ^EPOCH",
    "prefregex = ^\\s*\\[<F-MLFID>\\d+</F-MLFID>\\] <F-CONTENT>.+</F-CONTENT>$",
    "failregex = ^<F-NOFAIL>conn</F-NOFAIL> from <ADDR>$",
    "            ^failed$",
    "            ^fail from <ADDR>$",
    "            ^<F-MLFFORGET><F-MLFGAINED>accepted</F-MLFGAINED></F-MLFFORGET>$",
  ]);
  write("action.d/echo.conf", [
    "[Definition]",
    "actionstart =",
    "actionstop =",
    "actionunban =",
    `actionban = echo "<name>|${ECHO}" >> "$OUT"`,
  ]);
  write("jail.conf", [
    "[DEFAULT]",
    "backend = polling",
    "filter = count",
    "action = echo[name=%(__name__)s]",
    "enabled = true",
    "ignoreself = false",
    ...scenarios.flatMap(({ jail, options }) => [
      `[${jail}]`,
      `logpath = ${join(logs, `${jail}.log`)}`,
      ...options,
    ]),
  ]);
}

function remember(path: string, begin: number): void {
  const store = openStore(path, { observe: () => undefined, clock: { now: () => begin - 100_000 } });
  for (const { jail, past = [] } of scenarios) {
    store.addJail(jail);
    for (const { id, count, at, bantime } of past) {
      const ban = { id, ip: id, at: begin + at, attempts: 1, matches: [], data: new Map(), restored: false };
      store.saveBan(jail, { ...ban, bantime, bancount: count }, bantime);
    }
  }
  store.close();
}

describe.skipIf(isMissing)(`the same decisions as the real server${skipped}`, () => {
  let directory = "";
  let pair: ServerPair;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "counting-"));
    const path = (name: string) => join(directory, name);
    mkdirSync(path("logs"));
    configure(path("etc"), path("logs"));
    const begin = Math.floor(Date.now() / 1000);
    remember(path("db"), begin);
    const log = (jail: string) => join(path("logs"), `${jail}.log`);
    const text = (from: number, lines: readonly Line[] = []) =>
      lines.map(([at, said]) => `${from + at} ${said}`);
    for (const { jail, before, options } of scenarios) {
      const prefix = options.includes("filter = session") ? "[0] " : "";
      const marker = `${begin} ${prefix}fail from ${MARKER}`;
      writeFileSync(log(jail), [...text(begin, before), marker, ""].join("\n"));
    }
    pair = new ServerPair({ directory, oracle, etc: path("etc"), database: path("db"), begin });
    await pair.ready(scenarios.length);
    for (const { jail, lines } of scenarios) pair.write(log(jail), text(pair.start, lines));
    await pair.quiet(3000, 15_000);
    await pair.send(
      scenarios.flatMap(({ jail, commands = [] }) =>
        commands.map((command) => ({
          jail,
          words: command.startsWith("status") ? ["status", jail] : ["set", jail, ...command.split(" ")],
        })),
      ),
    );
    for (const { jail, later } of scenarios) pair.write(log(jail), text(pair.start, later));
    await pair.quiet(3000, 10_000);
    await pair.stop();
  });
  afterAll(async () => {
    await pair.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test.each(scenarios.map((scenario) => [scenario.what, scenario] as const))("%s", (_, scenario) => {
    const [theirs, ours] = SIDES.map((side) => pair.story(side, scenario.jail));
    const { decision } = scenario;
    expect(ours).toEqual({ ...theirs, ...decision?.ours });
    // one that is no longer different is no decision
    if (decision !== undefined) expect({ ...theirs, ...decision.theirs }).toEqual(theirs);
  });
});
