/**
 * Many jails on one log: the filters of forty services, all in one daemon, against the one jail that finds something.
 * @module
 */
import { median } from "../measure/statistics.ts";
import type { BenchContext, Part } from "../part.ts";
import { type CaughtUp, catchUp } from "../world/catching-up.ts";
import { NO_ACTION } from "../world/daemon.ts";
import { gaolerServer } from "../world/programs.ts";
import { sshJail } from "../world/ssh-jail.ts";

/** Beside sshd: what writes to syslog. */
const OTHERS =
  "dropbear pam-generic dovecot postfix exim proftpd pure-ftpd vsftpd wuftpd cyrus-imap courier-auth courier-smtp perdition qmail sieve slapd named-refused nsd openvpn monit murmur mysqld-auth nagios stunnel squid xinetd-fail xrdp solid-pop3d sendmail-auth sendmail-reject uwimap-auth webmin-auth gssftpd scanlogd portsentry coturn dante proxmox asterisk".split(
    " ",
  );
const DEADLINE_MS = 180_000;
/** Beyond that it is not run again; seconds. */
const PATIENCE = 30;

async function runOf(context: BenchContext, log: string, others: readonly string[]): Promise<CaughtUp> {
  const jail = (name: string): string =>
    `[bench-${name}]\nenabled = true\nfilter = ${name}\nlogpath = ${log}\naction = bench-none\n`;
  const jails = sshJail({ log, maxretry: 5, action: "bench-none" }) + others.map(jail).join("");
  const reading = { log, jails, files: NO_ACTION, jail: "sshd", deadlineMs: DEADLINE_MS };
  return catchUp(context, gaolerServer(context), reading);
}

export const jailsPart: Part = {
  name: "jails",
  needsWorld: true,
  async run(context) {
    const log = await context.corpus("auth", context.lines);
    const [one, forty]: [CaughtUp[], CaughtUp[]] = [[], []];
    const count = OTHERS.length + 1;
    for (let round = 0; round < Math.min(3, context.runs); round++) {
      context.progress(`round ${round + 1}`);
      one.push(await runOf(context, log, []));
      forty.push(await runOf(context, log, OTHERS));
      if ([...one, ...forty].reduce((sum, { wall }) => sum + wall, 0) > PATIENCE) break;
    }
    const cpu = (runs: readonly CaughtUp[]): number => median(runs.map((run) => run.cpu));
    const row = (name: string, runs: readonly CaughtUp[]): string[] => [
      name,
      context.lines.toLocaleString("en"),
      String(runs[0]?.failed),
      cpu(runs).toFixed(2),
      median(runs.map(({ wall }) => wall)).toFixed(2),
      median(runs.map(({ peak }) => peak)).toFixed(0),
      String(runs.length),
    ];
    return {
      goals: [
        {
          what: `${count} jails on one file: of the CPU of one`,
          unit: "×",
          better: "less",
          must: 3,
          aim: 2,
          measured: cpu(forty) / cpu(one),
        },
      ],
      figures: [
        {
          title: "auth, whole server with database and bans",
          columns: ["jails", "lines>", "failures of sshd>", "CPU s>", "s>", "peak MiB>", "runs>"],
          rows: [row("sshd alone", one), row(`sshd and ${OTHERS.length} others`, forty)],
        },
      ],
      checks: [
        {
          what: "sshd found as much among the others",
          isRight: forty.every(
            ({ failed, banned }) => failed === one[0]?.failed && banned === one[0]?.banned,
          ),
        },
        {
          what: `${forty[0]?.atEnd} of ${count} jails read to the end`,
          isRight: forty.every(({ atEnd }) => atEnd === count),
        },
      ],
    };
  },
};
