/**
 * A daemon at rest makes itself ready for a flood by lines that its logs hold. Nobody notices: not in the log, the database or the firewall,
 * and not who appends lines meanwhile.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { LOG } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const DATABASE = "/var/lib/fail2ban/fail2ban.sqlite3";
const SOON = 30_000;
/** Until a rehearsal begins, and until one is over. */
const BEGUN_MS = 250;
const OVER_MS = 3000;
const JAIL = "[load]\nenabled = true\nmaxretry = 2\nbantime = 1h\nbanaction = nftables\n";

describeOnBench("a rehearsal", (bench) => {
  const addresses = (net: number, count: number): string[] =>
    Array.from({ length: count }, (_, n) => `198.${net}.${n >> 7}.${(n & 127) * 2 + 1}`);

  async function stored(): Promise<string> {
    const script = `
import sqlite3, sys
base = sqlite3.connect(sys.argv[1])
tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
for name in sorted(tables):
    if name not in ("fail2banDb", "logs"): print(name, base.execute(f"SELECT * FROM {name}").fetchall())
`;
    const { stdout, stderr } = await bench.world.run("python3", ["-c", script, DATABASE]);
    expect(stderr).toBe("");
    return stdout;
  }

  test("leaves nothing behind: whoever is in the log is neither found, counted, banned nor stored", async () => {
    bench.jails(JAIL);
    const old = addresses(19, 300).map((id) => `2020-01-01 12:00:00 fail from ${id}\n`);
    bench.world.append(LOG, old.join(""));
    const guard = await bench.run();
    await until("the log is read", () => bench.log.includes("Line with odd timestamp"), SOON);
    const begin = { log: bench.log, stored: await stored(), rules: bench.rules() };
    await sleep(OVER_MS);
    expect(bench.log).toBe(begin.log);
    expect(await stored()).toBe(begin.stored);
    expect(bench.rules()).toBe(begin.rules);
    await guard.end("INT");
  });

  test("lines that come in its midst are taken, in their order", { timeout: 4 * SOON }, async () => {
    bench.jails(JAIL);
    const guard = await bench.run();
    bench.attack("198.51.100.1", { times: 1 });
    await until("the first is found", () => bench.log.includes("Found 198.51.100.1"), SOON);
    const ids = addresses(18, 200);
    await sleep(BEGUN_MS);
    for (const id of ids) {
      bench.attack(id, { times: 2 });
      await sleep(2);
    }
    await until("the last is banned", () => bench.log.includes(`Ban ${ids.at(-1)}`), SOON);
    const told = [...bench.log.matchAll(/ (Found|Ban) (198\.18\.[\d.]+)/g)].map(
      ([, what, id]) => `${what} ${id}`,
    );
    expect(told).toEqual(ids.flatMap((id) => [`Found ${id}`, `Found ${id}`, `Ban ${id}`]));
    await guard.end("INT");
  });
});
