import { expect, test } from "vitest";
import type { JailSettings } from "../../../src/config/settings.ts";
import { buildParts } from "../../../src/jail/jail-parts.ts";
import { nobodyElse } from "../../../src/jail/suspect.ts";
import { NOON } from "../date/fixed-zones.ts";
import { action, JailStage, settingsOf } from "./stage.ts";

function build(changes: Partial<JailSettings>) {
  const stage = new JailStage();
  const built = buildParts(settingsOf(changes), stage.ports);
  const found = built.diagnostics.map(({ severity, message, consequence }) => ({
    severity,
    message,
    consequence,
  }));
  return { stage, parts: built.parts, found, diagnostics: built.diagnostics };
}

test("good settings give all parts and no diagnostics", () => {
  const { parts, found } = build({ ignoreip: ["192.0.2.1"] });
  expect(found).toEqual([]);
  expect(parts?.actions.map(({ name }) => name)).toEqual(["fw"]);
  expect(parts?.ignoreList.entries()).toEqual(["192.0.2.1"]);
  expect(parts?.backend.kind).toBe("polling");
});

test.each<[string, Partial<JailSettings>, string]>([
  ["an unknown encoding", { logencoding: "nope" }, "unknown encoding: nope"],
  ["a backend that is not there", { backend: "systemd" }, ""],
  ["a backend that nobody knows", { backend: "bogus" }, "bogus"],
  ["a prefregex that is none", { prefregex: { value: "(" } }, ""],
  ["no regex that can be used", { failregex: [{ value: "(" }, { value: "*" }] }, ""],
  ["a date pattern that is none", { datepattern: { value: "%!" } }, "datepattern"],
])("%s leaves the jail out, and is told", (_, changes, text) => {
  const { parts, found } = build(changes);
  expect(parts).toBeUndefined();
  const error = found.find(({ severity }) => severity === "error");
  expect(error?.message).toContain(text);
});

test("smtp.py is taken by its name, wherever it is and whether it is there", () => {
  const python = { file: "/nowhere/smtp.py", options: '{"dest": "ops@example.org"}' };
  const { parts, found } = build({ actions: [action(), { name: "smtp", properties: new Map(), python }] });
  expect(found).toEqual([]);
  expect(parts?.actions.map(({ name, mail }) => [name, mail?.recipients])).toEqual([
    ["fw", undefined],
    ["smtp", ["ops@example.org"]],
  ]);
});

test.each<[string, Partial<JailSettings>, string]>([
  [
    "a smtp.py with an option that it has not",
    {
      actions: [
        action(),
        { name: "s", properties: new Map(), python: { file: "/smtp.py", options: '{"to": "x"}' } },
      ],
    },
    "action 's' (smtp.py): it has no option 'to'",
  ],
  [
    "a failregex that is none",
    { failregex: [{ value: "(<HOST>" }, { value: "^x <HOST>" }] },
    "regular expression",
  ],
  ["an ignoreip with a mask that is none", { ignoreip: ["10.0.0.0/255.0.255.0"] }, "invalid mask"],
  ["an ignorecache that is none", { ignorecache: "key=<ip>, max-time=soon" }, "max-time"],
  [
    "a Python action",
    { actions: [action(), { name: "py", properties: new Map(), python: { file: "/x.py", options: "{}" } }] },
    "action 'py' is a Python action (/x.py)",
  ],
  [
    "a formula that cannot be computed",
    { increment: { ...settingsOf().increment, enabled: true, formula: "import os" } },
    "bantime.formula",
  ],
])("%s is told, and the jail runs", (_, changes, text) => {
  const { parts, diagnostics } = build(changes);
  expect(parts).toBeDefined();
  const [error] = diagnostics.filter(({ severity }) => severity === "error");
  expect(error?.message).toContain(text);
  expect(error?.jail).toBe("j1");
});

test("a backend that is gone is noted, and files are watched instead", () => {
  const { parts, found } = build({ backend: "gamin" });
  expect(parts?.backend.kind).toBe("pyinotify");
  expect(found.map(({ severity }) => severity)).toEqual(["notice"]);
});

test("a diagnostic is placed where the mistake is, else where the jail is", () => {
  const place = { file: "jail.local", line: 3, column: 1 };
  const { diagnostics } = build({ origin: place, logencoding: "nope" });
  expect(diagnostics[0]?.origin).toEqual(place);
});

test("an ID reaches the ignorecommand's shell as an argument, never as its text", async () => {
  const { stage, parts } = build({ ignorecommand: "ask <ip> <F-USER>" });
  const plans: unknown[] = [];
  const hostile = "$(touch /x)'; reboot";
  const { parts: again } = buildParts(parts?.settings ?? settingsOf(), {
    ...stage.ports,
    run: (plan) => {
      plans.push(plan);
      return Promise.resolve({ code: 1, stdout: "", stderr: "", timedOut: false });
    },
  });
  await again?.ignoreCheck.check(nobodyElse(hostile, NOON));
  expect(plans).toHaveLength(1);
  expect(plans[0]).toMatchObject({ args: expect.arrayContaining([hostile]) });
  expect(JSON.stringify(plans[0])).not.toContain(`ask ${hostile}`);
});
