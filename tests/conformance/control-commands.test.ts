/**
 * Every command of the control surface by the original's own Python client, against the original's server and against ours: the
 * screens and exit codes are the same, apart from times and versions. What differs on purpose or between versions is listed by name.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { splitWords } from "../../src/cli/compat-words.ts";
import { frameOf } from "../../src/control/frames.ts";
import { writePickle } from "../../src/control/pickle-write.ts";
import { tuple } from "../../src/control/wire-value.ts";
import { COMMANDS, CONVERSATION } from "./control/script.ts";
import { type Shown, Side } from "./control/side.ts";

const PYTHON = "/usr/bin/python3";
const oracle = process.env["GAOLER_ORACLE"] ?? "";
const hasOracle = oracle !== "" && existsSync(join(oracle, "usr/bin/fail2ban-client")) && existsSync(PYTHON);
const skipped = hasOracle ? "" : " (skipped: no fail2ban package)";
const SCRIPT_MS = 600_000;

/** What is not the same, and why. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  [
    "set alpha findtime ''",
    "the tuple of a SyntaxError differs from Python to Python; the screen is the same",
  ],
  [
    "set alpha attempt 192.0.2.200 one",
    "1.0.2 counts an attempt of an ignored address, later versions answer 0 (B§2.3)",
  ],
  [
    "set alpha bantime.nosuch 1",
    "the original keeps any option of this prefix; a misspelt one is refused here (B§2.3)",
  ],
  ["add gamma", "1.0.2 stumbles over a name of its own; later versions know the jail (B§2.8)"],
  ["get alpha action note ESCAPE_CRE", "the original shows an object of its regex engine"],
  [
    `set alpha action note prolong '{"aInfo": {"ip": "192.0.2.50"}}'`,
    "the original calls it an error that an action has nothing to prolong",
  ],
  ["status --all", "1.0.2 has no such status (B§8)"],
  ["status --all short", "1.0.2 has no such status (B§8)"],
  ["stats", "1.0.2 has no such command (B§8)"],
  ["statistics", "1.0.2 has no such command (B§8)"],
  ["statistic", "1.0.2 has no such command (B§8)"],
  ["status alpha stats", "1.0.2 has no such flavor (B§8)"],
  ["add delta bogus", "1.0.2 lists gamin among the backends (B§2.2)"],
]);

/** Figures of the jail after a command that differs: the failure that 1.0.2 counts for an ignored address (B§2.3). */
const FIGURES: ReadonlySet<string> = new Set(["status alpha"]);

interface Step extends Shown {
  readonly command: string;
}

interface Played {
  readonly steps: readonly Step[];
  readonly exitCode: number | null;
}

async function play(who: "original" | "gaoler"): Promise<Played> {
  const side = await Side.start(who, { python: PYTHON, package: oracle });
  try {
    const steps: Step[] = [];
    const note = async (command: string, shown: Promise<Shown>): Promise<void> => {
      steps.push({ command, ...(await shown) });
    };
    for (const command of COMMANDS) await note(command, side.run(splitWords(command)));
    await note("-i", side.run(["-i"], `${CONVERSATION.join("\n")}\n`));
    await note("-i, and the end of input", side.run(["-i"], "ping\n"));
    await note("-i ping, then quit", side.run(["-i", "ping"], "quit\n"));
    await note("stop", side.run(["stop"]));
    const exitCode = await side.end();
    for (const command of ["ping", "status", "reload", "stop"]) {
      await note(`${command}, nobody there`, side.run([command]));
    }
    return { steps, exitCode };
  } finally {
    side.remove();
  }
}

const figureless = (step: Step): Step =>
  FIGURES.has(step.command)
    ? { ...step, stdout: step.stdout.replace(/(Currently|Total) failed:\t\d+/g, "$1 failed:\tN") }
    : step;

describe.skipIf(!hasOracle)(`the script of all commands${skipped}`, () => {
  let original: Played = { steps: [], exitCode: null };
  let ours: Played = { steps: [], exitCode: null };

  beforeAll(async () => {
    [original, ours] = await Promise.all([play("original"), play("gaoler")]);
  }, SCRIPT_MS);

  test("every screen and exit code is that of the original", () => {
    const isCommon = ({ command }: Step): boolean => !KNOWN.has(command);
    expect(original.steps.length).toBeGreaterThan(COMMANDS.length);
    expect(ours.steps.filter(isCommon).map(figureless)).toEqual(
      original.steps.filter(isCommon).map(figureless),
    );
  });

  test("what is listed as different is different", () => {
    const same = ours.steps.filter(
      (step, at) => KNOWN.has(step.command) && JSON.stringify(step) === JSON.stringify(original.steps[at]),
    );
    // a command may be the same at one place of the script and not at another
    const differs = new Set(ours.steps.filter((step) => !same.includes(step)).map(({ command }) => command));
    expect([...KNOWN.keys()].filter((command) => !differs.has(command))).toEqual([]);
  });

  test("both servers end with success", () => {
    expect([original.exitCode, ours.exitCode]).toEqual([0, 0]);
  });

  test("what only later versions know is answered as they answer", () => {
    const shown = (command: string): string =>
      ours.steps.find((step) => step.command === command)?.stdout ?? "";
    // the client of 1.0.2 has no table for it and prints what came
    for (const command of ["stats", "statistics", "statistic"]) {
      expect(shown(command)).toBe(
        "{'alpha': ['polling', (0, 0), (0, 0)], 'beta': ['polling', (0, 0), (0, 0)]}\n",
      );
    }
    expect(shown("status alpha stats")).toContain("['polling', (0, 0), (0, 0)]");
    expect(shown("add delta bogus")).toBe(
      "Unknown backend bogus. Must be among ['pyinotify', 'polling', 'systemd'] or 'auto'\n",
    );
  });
});

/** Asks a server that takes seconds to stop, while it stops. */
async function askLate(who: "original" | "gaoler"): Promise<{ late: string; stop: Shown }> {
  const side = await Side.start(who, { python: PYTHON, package: oracle });
  try {
    await side.run(["set", "alpha", "action", "note", "actionstop", "sleep 3"]);
    const stopping = side.run(["stop"]);
    await sleep(1500);
    const late = await side.answer(writePickle(["ping"]));
    return { late, stop: await stopping };
  } finally {
    side.remove();
  }
}

test.skipIf(!hasOracle)(
  `a server on its way down answers no more, but who asked for it${skipped}`,
  async () => {
    const [original, ours] = await Promise.all([askLate("original"), askLate("gaoler")]);
    const pong = frameOf(writePickle(tuple(0, "pong"))).toString("latin1");
    expect(ours.stop).toEqual({ code: 0, stdout: "Shutdown successful\n", stderr: "" });
    expect(original.stop).toEqual(ours.stop);
    expect(original.late).not.toBe(pong);
    // the original leaves the question lying or says this, as it happens (B§1.6)
    expect(ours.late).toBe(frameOf(writePickle(["SHUTDOWN"])).toString("latin1"));
  },
);
