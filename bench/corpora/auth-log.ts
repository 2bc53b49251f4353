/**
 * `/var/log/auth.log` of a server: ordinary, where three of ten lines are sshd's and a third of these failures; and under attack.
 * @module
 */
import type { Corpus, LineOf, People } from "./corpus.ts";
import { STAFF, syslogStamp, USERS } from "./stamps.ts";

const FAILURES: readonly LineOf[] = [
  (p) => `Failed password for ${p.dice.pick(USERS)} from ${p.attacker()} port ${p.port()} ssh2`,
  (p) => `Failed password for invalid user ${p.dice.pick(USERS)} from ${p.attacker()} port ${p.port()} ssh2`,
  (p) => `Invalid user ${p.dice.pick(USERS)} from ${p.attacker()} port ${p.port()}`,
  (p) =>
    `error: maximum authentication attempts exceeded for ${p.dice.pick(USERS)} from ${p.attacker()} port ${p.port()} ssh2 [preauth]`,
  (p) => `error: PAM: Authentication failure for ${p.dice.pick(USERS)} from ${p.attacker()}`,
];

const OTHERS: readonly LineOf[] = [
  (p) =>
    `Accepted publickey for ${p.dice.pick(STAFF)} from ${p.visitor()} port ${p.port()} ssh2: ED25519 SHA256:${"kZ3v".repeat(10)}Qs0`,
  (p) =>
    `pam_unix(sshd:session): session opened for user ${p.dice.pick(STAFF)}(uid=${1000 + p.dice.below(9)}) by (uid=0)`,
  (p) => `pam_unix(sshd:session): session closed for user ${p.dice.pick(STAFF)}`,
  (p) => `Received disconnect from ${p.visitor()} port ${p.port()}:11: disconnected by user`,
  (p) => `Disconnected from user ${p.dice.pick(STAFF)} ${p.visitor()} port ${p.port()}`,
  (p) =>
    `Connection closed by authenticating user ${p.dice.pick(USERS)} ${p.attacker()} port ${p.port()} [preauth]`,
  (p) => {
    const rest = `rhost=${p.attacker()}  user=${p.dice.pick(USERS)}`;
    return `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= ${rest}`;
  },
  (p) => `Connection closed by ${p.attacker()} port ${p.port()} [preauth]`,
];

const NOISE: readonly LineOf[] = [
  (p) => `CRON[${p.port()}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)`,
  (p) => `CRON[${p.port()}]: pam_unix(cron:session): session closed for user root`,
  (p) => `CRON[${p.port()}]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)`,
  (p) => {
    const who = p.dice.pick(STAFF);
    return `sudo:    ${who} : TTY=pts/${p.dice.below(9)} ; PWD=/home/${who} ; USER=root ; COMMAND=/usr/bin/apt-get update`;
  },
  (p) => `systemd-logind[612]: New session ${p.port()} of user ${p.dice.pick(STAFF)}.`,
  (p) => `systemd-logind[612]: Session ${p.port()} logged out. Waiting for processes to exit.`,
  (p) => `postfix/smtpd[${p.port()}]: connect from unknown[${p.visitor()}]`,
  (p) =>
    `kernel: [${p.port()}.${p.port()}] [UFW BLOCK] IN=eth0 OUT= SRC=${p.attacker()} DST=10.0.0.5 LEN=40 TTL=${p.dice.below(255)} PROTO=TCP SPT=${p.port()} DPT=${p.port()} SYN`,
];

const sshd = (p: People, failures: number): string =>
  `sshd[${1000 + p.dice.below(60_000)}]: ${p.dice.pick(p.dice.below(100) < failures ? FAILURES : OTHERS)(p)}`;

export const ordinaryAuthLog: Corpus = {
  name: "auth",
  seed: 1,
  line: (p, at) => syslogStamp(at) + (p.dice.below(10) < 3 ? sshd(p, 33) : p.dice.pick(NOISE)(p)),
};

export const attackedAuthLog: Corpus = {
  name: "attack",
  seed: 2,
  line: (p, at) => syslogStamp(at) + (p.dice.below(20) < 19 ? sshd(p, 98) : p.dice.pick(NOISE)(p)),
};
