/**
 * From a line that is appended to a log until the kernel has the address in its set, for one attacker at a time on a quiet server.
 * @module
 */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Outcome } from "../goals.ts";
import { percentile } from "../measure/statistics.ts";
import type { BenchContext, Part } from "../part.ts";
import { Daemon } from "../world/daemon.ts";
import { ElementWatch, setWith } from "../world/firewall.ts";
import { Namespace } from "../world/namespace.ts";
import { fail2banServer, gaolerServer, type ServerProgram } from "../world/programs.ts";
import { attackers, failedLogin, NFTABLES, sshJail } from "../world/ssh-jail.ts";

const OURS = 300;
const THEIRS = 40;
/** The machine's own share: an nft kept open that is told what to add. */
const BARE = 200;
const BAN_MS = 30_000;
/** Between two attackers; milliseconds, and the next time others. */
const pause = (index: number): Promise<void> => sleep(15 + (index % 7) * 5);

/** Milliseconds of each ban. */
async function bansOf(context: BenchContext, program: ServerProgram, count: number): Promise<number[]> {
  const folder = join(context.scratch, "latency");
  const log = join(context.scratch, "latency.log");
  mkdirSync(folder, { recursive: true });
  writeFileSync(log, "");
  const space = await Namespace.create();
  try {
    const jails = sshJail({ log, maxretry: 1, action: NFTABLES });
    const daemon = await Daemon.start(space, program, folder, { jails });
    await daemon.untilQuiet(() => true, BAN_MS, 1000);
    const watch = new ElementWatch(space);
    const [first = "", ...others] = attackers(count + 1);
    // what the first ban sets up is not what one ban takes
    appendFileSync(log, failedLogin(first));
    await setWith(space, first, BAN_MS);
    const took: number[] = [];
    for (const [index, address] of others.entries()) {
      await pause(index);
      const line = failedLogin(address);
      const seen = watch.until(address, BAN_MS);
      const begun = performance.now();
      appendFileSync(log, line);
      took.push((await seen) - begun);
    }
    watch.close();
    await daemon.stop();
    return took;
  } finally {
    await space.close();
  }
}

async function bareBans(count: number): Promise<number[]> {
  const space = await Namespace.create();
  try {
    await space.tool(["nft", "-f", "-"], "table inet bench { set s { type ipv4_addr; flags interval; }; }\n");
    const watch = new ElementWatch(space);
    const nft = space.watch(["nft", "-i"]);
    await sleep(300);
    const took: number[] = [];
    for (const [index, address] of attackers(count).entries()) {
      await pause(index);
      const seen = watch.until(address, BAN_MS);
      const begun = performance.now();
      nft.stdin.write(`add element inet bench s { ${address} }\n`);
      took.push((await seen) - begun);
    }
    nft.kill("SIGKILL");
    watch.close();
    return took;
  } finally {
    await space.close();
  }
}

export const latencyPart: Part = {
  name: "latency",
  needsWorld: true,
  async run(context) {
    const all: [name: string, took: readonly number[]][] = [];
    context.progress("gaoler");
    const ours = await bansOf(context, gaolerServer(context), OURS);
    all.push(["gaoler", ours]);
    const fail2ban = fail2banServer(context);
    if (fail2ban !== undefined) {
      context.progress(fail2ban.name);
      all.push([fail2ban.name, await bansOf(context, fail2ban, THEIRS)]);
    }
    context.progress("a bare nft");
    all.push(["nft kept open, told what to add", await bareBans(BARE)]);
    const goal = (share: number, must: number, aim: number): Outcome => ({
      what: `line appended → in the kernel's set, p${share * 100}`,
      unit: "ms",
      better: "less",
      must,
      aim,
      measured: percentile(ours, share),
    });
    const ms = (value: number): string => value.toFixed(1);
    return {
      goals: [goal(0.5, 3, 1.5), goal(0.99, 15, 8)],
      figures: [
        {
          title: "one ban at a time, milliseconds until nft monitor has told of it",
          columns: ["who", "bans>", "p50>", "p90>", "p99>", "most>"],
          rows: all.map(([name, took]) => [
            name,
            String(took.length),
            ...[0.5, 0.9, 0.99, 1].map((share) => ms(percentile(took, share))),
          ]),
        },
      ],
      checks: [{ what: `${ours.length} of ${OURS} bans came`, isRight: ours.length === OURS }],
    };
  },
};
