/**
 * Log of pure-ftpd, written by syslog: three of ten lines are failures.
 * @module
 */
import type { Corpus, LineOf } from "./corpus.ts";
import { STAFF, syslogStamp, USERS } from "./stamps.ts";

const OTHERS: readonly LineOf[] = [
  (p) => {
    const host = p.visitor();
    return `(?@${host}) [INFO] New connection from ${host}`;
  },
  (p) => `(?@${p.visitor()}) [INFO] ${p.dice.pick(STAFF)} is now logged in`,
  (p) => {
    const file = `/home/ftp//upload/file-${p.dice.below(99_999)}.zip`;
    const sent = `(${p.dice.below(1e7)} bytes, ${p.dice.below(9000)}.12KB/sec)`;
    return `(${p.dice.pick(STAFF)}@${p.visitor()}) [NOTICE] ${file} uploaded  ${sent}`;
  },
  (p) => `(${p.dice.pick(STAFF)}@${p.visitor()}) [INFO] Logout.`,
];

export const ftpLog: Corpus = {
  name: "pure-ftpd",
  seed: 5,
  line: (p, at) => {
    const text =
      p.dice.below(10) < 3
        ? `(?@${p.attacker()}) [WARNING] Authentication failed for user [${p.dice.pick(USERS)}]`
        : p.dice.pick(OTHERS)(p);
    return `${syslogStamp(at)}pure-ftpd[${500 + p.dice.below(60_000)}]: ${text}`;
  },
};
