/**
 * An auth.log of very many attackers who come one after the other and all return: nobody fails twice before all others have failed.
 * @module
 */
import type { Corpus } from "./corpus.ts";
import { syslogStamp } from "./stamps.ts";

export const SWARM = 300_000;

/** Of the attacker with this number. */
const addressOf = (index: number): string => `${11 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.7`;

export const swarmLog: Corpus = {
  name: "swarm",
  seed: 6,
  line: (p, at, index) => {
    const who = `from ${addressOf(index % SWARM)} port ${p.port()}`;
    return `${syslogStamp(at)}sshd[${1000 + p.dice.below(60_000)}]: Failed password for root ${who} ssh2`;
  },
  linesASecond: 200,
};
