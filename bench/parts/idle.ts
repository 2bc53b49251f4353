/**
 * Ten jails with nothing to do.
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { BenchContext, Part } from "../part.ts";
import { Daemon } from "../world/daemon.ts";
import { Namespace } from "../world/namespace.ts";
import { fail2banServer, gaolerServer, type ServerProgram } from "../world/programs.ts";
import { failedLogin, NFTABLES } from "../world/ssh-jail.ts";
import { residentOf, threadsCpuOf } from "../world/usage.ts";

const JAILS = 10;
const SECONDS = 60;
/** Until a start is over; milliseconds. */
const SETTLE_MS = 10_000;
const QUIET_MS = 3000;
const DEADLINE_MS = 60_000;

interface Idle {
  readonly name: string;
  /** share of one core, percent */
  readonly cpu: number;
  /** MiB of all its processes, and of the server's own alone */
  readonly resident: number;
  readonly own: number;
  readonly processes: number;
}

async function idle(context: BenchContext, program: ServerProgram): Promise<Idle> {
  const folder = join(context.scratch, `idle-${program.name.split(" ")[0]}`);
  mkdirSync(folder);
  const jail = (index: number): string => {
    const log = join(folder, `${index}.log`);
    writeFileSync(log, failedLogin("192.0.2.1").repeat(3));
    return `[bench-${index}]\nenabled = true\nfilter = sshd\nlogpath = ${log}\naction = ${NFTABLES}\n`;
  };
  const jails = Array.from({ length: JAILS }, (_, index) => jail(index)).join("");
  const space = await Namespace.create();
  try {
    const daemon = await Daemon.start(space, program, join(folder, "server"), {
      jails: `[DEFAULT]\nbackend = auto\nmaxretry = 5\n${jails}`,
    });
    await sleep(SETTLE_MS);
    await daemon.untilQuiet(() => true, DEADLINE_MS, QUIET_MS);
    const used = (): number => daemon.pids.reduce((sum, pid) => sum + threadsCpuOf(pid), 0);
    const [before, begun] = [used(), performance.now()];
    await sleep(SECONDS * 1000);
    const share = (used() - before) / ((performance.now() - begun) / 1000);
    const { resident, pids } = daemon;
    const own = residentOf(daemon.pid);
    await daemon.stop();
    return { name: program.name, cpu: 100 * share, resident, own, processes: pids.length };
  } finally {
    await space.close();
  }
}

export const idlePart: Part = {
  name: "idle",
  needsWorld: true,
  async run(context) {
    const fail2ban = fail2banServer(context);
    context.progress(`${SECONDS} s of nothing`);
    // both at a time: neither disturbs the other
    const both = await Promise.all([
      idle(context, gaolerServer(context)),
      ...(fail2ban === undefined ? [] : [idle(context, fail2ban)]),
    ]);
    const [ours] = both;
    const what = `idle with ${JAILS} jails`;
    return {
      goals: [
        { what: `${what}: CPU`, unit: "%", better: "less", must: 0.05, aim: 0.01, measured: ours.cpu },
        { what: `${what}: RSS`, unit: "MiB", better: "less", must: 85, aim: 55, measured: ours.resident },
      ],
      figures: [
        {
          title: `${JAILS} jails, ${SECONDS} s after the start is over`,
          columns: ["server", "CPU %>", "RSS MiB>", "its own process>", "processes>"],
          rows: both.map(({ name, cpu, resident, own, processes }) => [
            name,
            cpu.toFixed(3),
            resident.toFixed(1),
            own.toFixed(1),
            String(processes),
          ]),
        },
      ],
      checks: [],
    };
  },
};
