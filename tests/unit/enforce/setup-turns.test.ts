import { expect, test } from "vitest";
import { SetupTurns } from "../../../src/enforce/setup-turns.ts";

function gate(): { readonly passed: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

test("commands for nftables run one after the other, in the order they came", async () => {
  const turns = new SetupTurns();
  const told: string[] = [];
  const first = gate();
  const one = turns.take("nft add table inet f2b-table", async () => {
    await first.passed;
    told.push("one");
  });
  const two = turns.take("rules=$(nft list table inet f2b-table)", async () => {
    told.push("two");
  });
  await new Promise(setImmediate);
  expect(told).toEqual([]);
  first.open();
  await Promise.all([one, two]);
  expect(told).toEqual(["one", "two"]);
});

test("a command for another tool waits for nobody", async () => {
  const turns = new SetupTurns();
  const first = gate();
  const one = turns.take("nft add table inet f2b-table", () => first.passed);
  expect(await turns.take("iptables -w -N f2b-sshd", async () => "run")).toBe("run");
  first.open();
  await one;
});

test("a tool that hangs holds up the next turn for a while only", async () => {
  const turns = new SetupTurns(20);
  const never = gate();
  const hung = turns.take("nft add table inet f2b-table", () => never.passed);
  expect(await turns.take("nft add table inet f2b-table", async () => "run")).toBe("run");
  never.open();
  await hung;
});

test("a turn that fails is told to its owner and passes on", async () => {
  const turns = new SetupTurns();
  const failed = turns.take("nft list ruleset", () => Promise.reject(new Error("no such table")));
  const next = turns.take("nft list ruleset", async () => "run");
  await expect(failed).rejects.toThrow("no such table");
  expect(await next).toBe("run");
});
