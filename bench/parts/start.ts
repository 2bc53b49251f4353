/**
 * From the start of the process to the first answer.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "../measure/statistics.ts";
import type { BenchContext, Part } from "../part.ts";
import { Daemon } from "../world/daemon.ts";
import { Namespace } from "../world/namespace.ts";
import { fail2banServer, gaolerServer, type ServerProgram } from "../world/programs.ts";
import { NFTABLES, sshJail } from "../world/ssh-jail.ts";

const OURS = 9;
const THEIRS = 3;

interface Start {
  readonly seconds: number;
  readonly cpu: number;
}

async function start(context: BenchContext, program: ServerProgram): Promise<Start> {
  const log = join(context.scratch, "start.log");
  writeFileSync(log, "");
  const space = await Namespace.create();
  try {
    const jails = sshJail({ log, maxretry: 5, action: NFTABLES });
    const daemon = await Daemon.start(space, program, join(context.scratch, "starting"), { jails });
    const { cpu } = daemon;
    await daemon.kill();
    return { seconds: daemon.startedIn, cpu };
  } finally {
    await space.close();
  }
}

export const startPart: Part = {
  name: "start",
  needsWorld: true,
  async run(context) {
    const fail2ban = fail2banServer(context);
    const [ours, theirs]: [Start[], Start[]] = [[], []];
    context.progress(`${OURS} starts`);
    for (let round = 0; round < OURS; round++) {
      ours.push(await start(context, gaolerServer(context)));
      if (fail2ban !== undefined && theirs.length < THEIRS) theirs.push(await start(context, fail2ban));
    }
    const ms = (starts: readonly Start[], pick: (start: Start) => number): string =>
      (1000 * median(starts.map(pick))).toFixed(0);
    const row = (name: string, starts: readonly Start[]): string[] => [
      name,
      ms(starts, ({ seconds }) => seconds),
      (1000 * Math.min(...starts.map(({ seconds }) => seconds))).toFixed(0),
      ms(starts, ({ cpu }) => cpu),
      String(starts.length),
    ];
    return {
      goals: [
        {
          what: "start to pong",
          unit: "ms",
          better: "less",
          must: 250,
          aim: 120,
          measured: 1000 * median(ours.map(({ seconds }) => seconds)),
        },
      ],
      figures: [
        {
          title: "one jail, nothing to read, no bans",
          columns: ["server", "ms>", "least>", "CPU ms>", "starts>"],
          rows: [row("gaoler", ours), ...(fail2ban === undefined ? [] : [row(fail2ban.name, theirs)])],
        },
      ],
      checks: [],
    };
  },
};
