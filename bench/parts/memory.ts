/**
 * Very many attackers at once: what the server keeps of them, and that it forgets nobody.
 * @module
 */
import { SWARM } from "../corpora/swarm-log.ts";
import type { Part } from "../part.ts";
import { catchUp } from "../world/catching-up.ts";
import { NO_ACTION } from "../world/daemon.ts";
import { gaolerServer } from "../world/programs.ts";
import { sshJail } from "../world/ssh-jail.ts";

const MAXRETRY = 5;
const LINES = SWARM * MAXRETRY;
const LONG_LINES = 9_000_000;
/** For a second of the long run's lines at a fifth of the speed that is aimed at. */
const DEADLINE_MS = 240_000;
const LONG_DEADLINE_MS = 600_000;

export const memoryPart: Part = {
  name: "memory",
  needsWorld: true,
  async run(context) {
    const lines = context.isLong ? LONG_LINES : LINES;
    context.progress(`${lines.toLocaleString("en")} failures of ${SWARM.toLocaleString("en")} attackers`);
    const log = await context.corpus("swarm", lines);
    const jails = sshJail({ log, maxretry: MAXRETRY, action: "bench-none" });
    const deadlineMs = context.isLong ? LONG_DEADLINE_MS : DEADLINE_MS;
    const reading = { log, jails, files: NO_ACTION, jail: "sshd", deadlineMs };
    const { cpu, wall, failed, banned, peak, resident } = await catchUp(
      context,
      gaolerServer(context),
      reading,
    );
    const count = (value: number): string => value.toLocaleString("en");
    return {
      goals: [
        {
          what: `${count(SWARM)} attackers, ${count(lines)} failures: memory`,
          unit: "MiB",
          better: "less",
          must: 200,
          aim: 120,
          measured: peak,
        },
      ],
      figures: [
        {
          title: "whole server with database and bans; each attacker returns when all others have come",
          columns: ["server", "lines>", "failures>", "bans>", "CPU s>", "s>", "peak MiB>", "afterwards>"],
          rows: [
            [
              "gaoler",
              count(lines),
              count(failed),
              count(banned),
              cpu.toFixed(2),
              wall.toFixed(2),
              peak.toFixed(0),
              resident.toFixed(0),
            ],
          ],
        },
      ],
      checks: [
        { what: `${count(failed)} of ${count(lines)} failures were found`, isRight: failed === lines },
        { what: `${count(banned)} of ${count(SWARM)} attackers are banned`, isRight: banned === SWARM },
      ],
    };
  },
};
