import { expect, test } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { EventLines } from "../../../src/cli/event-lines.ts";
import { NOON, utc } from "../date/fixed-zones.ts";

function shown(event: GaolerEvent, isDryRun = false, hasColour = false): string {
  let text = "";
  const screen = {
    hasColour,
    write: (more: string) => {
      text += more;
    },
  };
  new EventLines(screen, utc, isDryRun).show(event, NOON);
  return text;
}

const about = { jail: "sshd", id: "192.0.2.1" };
const banned = { ...about, type: "banned", restored: false, bantime: 600, until: NOON + 600 } as const;
const done = { ...about, type: "carried-out", action: "nft" } as const;

test.each<[GaolerEvent, string]>([
  [{ ...about, type: "failure-found", at: NOON, attempts: 2, maxretry: 5 }, "failure   192.0.2.1 (2 of 5)"],
  [{ ...about, type: "failure-ignored", source: "ip", isRepeated: false }, "ignored   192.0.2.1 by ip"],
  [banned, "BAN       192.0.2.1 for 10m"],
  [{ ...banned, bantime: -1 }, "BAN       192.0.2.1 for ever"],
  [{ ...banned, restored: true }, "BAN       192.0.2.1 for 10m (restored)"],
  [{ ...done, operation: "ban" }, "done      192.0.2.1 banned by nft"],
  [{ ...done, operation: "unban" }, "done      192.0.2.1 let go by nft"],
  [{ ...about, type: "rebanned", action: undefined }, "REBAN     192.0.2.1 "],
  [
    { ...about, type: "already-banned", sinceBan: 3 },
    "banned    192.0.2.1 is banned already and failed again",
  ],
  [{ ...about, type: "ban-expired-already" }, "too late  192.0.2.1: its ban time is over already"],
  [{ ...about, type: "unbanned", reason: "expired" }, "UNBAN     192.0.2.1 (its time is over)"],
  [
    { ...about, type: "unbanned", reason: "stop" },
    "UNBAN     192.0.2.1 (gaoler stops; the database keeps the ban)",
  ],
  [
    { ...about, type: "failure-weighed", at: 0, bans: 2, weight: 3, isCut: false, isEnough: true },
    "known     192.0.2.1: this failure counts as 3 (bans before: 2)",
  ],
  [
    { ...about, type: "ban-increased", bancount: 3, bantime: 1200, until: undefined },
    "longer    192.0.2.1: ban number 3",
  ],
])("%j is a line with time and jail", (event, text) => {
  expect(shown(event)).toBe(`12:00:00  ${"sshd".padEnd(20)} ${text}\n`);
});

test("in a dry run nothing is claimed to be done", () => {
  expect(shown(banned, true)).toContain("192.0.2.1 would be banned for 10m");
  expect(shown({ ...done, operation: "ban" }, true)).toContain(
    "dry run   192.0.2.1 ban not carried out: dry run of nft",
  );
});

test.each([
  ["CRITICAL", true],
  ["ERROR", true],
  ["WARNING", true],
  ["NOTICE", false],
  ["INFO", false],
  ["DEBUG", false],
] as const)("messages of level %s are shown: %s", (level, isShown) => {
  const text = shown({ type: "message", level, logger: "filter", text: "look out" });
  expect(text.includes("look out")).toBe(isShown);
  expect(text === "").toBe(!isShown);
});

test("a diagnostic is shown whole, in the colour of its severity", () => {
  const diagnostic = {
    severity: "error",
    message: "no such regex",
    jail: "sshd",
    consequence: "left out",
  } as const;
  expect(shown({ type: "diagnosed", diagnostic })).toBe("error: [sshd] no such regex\n    now: left out\n");
  expect(shown({ type: "diagnosed", diagnostic }, false, true)).toMatch(/^\u001b\[31m/);
  const warning = { ...diagnostic, severity: "warning" } as const;
  expect(shown({ type: "diagnosed", diagnostic: warning }, false, true)).toMatch(/^\u001b\[33m/);
});

test("what attackers choose cannot steer the terminal", () => {
  const hostile = "\u001b]0;pwned\u0007";
  const events: GaolerEvent[] = [
    { ...banned, id: hostile, jail: hostile },
    { ...about, type: "failure-ignored", source: hostile, isRepeated: false },
    { type: "message", level: "ERROR", logger: "filter", text: hostile },
  ];
  for (const event of events) {
    const text = shown(event);
    expect(text).toContain("pwned");
    expect(text).not.toContain("\u001b");
    expect(text).not.toContain("\u0007");
  }
});
