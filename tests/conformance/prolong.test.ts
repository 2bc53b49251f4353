/**
 * Longer bans beside the real server: when which actions hear of them, and with which values (A§3.4, B§4.1).
 * @module
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isMissing, PairFiles, skipped } from "./counting/pair-files.ts";
import { MARKER, ServerPair, SIDES, type Side } from "./counting/server-pair.ts";

const A = "192.0.2.1";
/** Longer than the longest wait of a scenario. */
const WATCH_MS = 6_000;

interface Scenario {
  readonly jail: string;
  readonly what: string;
  readonly options: readonly string[];
  /** bans before */
  readonly count: number;
  /** what actions hear of, and how long after the ban, seconds */
  readonly heard: readonly (readonly [text: string, after: number])[];
  /** what ours hear of beyond that */
  readonly ours?: string;
  readonly commands?: readonly string[];
}

const scenarios: readonly Scenario[] = [
  {
    jail: "soon",
    what: "a ban that grew little is told of at once",
    options: ["bantime = 5"],
    count: 1,
    heard: [[`prolong ${A} 10 2`, 0]],
  },
  {
    jail: "later",
    what: "one that grew more is told of later",
    options: ["bantime = 8"],
    count: 1,
    heard: [[`prolong ${A} 16 2`, 3]],
  },
  {
    jail: "shorter",
    what: "a shorter one is told of as well",
    options: ["bantime = 40", "bantime.multipliers = 1 1", "bantime.factor = 0.5"],
    count: 1,
    heard: [[`prolong ${A} 20 2`, 0]],
  },
  {
    jail: "failing",
    what: "what fails is tried twice",
    options: ["bantime = 5", "action = failing[name=failing]"],
    count: 1,
    heard: [
      [`prolong ${A} 10 2`, 0],
      [`prolong ${A} 10 2`, 0],
    ],
  },
  {
    jail: "none",
    what: "a first ban is none that grew",
    options: ["bantime = 5"],
    count: 0,
    heard: [],
  },
  {
    jail: "equal",
    what: "one with a history that did not grow neither",
    options: ["bantime = 40", "bantime.multipliers = 1 1"],
    count: 1,
    heard: [],
  },
  {
    jail: "again",
    what: "a ban that is lengthened by hand: the real one leaves the actions with the old end, which some keep by themselves",
    options: ["bantime = 8", "bantime.increment = false"],
    count: 0,
    heard: [],
    ours: `prolong ${A} `,
    commands: [`banip ${A}`],
  },
];

const echo = (what: string): string => `echo "<name>|$(date +%%s.%%N) ${what}" >> "$OUT"`;
const actionFile = (end: string): string[] => [
  "[Definition]",
  `actionban = ${echo("ban <ip>")}`,
  `actionprolong = ${echo("prolong <ip> <bantime> <bancount>")}${end}`,
];
const FILES = {
  "filter.d/f.conf": ["[Definition]", "datepattern = ^EPOCH", "failregex = ^\\s*fail from <ADDR>$"],
  "action.d/echo.conf": actionFile(""),
  "action.d/failing.conf": actionFile("; false"),
};
const DEFAULTS = [
  "backend = polling",
  "filter = f",
  "action = echo[name=%(__name__)s]",
  "enabled = true",
  "ignoreself = false",
  "maxretry = 1",
  "bantime.increment = true",
];

describe.skipIf(isMissing)(`longer bans as of the real server${skipped}`, () => {
  let files: PairFiles;
  let pair: ServerPair;

  beforeAll(async () => {
    const jails = scenarios.map(({ jail, options, count }) => {
      const past = count === 0 ? [] : [{ id: A, count, at: -900, bantime: 40 }];
      return { jail, options, past };
    });
    files = new PairFiles("prolong", { files: FILES, defaults: DEFAULTS, jails });
    const { begin } = files.options;
    for (const { jail } of scenarios) writeFileSync(files.log(jail), `${begin} fail from ${MARKER}\n`);
    pair = new ServerPair(files.options);
    await pair.ready(scenarios.length);
    const now = Math.floor(Date.now() / 1000);
    for (const { jail } of scenarios) pair.write(files.log(jail), [`${now} fail from ${A}`]);
    await pair.quiet(1500, 15_000);
    await pair.send(
      scenarios.flatMap(({ jail, commands = [] }) =>
        commands.map((command) => ({ jail, words: ["set", jail, ...command.split(" ")] })),
      ),
    );
    await delay(WATCH_MS);
    await pair.stop();
  });
  afterAll(async () => {
    await pair.stop();
    rmSync(files.options.directory, { recursive: true, force: true });
  });

  /** What an action was told of an address, in order; `after` is the time since its ban. */
  const heardBy = (side: Side, jail: string): { text: string; after: number }[] => {
    const lines = readFileSync(join(files.options.directory, side, "out"), "utf8").split("\n");
    const told = lines.flatMap((line) => {
      const [, at = "", text = ""] = new RegExp(`^${jail}\\|(\\S+) (.*)$`).exec(line) ?? [];
      return text.includes(` ${A}`) ? [{ text, at: Number(at) }] : [];
    });
    const begin = told.findIndex(({ text }) => text === `ban ${A}`);
    // on a busy machine the original's second thread may be faster than its first
    if (side === "ours") expect(begin).toBe(0);
    const [ban] = told.splice(begin, 1);
    expect(ban?.text, side).toBe(`ban ${A}`);
    return told.map(({ text, at }) => ({ text, after: at - (ban?.at ?? 0) }));
  };

  test.each(scenarios.map((scenario) => [scenario.what, scenario] as const))("%s", (_, scenario) => {
    for (const side of SIDES) {
      const told = heardBy(side, scenario.jail);
      const more = side === "ours" ? scenario.ours : undefined;
      if (more !== undefined) expect(told.pop()?.text.startsWith(more)).toBe(true);
      expect(
        told.map(({ text }) => text),
        side,
      ).toEqual(scenario.heard.map(([text]) => text));
      for (const [index, [, after]] of scenario.heard.entries()) {
        const waited = told[index]?.after ?? Number.NaN;
        expect(waited, side).toBeGreaterThan(after - 0.5);
        // a busy machine may take its time
        expect(waited, side).toBeLessThan(after + 5);
      }
    }
  });

  test("both tell of a failure with the same words", () => {
    for (const side of SIDES) {
      const said = pair.log(side);
      expect(said, side).toContain("Failed to execute ban jail 'failing' action 'failing' info ");
      expect(said, side).toContain(`Error prolonging ${A}`);
    }
  });
});
