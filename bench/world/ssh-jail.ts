/**
 * A jail that watches one log for failed log-ins and bans by nftables, and the lines that make it ban.
 * @module
 */
import { syslogStamp } from "../corpora/stamps.ts";

export interface SshJail {
  readonly log: string;
  readonly maxretry: number;
  /** as a jail's `action` says it */
  readonly action: string;
}

export const NFTABLES = "nftables[type=multiport, name=bench, port=ssh, protocol=tcp]";

/** Text of `jail.local`. */
export const sshJail = ({ log, maxretry, action }: SshJail): string => `[DEFAULT]
backend = auto
bantime = 4w
findtime = 1w
maxretry = ${maxretry}
[sshd]
enabled = true
filter = sshd
logpath = ${log}
action = ${action}
`;

/** A failed log-in of now; each attacker has a process of his own to talk to. */
export const failedLogin = (address: string): string =>
  `${syslogStamp(new Date())}sshd[${processOf(address)}]: Failed password for invalid user eve from ${address} port 4242 ssh2\n`;

function processOf(address: string): number {
  const [, , third = 0, fourth = 0] = address.split(".").map(Number);
  return 4096 + 256 * third + fourth;
}

/** So many addresses, none of them next to another. */
export const attackers = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => {
    const at = index * 2 + 1;
    return `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;
  });
