import { expect, test } from "vitest";
import type { CommandResult } from "../../../src/action/command-plan.ts";
import type { RunTransaction, TransactionOutcome } from "../../../src/action/tool-command.ts";
import type { Ban } from "../../../src/ban/ticket.ts";
import { ActionRunner } from "../../../src/enforce/action-runner.ts";
import { type BanResult, Enforcer } from "../../../src/enforce/enforcer.ts";
import type { Outcome } from "../../../src/enforce/outcome.ts";
import { sampleAction, sampleBan } from "../action/sample.ts";
import { ScriptedJail } from "./scripted.ts";

const NFT = {
  actionstart: "fw start",
  actionstop: "fw stop",
  actioncheck: "fw check",
  actionban: 'nft add element inet t <set> "{ <ip> }"',
  actionunban: 'nft delete element inet t <set> "{ <ip> }"',
  set: "four",
  "set?family=inet6": "six",
};

const bansOf = (count: number, from = 1): Ban[] =>
  Array.from({ length: count }, (_, index) => sampleBan(`198.51.100.${from + index}`));

/** A kernel with two sets: a transaction is done as a whole or not at all, a command by a shell like one of its own. */
class Kernel {
  readonly jail = new ScriptedJail();
  readonly elements = new Set<string>();
  /** elements that are not taken */
  readonly refused = new Set<string>();
  /** addresses by transaction; with `-` before those that are taken out */
  readonly transactions: string[] = [];
  hasSets = true;
  /** says how a transaction ends that would be tried; `undefined`: as the kernel has it */
  ends: () => TransactionOutcome | undefined = () => undefined;

  constructor() {
    this.jail.answer = (script): Partial<CommandResult> | undefined => {
      const [, verb, address = ""] =
        /^nft (add|delete) element \S+ \S+ \S+ "\{ (\S+) \}"$/.exec(script) ?? [];
      if (script === "fw start") this.hasSets = true;
      if (script === "fw check") return { code: this.hasSets ? 0 : 1 };
      if (verb === undefined) return undefined;
      return { code: this.#change([[verb, address]]) ? 0 : 1 };
    };
  }

  readonly run: RunTransaction = (commands) => {
    const changes = commands.flatMap(({ changes: all }) =>
      all.map(({ head, element }) => [head.split(" ")[0] ?? "", element] as const),
    );
    this.transactions.push(
      changes.map(([verb, element]) => (verb === "add" ? element : `-${element}`)).join(" "),
    );
    const end = this.ends();
    if (end !== undefined) return Promise.resolve(end);
    return Promise.resolve(this.#change(changes) ? "done" : "refused");
  };

  #change(changes: readonly (readonly [verb: string, element: string])[]): boolean {
    const isPossible = changes.every(
      ([verb, element]) =>
        this.hasSets && !this.refused.has(element) && (verb === "add" || this.elements.has(element)),
    );
    if (!isPossible) return false;
    for (const [verb, element] of changes) {
      if (verb === "add") this.elements.add(element);
      else this.elements.delete(element);
    }
    return true;
  }

  runner(properties: Record<string, string | boolean> = NFT, name = "fw"): ActionRunner {
    const { facts, run, observe, clock } = this.jail;
    const definition = sampleAction(properties, name);
    return new ActionRunner({
      definition,
      jail: facts,
      run,
      transaction: this.run,
      observe,
      clock,
      allowIpv6: true,
    });
  }

  enforcer(...others: ActionRunner[]): Enforcer {
    const { observe, clock } = this.jail;
    return new Enforcer({ jail: "j1", actions: [this.runner(), ...others], observe, clock });
  }

  /** @returns the outcomes in the order of the bans */
  async many(
    runner: ActionRunner,
    operation: "ban" | "unban",
    bans: readonly Ban[],
  ): Promise<(Outcome["kind"] | undefined)[]> {
    const outcomes = new Map<Ban, Outcome["kind"]>();
    const tasks = bans.map((ban) => ({
      ban,
      drops: () => false,
      settle: ({ kind }: Outcome): void => void outcomes.set(ban, kind),
    }));
    await runner.many(operation, tasks);
    return bans.map((ban) => outcomes.get(ban));
  }

  /** IDs whose bans were told to be carried out, in order. */
  confirmed(operation: "ban" | "unban" = "ban"): string[] {
    return this.jail.events.flatMap((event) =>
      event.type === "carried-out" && event.operation === operation ? [event.id] : [],
    );
  }
}

const ids = (bans: readonly Ban[]): string[] => bans.map(({ id }) => id);

/** Has the family started. */
async function started(kernel: Kernel, enforcer: Enforcer): Promise<void> {
  await enforcer.ban(sampleBan("192.0.2.1"));
  // the queue is empty then
  await enforcer.call("fw", () => Promise.resolve());
  await new Promise((resolve) => setTimeout(resolve, 1));
  kernel.jail.takeRan();
  kernel.jail.events.length = 0;
  kernel.elements.clear();
}

test("the first ban of a family starts it by itself; all that wait behind it are one transaction", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  const bans = [...bansOf(5), sampleBan("2001:db8::1"), sampleBan("2001:db8::2")];
  const results = await Promise.all(bans.map((ban) => enforcer.ban(ban)));
  expect(results).toEqual(bans.map((): BanResult => ({ applied: ["fw"], failed: [] })));
  expect(kernel.jail.takeRan()).toEqual([
    "fw start",
    'nft add element inet t four "{ 198.51.100.1 }"',
    "fw start",
    'nft add element inet t six "{ 2001:db8::1 }"',
  ]);
  expect(kernel.transactions).toEqual(["198.51.100.2 198.51.100.3 198.51.100.4 198.51.100.5", "2001:db8::2"]);
  expect(kernel.confirmed()).toEqual(ids(bans));
});

test("a ban by itself needs no shell either, and is told like one that had", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  await enforcer.ban(sampleBan("192.0.2.2"));
  expect(kernel.jail.takeRan()).toEqual([]);
  expect(kernel.transactions).toEqual(["192.0.2.2"]);
  const told = kernel.jail.events.flatMap((event) =>
    event.type === "message" ? [`${event.level} ${event.text.replace(/^\w+ -- /, "")}`] : [],
  );
  expect(told).toEqual([
    'TRACEDEBUG exec: nft add element inet t four "{ 192.0.2.2 }"',
    "DEBUG returned successfully 0",
  ]);
});

test("one bad element among many fails by itself, with the log of its command; all others are in the kernel", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  const bans = bansOf(40);
  kernel.refused.add("198.51.100.23");
  const results = await Promise.all(bans.map((ban) => enforcer.ban(ban)));
  expect(results.flatMap(({ failed }, index) => (failed.length > 0 ? [bans[index]?.id] : []))).toEqual([
    "198.51.100.23",
  ]);
  const good = ids(bans).filter((id) => id !== "198.51.100.23");
  expect([...kernel.elements].sort()).toEqual([...good].sort());
  expect(kernel.confirmed().sort()).toEqual(good.sort());
  const bad = 'nft add element inet t four "{ 198.51.100.23 }"';
  expect(kernel.jail.takeRan()).toEqual([bad, "fw check", bad]);
  expect(kernel.jail.told().filter((text) => text.startsWith("ERROR"))).toEqual([
    expect.stringContaining("Error banning 198.51.100.23"),
  ]);
  expect(kernel.transactions.length).toBeLessThan(15);
});

test("sets that somebody removed are repaired by the first ban that fails, and all of the batch come about", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  kernel.hasSets = false;
  const bans = bansOf(30);
  kernel.jail.enter(...bans);
  const results = await Promise.all(bans.map((ban) => enforcer.ban(ban)));
  expect(results.every(({ failed }) => failed.length === 0)).toBe(true);
  expect([...kernel.elements].sort()).toEqual(ids(bans).sort());
  expect(kernel.jail.takeRan().filter((script) => script === "fw start")).toEqual(["fw start"]);
  expect(kernel.confirmed().sort()).toEqual(ids(bans).sort());
});

test("where nobody knows how a transaction ended, each ban has a shell of its own", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  kernel.ends = () => "unknown";
  const results = await Promise.all(bansOf(3).map((ban) => enforcer.ban(ban)));
  expect(results).toEqual(results.map(() => ({ applied: ["fw"], failed: [] })));
  // what is put into a set may be put there twice
  expect(kernel.transactions).toHaveLength(2);
  expect(kernel.jail.takeRan()).toEqual(bansOf(3).map(({ id }) => `nft add element inet t four "{ ${id} }"`));
});

test("a tool that dies in the midst of many bans is asked once more, and no ban has a shell for that", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  let deaths = 0;
  kernel.ends = () => {
    deaths += 1;
    return deaths === 1 ? "unknown" : undefined;
  };
  const bans = bansOf(40);
  const results = await Promise.all(bans.map((ban) => enforcer.ban(ban)));
  expect(results.every(({ applied }) => applied.length === 1)).toBe(true);
  expect(kernel.elements.size).toBe(40);
  expect(kernel.jail.takeRan()).toEqual([]);
  expect(kernel.confirmed()).toEqual(ids(bans));
});

test("what is taken out, and a rule that may be there twice, is not tried again blindly", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  const bans = bansOf(3);
  await Promise.all(bans.map((ban) => enforcer.ban(ban)));
  kernel.transactions.length = 0;
  kernel.ends = () => "unknown";
  await Promise.all(bans.map((ban) => enforcer.unban(ban)));
  expect(kernel.transactions).toHaveLength(1);
  expect(kernel.jail.takeRan()).toHaveLength(3);

  const rules = kernel.runner({ actionban: "iptables -w -I f2b 1 -s <ip> -j DROP" }, "rules");
  await rules.start();
  await rules.ban(sampleBan("192.0.2.1"));
  kernel.transactions.length = 0;
  kernel.jail.takeRan();
  expect(await kernel.many(rules, "ban", bans)).toEqual(["done", "done", "done"]);
  expect(kernel.transactions).toHaveLength(1);
  expect(kernel.jail.takeRan()).toHaveLength(3);
});

test("nothing is claimed that neither a transaction nor a shell has brought about", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  const bans = bansOf(5);
  for (const { id } of bans) kernel.refused.add(id);
  const results = await Promise.all(bans.map((ban) => enforcer.ban(ban)));
  expect(results).toEqual(bans.map(() => ({ applied: [], failed: ["fw"] })));
  expect(kernel.confirmed()).toEqual([]);
  expect(enforcer.actions.map((action) => bans.map(({ id }) => action.lacks(id)))).toEqual([
    bans.map(() => true),
  ]);
});

test("ban, unban and ban of the same ID keep their order among others", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  const [a, b, c] = bansOf(3) as [Ban, Ban, Ban];
  await Promise.all([
    enforcer.ban(a),
    enforcer.ban(b),
    enforcer.unban(a),
    enforcer.ban(a),
    enforcer.ban(c),
    enforcer.unban(b),
    enforcer.unban(c),
  ]);
  expect(kernel.transactions).toEqual([
    "198.51.100.1 198.51.100.2",
    "-198.51.100.1",
    "198.51.100.1 198.51.100.3",
    "-198.51.100.2 -198.51.100.3",
  ]);
  expect([...kernel.elements]).toEqual([a.id]);
});

test("the same ID twice is never in one transaction", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  const [a, b] = bansOf(2) as [Ban, Ban];
  await Promise.all([enforcer.ban(a), enforcer.ban(b), enforcer.ban(a)]);
  expect(kernel.transactions).toEqual(["198.51.100.1 198.51.100.2", "198.51.100.1"]);
});

test("what stands between two bans is done between them: a check, a stop", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  const [a, b] = bansOf(2) as [Ban, Ban];
  const order: string[] = [];
  const called = (): Promise<void> => {
    order.push(`called after ${kernel.transactions.length}`);
    return Promise.resolve();
  };
  await Promise.all([enforcer.ban(a), enforcer.call("fw", called), enforcer.ban(b)]);
  expect(order).toEqual(["called after 1"]);
  expect(kernel.transactions).toEqual(["198.51.100.1", "198.51.100.2"]);
});

test("mails go out one by one, each when its ban is in the firewall", async () => {
  const kernel = new Kernel();
  const mail = kernel.runner({ actionban: "post <ip>" }, "mail");
  const enforcer = kernel.enforcer(mail);
  await started(kernel, enforcer);
  kernel.refused.add("198.51.100.2");
  const results = await Promise.all(bansOf(3).map((ban) => enforcer.ban(ban)));
  expect(results.map(({ applied }) => applied)).toEqual([["fw", "mail"], ["mail"], ["fw", "mail"]]);
  expect(kernel.jail.takeRan().filter((script) => script.startsWith("post"))).toEqual(
    bansOf(3).map(({ id }) => `post ${id}`),
  );
});

test("an ID that is no address goes by the shell, in a batch of addresses", async () => {
  const kernel = new Kernel();
  const runner = kernel.runner({ actionban: 'nft add element inet t s "{ <ip> }"' });
  await runner.start();
  await runner.ban(sampleBan("192.0.2.1"));
  kernel.jail.takeRan();
  const outcomes = await kernel.many(runner, "ban", [
    sampleBan("198.51.100.1"),
    sampleBan("; id"),
    sampleBan("198.51.100.2"),
  ]);
  expect(outcomes).toEqual(["done", "done", "done"]);
  expect(kernel.transactions).toEqual(["198.51.100.1 198.51.100.2"]);
  expect(kernel.jail.takeRan()).toEqual([expect.stringContaining('"{ $f2bV_ip }"')]);
});

test("restored bans are skipped where the action does not want them", async () => {
  const kernel = new Kernel();
  const runner = kernel.runner({ ...NFT, norestored: true });
  await runner.ban(sampleBan("192.0.2.1"));
  const outcomes = await kernel.many(runner, "ban", [
    sampleBan("198.51.100.1", { restored: true }),
    sampleBan("198.51.100.2"),
  ]);
  expect(outcomes).toEqual(["skipped", "done"]);
  expect(kernel.transactions).toEqual(["198.51.100.2"]);
});

test("unbans of a family without items are skipped, as single ones are", async () => {
  const kernel = new Kernel();
  const runner = kernel.runner();
  expect(await kernel.many(runner, "unban", bansOf(2))).toEqual(["skipped", "skipped"]);
  expect(kernel.transactions).toEqual([]);
});

test("an action whose commands need a shell, or that has no way around it, takes none together", () => {
  const kernel = new Kernel();
  expect(kernel.runner().takesMany("ban")).toBe(true);
  expect(
    kernel.runner({ ...NFT, actionban: "nft add element inet t s { $x } || true" }).takesMany("ban"),
  ).toBe(false);
  expect(kernel.jail.runner(NFT).takesMany("ban")).toBe(false);
  const only6 = kernel.runner({
    actionban: "logger <ip>",
    "actionban?family=inet6": NFT.actionban,
    set: "s",
  });
  expect(only6.takesMany("ban")).toBe(true);
});

test("a stop lifts single bans in one transaction where the action cannot flush, and tells of each first", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  const bans = bansOf(20);
  await Promise.all(bans.map((ban) => enforcer.ban(ban)));
  const told: string[] = [];
  kernel.transactions.length = 0;
  await enforcer.stop(bans, ({ id }) => told.push(id));
  expect(told).toEqual(ids(bans));
  expect(kernel.transactions).toEqual([
    ids(bans)
      .map((id) => `-${id}`)
      .join(" "),
  ]);
  expect(kernel.elements.size).toBe(0);
});

test("an action that throws fails the bans of its batch, and nothing else", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  kernel.ends = () => {
    throw new Error("no memory");
  };
  const results = await Promise.all(bansOf(2).map((ban) => enforcer.ban(ban)));
  expect(results).toEqual(results.map(() => ({ applied: [], failed: ["fw"] })));
  kernel.ends = () => undefined;
  expect(await enforcer.ban(sampleBan("192.0.2.9"))).toEqual({ applied: ["fw"], failed: [] });
});

/** So many bans were in force when somebody took the sets away. */
async function wipedAfter(count: number): Promise<{ kernel: Kernel; runner: ActionRunner; bans: Ban[] }> {
  const kernel = new Kernel();
  const runner = kernel.runner();
  const { observe, clock } = kernel.jail;
  const enforcer = new Enforcer({ jail: "j1", actions: [runner], observe, clock });
  const bans = bansOf(count);
  kernel.jail.enter(...bans);
  await started(kernel, enforcer);
  await Promise.all(bans.map((ban) => enforcer.ban(ban)));
  kernel.hasSets = false;
  return { kernel, runner, bans };
}

test("bans that a repair has lost are made again together, each told", async () => {
  const { kernel, runner, bans } = await wipedAfter(30);
  kernel.elements.clear();
  kernel.refused.add("198.51.100.7");
  kernel.transactions.length = 0;
  kernel.jail.takeRan();
  await runner.check();
  const good = ids(bans).filter((id) => id !== "198.51.100.7");
  expect([...kernel.elements].sort()).toEqual(good.sort());
  expect(kernel.jail.takeRan()).toEqual([
    "fw check",
    "fw stop",
    "fw start",
    "fw check",
    'nft add element inet t four "{ 198.51.100.7 }"',
  ]);
  expect(kernel.jail.told().filter((text) => text.startsWith("REBAN"))).toHaveLength(29);
  expect(runner.lacks("198.51.100.7")).toBe(true);
  expect(kernel.transactions.length).toBeLessThan(15);
});

test("an action that refuses all bans after its repair is left alone soon", async () => {
  const { kernel, runner, bans } = await wipedAfter(60);
  for (const { id } of bans) kernel.refused.add(id);
  kernel.transactions.length = 0;
  await runner.check();
  expect(kernel.jail.told().at(-1)).toBe(
    "ERROR actions [j1] action 'fw' refuses bans after its repair; 60 of 61 are not in force",
  );
  expect(kernel.transactions.length).toBeLessThan(15);
});

test("a ban that a full queue has refused is not lost: it is made at the next try, unless it is lifted", async () => {
  const kernel = new Kernel();
  const { observe, clock } = kernel.jail;
  const enforcer = new Enforcer({ jail: "j1", actions: [kernel.runner()], observe, clock, maxQueued: 2 });
  await started(kernel, enforcer);
  const [a, b, c, d] = bansOf(4) as [Ban, Ban, Ban, Ban];
  const results = await Promise.all([a, b, c, d].map((ban) => enforcer.ban(ban)));
  expect(results.map(({ failed }) => failed)).toEqual([[], [], ["fw"], ["fw"]]);
  expect([...kernel.elements]).toEqual([a.id, b.id]);
  await enforcer.unban(d);
  expect(await Promise.all([enforcer.retry(c), enforcer.retry(d)])).toEqual([true, true]);
  expect([...kernel.elements]).toEqual([a.id, b.id, c.id]);
  expect(await enforcer.retry(c)).toBe(true);
  expect(kernel.transactions).toHaveLength(2 + 1);
});

test("of bans that have to be done one by one, those that wait too long at a stop are dropped and told", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  const answer = kernel.jail.answer;
  kernel.ends = () => "unknown";
  kernel.jail.answer = (script) => {
    // each hangs for a while
    if (script.startsWith("nft add")) kernel.jail.now += 4;
    return answer(script);
  };
  const bans = bansOf(6);
  const results = Promise.all(bans.map((ban) => enforcer.ban(ban)));
  await enforcer.stop([]);
  expect((await results).map(({ applied }) => applied.length)).toEqual([1, 1, 1, 0, 0, 0]);
  expect(kernel.jail.told().at(-1)).toBe("WARNING actions [j1] action 'fw': 3 operation(s) dropped at stop");
});

test("each of a batch is told as soon as it is done, and what an action that throws has done stays done", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  const bans = bansOf(4);
  let calls = 0;
  kernel.ends = () => {
    calls += 1;
    if (calls === 1) return "refused";
    if (calls === 3) throw new Error("no memory");
    return undefined;
  };
  const results = await Promise.all(bans.map((ban) => enforcer.ban(ban)));
  expect(results.map(({ applied, failed }) => [applied.length, failed.length])).toEqual([
    [1, 0],
    [1, 0],
    [0, 1],
    [0, 1],
  ]);
});

test("elements are taken out some hundreds at a time: nft compares each with all others", async () => {
  const kernel = new Kernel();
  const enforcer = kernel.enforcer();
  await started(kernel, enforcer);
  const bans = Array.from({ length: 1200 }, (_, n) => sampleBan(`10.0.${n >> 8}.${n & 255}`));
  await Promise.all(bans.map((ban) => enforcer.ban(ban)));
  expect(kernel.transactions.map((text) => text.split(" ").length)).toEqual([1200]);
  await Promise.all(bans.map((ban) => enforcer.unban(ban)));
  expect(kernel.transactions.slice(1).map((text) => text.split(" ").length)).toEqual([500, 500, 200]);
  expect(kernel.elements.size).toBe(0);
  expect(kernel.confirmed("unban")).toEqual(ids(bans));
});

const DECLARED = {
  ...NFT,
  actionstart: "nft 'add set inet t <set> { type <type>; flags interval; }'",
  type: "ipv4_addr",
  "type?family=inet6": "ipv6_addr",
};

/** Ends as the kernel has it, but with sets that are otherwise than declared; counts what it is told. */
function otherwiseMade(kernel: Kernel): { readonly told: string[]; readonly run: RunTransaction } {
  const told: string[] = [];
  const run: RunTransaction = (commands, timeout) => {
    const isDeclared = commands.some(({ changes }) => changes.some(({ declaration }) => declaration));
    const count = commands.reduce((sum, { changes }) => sum + changes.length, 0);
    told.push(`${isDeclared ? "declared" : "plain"} ${count}`);
    return isDeclared ? Promise.resolve("refused") : kernel.run(commands, timeout);
  };
  return { told, run };
}

test("a set that is not as the start has made it is told no more how it was made; no ban has a shell for that", async () => {
  const kernel = new Kernel();
  const { facts, run, observe, clock } = kernel.jail;
  const { told, run: transaction } = otherwiseMade(kernel);
  const definition = sampleAction(DECLARED, "fw");
  const options = { definition, jail: facts, run, transaction, observe, clock, allowIpv6: true };
  const runner = new ActionRunner(options);
  const enforcer = new Enforcer({ jail: "j1", actions: [runner], observe, clock });
  await started(kernel, enforcer);
  told.length = 0;
  await Promise.all(bansOf(20).map((ban) => enforcer.ban(ban)));
  await Promise.all(bansOf(20, 100).map((ban) => enforcer.ban(ban)));
  expect(told).toEqual(["declared 20", "plain 20", "plain 20"]);
  expect(kernel.elements.size).toBe(40);
  expect(kernel.jail.takeRan()).toEqual([]);
  // a new definition may be another set
  runner.redefine(sampleAction(DECLARED, "fw"));
  await enforcer.ban(sampleBan("192.0.2.77"));
  expect(told.slice(3)).toEqual(["declared 1", "plain 1"]);
});

test("what is refused for an element's sake goes on being declared", async () => {
  const kernel = new Kernel();
  const { facts, run, observe, clock } = kernel.jail;
  const told: string[] = [];
  const transaction: RunTransaction = (commands, timeout) => {
    told.push(
      commands.some(({ changes }) => changes.some(({ declaration }) => declaration)) ? "declared" : "plain",
    );
    return kernel.run(commands, timeout);
  };
  const definition = sampleAction(DECLARED, "fw");
  const options = { definition, jail: facts, run, transaction, observe, clock, allowIpv6: true };
  const enforcer = new Enforcer({ jail: "j1", actions: [new ActionRunner(options)], observe, clock });
  await started(kernel, enforcer);
  kernel.refused.add("198.51.100.3");
  const results = await Promise.all(bansOf(8).map((ban) => enforcer.ban(ban)));
  expect(results.map(({ applied }) => applied.length)).toEqual([1, 1, 0, 1, 1, 1, 1, 1]);
  expect([...kernel.elements].sort()).toEqual(ids(bansOf(8)).filter((id) => id !== "198.51.100.3"));
  told.length = 0;
  await enforcer.ban(sampleBan("198.51.100.200"));
  expect(told).toEqual(["declared"]);
});

test("of whom a caller does not wait for is told once, when the last action is done", async () => {
  const kernel = new Kernel();
  const mail = kernel.runner({ actionban: "post <ip>" }, "mail");
  const enforcer = kernel.enforcer(mail);
  await started(kernel, enforcer);
  kernel.refused.add("198.51.100.2");
  const ended: string[] = [];
  await new Promise<void>((resolve) => {
    for (const ban of bansOf(3)) {
      enforcer.impose(ban, ({ id }, hasFailed) => {
        ended.push(`${id} ${hasFailed}`);
        if (ended.length === 3) resolve();
      });
    }
  });
  expect(ended).toEqual(["198.51.100.1 false", "198.51.100.2 true", "198.51.100.3 false"]);
  expect(kernel.jail.takeRan().filter((script) => script.startsWith("post"))).toHaveLength(3);
});
