/**
 * A jail whose regexes take all the steps they may get on every line of a log that is being flooded, beside one that is sane: the
 * sane one bans as ever, clients are answered, and the slow one loses nothing.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Bench, failure, type Guard } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const EVIL_LOG = "/var/log/evil.log";
/** Three references back: there are too many ways to remember which of them failed, every evil line costs the whole budget. */
const evilRegex = (number: number): string =>
  `^\\s*(a+)(a*)(a*)b\\1\\2\\3c(?:${"x".repeat(number)})? from <HOST>$`;
/** From the writing of an attack to its rule in the kernel; milliseconds. */
const PROMPT_MS = 2000;

/** A line that matches nothing, at the highest price, with so many characters more. */
const evilLine = (longer = 0): string => {
  const half = "a".repeat(400 + longer);
  return failure("198.51.100.9", `${half}b${half}ac`);
};
/** A failure of the slow jail. */
const slowFailure = (number: number): string => failure(`10.7.${number >> 8}.${number & 255}`, "slow");

/** Milliseconds until the sane jail's bans of a few attackers, one after the other, are facts. */
async function banLatencies(bench: Bench, guard: Guard, hosts: readonly number[]): Promise<number[]> {
  const latencies: number[] = [];
  for (const host of hosts) {
    const begun = performance.now();
    bench.attack(`192.0.2.${host}`);
    await guard.untilSaid(new RegExp(`sane +done +192\\.0\\.2\\.${host} banned by nftables`), 30_000);
    latencies.push(performance.now() - begun);
    await sleep(host);
  }
  return latencies;
}

describeOnBench("a catastrophic filter", (bench) => {
  /** The sane jail and the slow one with so many catastrophic regexes before its good one. */
  async function burn(regexes: number): Promise<Guard> {
    const evil = Array.from({ length: regexes }, (_, number) => evilRegex(number));
    const failregex = [...evil, "slow from <HOST>$"].join("\n            ");
    bench.world.write("/etc/fail2ban/filter.d/evil.conf", `[Definition]\nfailregex = ${failregex}\n`);
    bench.world.write(EVIL_LOG, "");
    const slow = `[slow]\nenabled = true\nfilter = evil\nlogpath = ${EVIL_LOG}\nmaxretry = 100000\naction =\n`;
    bench.jails(`[sane]\nenabled = true\n${slow}`);
    return await bench.run();
  }

  function found(): string[] {
    return [...bench.log.matchAll(/\[slow\] Found (10\.7\.\S+) /g)].map(([, ip]) => ip ?? "");
  }

  test("one such regex: the other jail bans within two seconds, a ping is answered, a stop is prompt, and nothing is lost", async () => {
    let guard = await burn(1);
    const count = 20;
    const lines = Array.from({ length: count }, (_, n) => [...Array(4).fill(evilLine()), slowFailure(n)]);
    // a line of 64 KiB and one of 10 MB whose end is still to come
    lines[10]?.push(evilLine(32 * 1024));
    bench.world.append(EVIL_LOG, `${lines.flat().join("\n")}\n${"a".repeat(10_000_000)}`);
    await until("the slow jail is at work", () => found().length > 0, 60_000);

    const latencies = await banLatencies(bench, guard, [1, 2, 3, 4, 5, 6]);
    const begun = performance.now();
    expect((await bench.client("ping")).stdout).toContain("pong");
    const pingMs = performance.now() - begun;
    latencies.sort((a, b) => a - b);
    expect(latencies[3]).toBeLessThan(PROMPT_MS);
    expect(latencies.at(-1)).toBeLessThan(2 * PROMPT_MS);
    // most of it is the start of the client
    expect(pingMs).toBeLessThan(5 * PROMPT_MS);
    expect(found().length, "it is still at work").toBeLessThan(count);

    // once each: the excess, and the place of the first line that exceeded
    expect(bench.log.match(/\[slow\] Regex takes too many steps/g)).toHaveLength(1);
    expect(bench.log.match(/\[slow\] The line is at byte 0 of '\/var\/log\/evil\.log'/g)).toHaveLength(1);

    // a stop in the middle of the backlog does not wait for it; the next start goes on at the very line
    const { code, tookMs } = await guard.end("TERM");
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5 * PROMPT_MS);
    const before = found().length;
    expect(before).toBeLessThan(count);
    guard = await bench.run();
    bench.world.append(EVIL_LOG, `\n${slowFailure(count)}\n`);
    await until("the last line is found", () => found().length > count, 180_000);
    expect(found()).toEqual(Array.from({ length: count + 1 }, (_, n) => `10.7.0.${n}`));
    await guard.end("INT");
  }, 300_000);

  test("twenty such regexes: no line waits for more than a line of the slow jail", async () => {
    const guard = await burn(20);
    bench.world.append(EVIL_LOG, `${slowFailure(0)}\n${`${evilLine()}\n`.repeat(500)}`);
    await until("the slow jail is at work", () => /\[slow\] Regex takes/.test(bench.log), 60_000);
    const latencies = await banLatencies(bench, guard, [11, 12, 13, 14, 15, 16]);
    // what is too hard for one regex costs the other nineteen little more
    latencies.sort((a, b) => a - b);
    expect(latencies[3]).toBeLessThan(PROMPT_MS);
    expect(latencies.at(-1)).toBeLessThan(2 * PROMPT_MS);
    expect((await bench.client("ping")).stdout).toContain("pong");
    expect((await guard.end("TERM")).tookMs).toBeLessThan(5 * PROMPT_MS);
  }, 300_000);
});
