/**
 * A burst: many attackers in one moment, until the kernel has all of them.
 * @module
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "../goals.ts";
import { median } from "../measure/statistics.ts";
import type { BenchContext, Check, Part } from "../part.ts";
import { Daemon } from "../world/daemon.ts";
import { ElementProbe, elementCount, setWith } from "../world/firewall.ts";
import { Namespace } from "../world/namespace.ts";
import { fail2banServer, gaolerServer, type ServerProgram } from "../world/programs.ts";
import { attackers, failedLogin, NFTABLES, sshJail } from "../world/ssh-jail.ts";

const BURST = 10_000;
/** fail2ban bans a hundred a second or so. */
const BURST_OF_FAIL2BAN = 300;
const START_MS = 60_000;
/** Who has not banned all by then is judged by what is in the kernel. */
const BURST_MS = 60_000;

interface Burst {
  readonly bans: number;
  /** until the last one was in the kernel, seconds */
  readonly seconds: number;
  /** of the processor, by the server and its tools */
  readonly cpu: number;
  /** elements of the set in the end */
  readonly inKernel: number;
}

/** Every attacker fails once, all in one write; each is banned for it. */
async function burst(context: BenchContext, program: ServerProgram, bans: number): Promise<Burst> {
  const log = join(context.scratch, "burst.log");
  writeFileSync(log, "");
  const space = await Namespace.create();
  try {
    const jails = sshJail({ log, maxretry: 1, action: NFTABLES });
    const daemon = await Daemon.start(space, program, join(context.scratch, "burst"), { jails });
    await daemon.untilQuiet(() => true, START_MS, 1000);
    const [first = "", ...others] = attackers(bans + 1);
    // what the first ban sets up is not what a ban takes
    appendFileSync(log, failedLogin(first));
    const set = await setWith(space, first, START_MS);
    await daemon.untilQuiet(() => true, START_MS, 1000);
    const probe = new ElementProbe(space);
    const [text, cpu, begun] = [others.map(failedLogin).join(""), daemon.cpu, performance.now()];
    appendFileSync(log, text);
    // the order is the server's own: the last one most likely comes last, then all that are looked at are there already
    const some = others.filter((_, index) => index % 500 === 0).toReversed();
    await probe.untilAll(set, [others.at(-1) ?? "", ...some], BURST_MS);
    const [seconds, used] = [(performance.now() - begun) / 1000, daemon.cpu - cpu];
    probe.close();
    const inKernel = (await elementCount(space, set)) - 1;
    await daemon.kill();
    return { bans, seconds, cpu: used, inKernel };
  } finally {
    await space.close();
  }
}

/** What the kernel can do: all in one transaction, written by hand. */
async function batch(bans: number): Promise<Burst> {
  const space = await Namespace.create();
  try {
    const set = "inet bench s";
    await space.tool(["nft", "-f", "-"], "table inet bench { set s { type ipv4_addr; flags interval; }; }\n");
    const text = `add element ${set} { ${attackers(bans).join(", ")} }\n`;
    const begun = performance.now();
    await space.tool(["nft", "-f", "-"], text);
    const seconds = (performance.now() - begun) / 1000;
    return { bans, seconds, cpu: Number.NaN, inKernel: await elementCount(space, set) };
  } finally {
    await space.close();
  }
}

const rateOf = (bursts: readonly Burst[]): number =>
  median(bursts.map(({ inKernel, seconds }) => inKernel / seconds));

export const bansPart: Part = {
  name: "bans",
  needsWorld: true,
  async run(context) {
    const [ours, batches, theirs]: [Burst[], Burst[], Burst[]] = [[], [], []];
    for (let round = 0; round < Math.min(context.runs, 3); round++) {
      context.progress(`round ${round + 1}`);
      ours.push(await burst(context, gaolerServer(context), BURST));
      for (let again = 0; again < 3; again++) batches.push(await batch(BURST));
      // a slow one is slow each time
      if ((ours[0]?.seconds ?? 0) > 20) break;
    }
    const fail2ban = fail2banServer(context);
    if (fail2ban !== undefined) {
      context.progress(fail2ban.name);
      theirs.push(await burst(context, fail2ban, BURST_OF_FAIL2BAN));
    }
    const what = `burst of ${BURST.toLocaleString("en")} bans`;
    const goals: Outcome[] = [
      {
        what: `${what}: of one hand-written nft -f - batch`,
        unit: "%",
        better: "more",
        must: 50,
        aim: 80,
        measured: (100 * rateOf(ours)) / rateOf(batches),
      },
      {
        what: `${what}: × fail2ban`,
        unit: "×",
        better: "more",
        must: 500,
        aim: 1500,
        measured: theirs.length === 0 ? "no fail2ban" : rateOf(ours) / rateOf(theirs),
      },
    ];
    const all: [string, Burst[]][] = [
      ["gaoler, log to kernel", ours],
      ["nft -f -, one batch", batches],
      [`${fail2ban?.name ?? ""}, log to kernel`, theirs],
    ];
    const measured = all.filter(([, bursts]) => bursts.length > 0);
    return {
      goals,
      figures: [
        {
          title: "bans, from the lines in the log until all are in the kernel's set",
          columns: ["who", "bans>", "s>", "CPU s>", "bans/s>", "in the kernel>", "runs>"],
          rows: measured.map(([name, bursts]) => [
            name,
            String(bursts[0]?.bans),
            median(bursts.map(({ seconds }) => seconds)).toFixed(3),
            Number.isNaN(bursts[0]?.cpu) ? "" : median(bursts.map(({ cpu }) => cpu)).toFixed(2),
            Math.round(rateOf(bursts)).toLocaleString("en"),
            String(Math.min(...bursts.map(({ inKernel }) => inKernel))),
            String(bursts.length),
          ]),
        },
      ],
      checks: measured.map(
        ([name, bursts]): Check => ({
          what: `${name}: all bans are in the kernel`,
          isRight: bursts.every(({ bans, inKernel }) => bans === inKernel),
        }),
      ),
    };
  },
};
