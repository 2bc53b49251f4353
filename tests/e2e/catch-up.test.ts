/**
 * A daemon that is started beside a log of fifty megabytes: clients are answered and others are banned while it catches up, in a thread
 * of its own where there is a processor for it; whoever failed in that log is banned, and each failure counts once.
 * @module
 */
import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { type Bench, failure } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const LARGE_LOG = "/var/log/large.log";
const LINES = 432_000;
/** Between two failures; every attacker fails three times in a row, every second one of them twice alone. */
const BETWEEN = 600;
const ATTACKERS = LINES / (3 * BETWEEN);
const LAST = "203.0.113.77";
/** A client is started, asks and is answered; on a busy machine its start takes most of it. Milliseconds. */
const PROMPT_MS = 5000;

const attacker = (number: number): string => `10.9.${number >> 8}.${number & 255}`;
const isBanned = (number: number): boolean => number % 2 === 0;

function largeLog(): string {
  const idle = failure("nowhere at all", `nothing of interest ${"x".repeat(60)}`).replace(" from ", " ");
  const lines = Array<string>(LINES).fill(idle);
  for (let number = 0; number < ATTACKERS; number++)
    for (let time = 0; time < (isBanned(number) ? 3 : 2); time++)
      lines[(3 * number + time) * BETWEEN] = failure(attacker(number));
  for (let time = 3; time > 0; time--) lines[LINES - time] = failure(LAST);
  return `${lines.join("\n")}\n`;
}

/** Names of the daemon's threads. */
function threads(bench: Bench): string {
  const daemon = "pgrep -f 'cli/main\\.[jt]s (run|server)'";
  const here = '[ "$(readlink /proc/$pid/ns/mnt)" = "$(readlink /proc/self/ns/mnt)" ]';
  return bench.world.shSync(
    `for pid in $(${daemon}); do ${here} && cat /proc/$pid/task/*/comm 2>/dev/null; done; true`,
  );
}

describeOnBench("a log of fifty megabytes", (bench) => {
  test("while it is caught up on a ping is answered and others are banned; then all are banned who are to be, and each failure has counted once", async () => {
    bench.world.write(LARGE_LOG, largeLog());
    // looking at two lines together takes long for each
    bench.world.write(
      "/etc/fail2ban/filter.d/pair.conf",
      "[Definition]\nfailregex = fail from <HOST>$\nmaxlines = 2\n",
    );
    bench.jails(
      `[sane]\nenabled = true\n[large]\nenabled = true\nfilter = pair\nlogpath = ${LARGE_LOG}\nfindtime = 1h\n`,
    );
    const guard = await bench.run();
    const isDone = (): boolean => bench.log.includes(`[large] Ban ${LAST}`);

    let seen = "";
    const watching = until(
      "a thread is at work",
      () => {
        seen ||= /detection/.exec(threads(bench))?.[0] ?? "";
        return seen !== "" || isDone();
      },
      120_000,
    );
    const begun = performance.now();
    expect((await bench.client("ping")).stdout).toContain("pong");
    const pingMs = performance.now() - begun;
    bench.attack("192.0.2.1");
    await bench.untilBanned("sane", "192.0.2.1", PROMPT_MS);
    await watching;
    expect(pingMs).toBeLessThan(PROMPT_MS);
    if (availableParallelism() > 1) expect(seen).toBe("detection");

    await until("the last line is found", isDone, 120_000);
    const banned = [...bench.log.matchAll(/\[large\] Ban (10\.9\.\S+)/g)].map(([, id]) => id);
    const expected = Array.from({ length: ATTACKERS }, (_, number) => number).filter(isBanned);
    expect(banned).toEqual(expected.map(attacker));
    expect(bench.log.match(/\[large\] Found 10\.9\./g)).toHaveLength(2.5 * ATTACKERS);
    // where nothing more is to be caught up on no thread waits for it
    await until("the thread has ended", () => !threads(bench).includes("detection"));
    bench.attack("192.0.2.2", { log: LARGE_LOG });
    await bench.untilBanned("large", "192.0.2.2");
    expect((await guard.end("TERM")).code).toBe(0);
  }, 300_000);
});
