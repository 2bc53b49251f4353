import { expect, test } from "vitest";
import { neededValues } from "../../../src/action/action-definition.ts";
import { planOperation } from "../../../src/action/plan.ts";
import { sampleAction, sampleInfo } from "./sample.ts";

test("compileAction knows a conditional action and starts it on demand", () => {
  const conditional = sampleAction({ actionban: "x", set: "s4", "set?family=inet6": "s6" });
  expect([conditional.isConditional, conditional.isOnDemand]).toEqual([true, true]);
  const plain = sampleAction({ actionban: "x" });
  expect([plain.isConditional, plain.isOnDemand]).toEqual([false, false]);
});

const flags = [
  { value: "true", is: true },
  { value: "1", is: true },
  { value: true, is: true },
  { value: "off", is: false },
  { value: false, is: false },
  { value: "", is: true },
] as const;
for (const { value, is } of flags) {
  test(`compileAction reads actionstart_on_demand = '${value}' of a conditional action as ${is}`, () => {
    const definition = sampleAction({ actionstart_on_demand: value, "set?family=inet6": "s6" });
    expect(definition.isOnDemand).toBe(is);
    expect(definition.diagnostics).toEqual([]);
  });
}

test("compileAction lists the operations that have a command in some family", () => {
  const definition = sampleAction({ actionban: "x", actionstop: "", "actionflush?family=inet6": "f" });
  expect([...definition.operations].sort()).toEqual(["ban", "flush"]);
});

const timeouts = [
  { timeout: undefined, seconds: 60 },
  { timeout: "2m", seconds: 120 },
  { timeout: 5, seconds: 5 },
  { timeout: "soon", seconds: 60 },
  { timeout: -1, seconds: 60 },
] as const;
for (const { timeout, seconds } of timeouts) {
  test(`compileAction gives each command ${seconds} s with timeout = ${timeout}`, () => {
    const definition = sampleAction({
      actionban: "sleep <timeout>",
      ...(timeout === undefined ? {} : { timeout }),
    });
    const plan = planOperation(definition, "ban", "", sampleInfo("192.0.2.1"));
    expect(plan).toEqual({ script: `sleep ${seconds}`, args: [], timeout: seconds });
  });
}

test("compileAction reports a bad time and a bad switch", () => {
  const { diagnostics } = sampleAction({ timeout: "soon", norestored: "maybe" });
  expect(diagnostics.map(({ message, jail }) => [message, jail])).toEqual([
    ["action 'a1': 'timeout' is no time: 'soon'", "j1"],
    ["action 'a1': 'norestored' is neither true nor false: 'maybe'", "j1"],
  ]);
});

test("compileAction reports properties that refer to themselves, used or not, and every operation fails", () => {
  const definition = sampleAction({ actionban: "echo", a: "<b>", b: "<a>" });
  expect(definition.diagnostics[0]?.message).toMatch(/fail tag: a, found: a in \{'b': 1\}, value: <a>$/);
  expect(() => planOperation(definition, "ban", "", sampleInfo("192.0.2.1"))).toThrow(/self referencing/);
});

test("neededValues names only what the scripts of the operation ask for, properties included", () => {
  const definition = sampleAction({
    actionban: "mail <body> <ip>",
    body: "<ipmatches> <ip-host>",
    actionunban: "echo <ip>",
  });
  expect([...neededValues(definition, "ban")]).toEqual(["ip-host", "ipmatches"]);
  expect([...neededValues(definition, "reban")]).toEqual(["ip-host", "ipmatches"]);
  expect([...neededValues(definition, "unban")]).toEqual([]);
});

test("neededValues leaves out a value that a property replaces", () => {
  const definition = sampleAction({ actionban: "<ipmatches>", ipmatches: "mine" });
  expect([...neededValues(definition, "ban")]).toEqual([]);
});
