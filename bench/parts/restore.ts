/**
 * A start with bans from before: until all of them are in the kernel.
 * @module
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../src/exec/system-clock.ts";
import { openStore } from "../../src/store/sqlite-store.ts";
import type { Outcome } from "../goals.ts";
import { median } from "../measure/statistics.ts";
import type { BenchContext, Check, Part } from "../part.ts";
import { Daemon } from "../world/daemon.ts";
import { ElementProbe, elementCount, firstSet } from "../world/firewall.ts";
import { Namespace } from "../world/namespace.ts";
import { fail2banServer, gaolerServer, type ServerProgram } from "../world/programs.ts";
import { attackers, NFTABLES, sshJail } from "../world/ssh-jail.ts";

const SIZES = [
  { bans: 20_000, must: 1, aim: 0.4, isLong: false },
  { bans: 200_000, must: 6, aim: 3, isLong: true },
] as const;
/** fail2ban brings back some sixty a second. */
const BANS_OF_FAIL2BAN = 300;
/** Who has not restored all by then has missed every goal; the check says how many there were. */
const DEADLINE_MS = 60_000;

interface Restored {
  readonly name: string;
  readonly bans: number;
  /** from the start of the process, seconds */
  readonly pong: number;
  readonly inKernelAfter: number;
  readonly inKernel: number;
  readonly cpu: number;
  readonly stop: number;
}

/** A database as a server leaves it behind, in fail2ban's schema. */
function writeDatabase(path: string, bans: readonly string[]): void {
  for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(path + end, { force: true });
  const store = openStore(path, { observe: () => undefined, clock: systemClock });
  const now = Math.floor(systemClock.now());
  store.addJail("sshd");
  store.transaction(() => {
    for (const [index, id] of bans.entries()) {
      const at = now - 3600 + Math.floor((index * 3600) / bans.length);
      const ticket = { id, ip: id, at, attempts: 5, matches: [], data: new Map(), bancount: 1 };
      store.saveBan("sshd", { ...ticket, bantime: undefined, restored: false }, 28 * 86_400);
    }
  });
  store.disableJail("sshd");
  store.close();
}

async function restore(context: BenchContext, program: ServerProgram, count: number): Promise<Restored> {
  const [log, database] = [join(context.scratch, "restore.log"), join(context.scratch, "restore.sqlite3")];
  const bans = attackers(count);
  writeFileSync(log, "");
  writeDatabase(database, bans);
  const space = await Namespace.create();
  const probe = new ElementProbe(space);
  try {
    const jails = sshJail({ log, maxretry: 5, action: NFTABLES });
    const begun = performance.now();
    const starting = Daemon.start(space, program, join(context.scratch, "restoring"), { jails, database });
    const all = untilAll(space, probe, bans, begun);
    const [daemon, { seconds, inKernel }] = await Promise.all([starting, all]);
    const cpu = daemon.cpu;
    const stop = await daemon.stop();
    const pong = daemon.startedIn;
    return { name: program.name, bans: count, pong, inKernelAfter: seconds, inKernel, cpu, stop };
  } finally {
    probe.close();
    await space.close();
  }
}

/** The middle one of some rounds, the least complete one if any lacks bans: the first start finds files that nobody has read before. */
async function restoreOften(context: BenchContext, count: number, rounds: number): Promise<Restored> {
  const all: Restored[] = [];
  for (let round = 0; round < rounds; round++) all.push(await restore(context, gaolerServer(context), count));
  const middle = median(all.map(({ inKernelAfter }) => inKernelAfter));
  const worst = all.find(({ inKernel }) => inKernel < count);
  const shown = worst ?? all.find(({ inKernelAfter }) => inKernelAfter === middle);
  if (shown === undefined) throw new Error("nothing was restored: there was no round");
  return shown;
}

/** In whatever order they come. */
async function untilAll(space: Namespace, probe: ElementProbe, bans: readonly string[], begun: number) {
  const left = (): number => DEADLINE_MS - (performance.now() - begun);
  let set: string | undefined;
  while (set === undefined && left() > 0) {
    set = await firstSet(space);
    if (set === undefined) await sleep(10);
  }
  if (set === undefined) return { seconds: DEADLINE_MS / 1000, inKernel: 0 };
  const step = Math.ceil(bans.length / 20);
  const some = bans.filter((_, index) => index % step === 0);
  for (;;) {
    await probe.untilAll(set, [bans.at(-1) ?? "", ...some.toReversed()], left());
    const seconds = (performance.now() - begun) / 1000;
    const inKernel = await elementCount(space, set);
    if (inKernel >= bans.length || left() <= 0) return { seconds, inKernel };
  }
}

export const restorePart: Part = {
  name: "restore",
  needsWorld: true,
  async run(context) {
    const goals: Outcome[] = [];
    const all: Restored[] = [];
    for (const { bans, must, aim, isLong } of SIZES) {
      const what = `start with ${bans.toLocaleString("en")} bans, all in the kernel`;
      const goal = { what, unit: "s", better: "less", must, aim } as const;
      if (isLong && !context.isLong) {
        goals.push({ ...goal, measured: "takes --long" });
        continue;
      }
      context.progress(`${bans} bans`);
      const restored = await restoreOften(context, bans, isLong ? 1 : context.runs);
      all.push(restored);
      goals.push({ ...goal, measured: restored.inKernelAfter });
    }
    const fail2ban = fail2banServer(context);
    if (fail2ban !== undefined) {
      context.progress(fail2ban.name);
      all.push(await restore(context, fail2ban, BANS_OF_FAIL2BAN));
    }
    return {
      goals,
      figures: [
        {
          title: "from the start of the process",
          columns: ["server", "bans>", "pong s>", "all in the kernel s>", "bans/s>", "CPU s>", "stop s>"],
          rows: all.map(({ name, bans, pong, inKernelAfter, inKernel, cpu, stop }) => [
            name,
            bans.toLocaleString("en"),
            pong.toFixed(2),
            inKernelAfter.toFixed(2),
            Math.round(inKernel / inKernelAfter).toLocaleString("en"),
            cpu.toFixed(2),
            stop.toFixed(2),
          ]),
        },
      ],
      checks: all.map(
        ({ name, bans, inKernel }): Check => ({
          what: `${name}: ${inKernel.toLocaleString("en")} of ${bans.toLocaleString("en")} bans are in the kernel`,
          isRight: inKernel === bans,
        }),
      ),
    };
  },
};
