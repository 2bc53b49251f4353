import { expect, test } from "vitest";
import { stockFilter } from "./stock-jails.ts";

const NOW = Date.UTC(2026, 10, 22, 12) / 1000;
/** Far more than a service writes of one request. */
const LINE_CHARS = 8000;
/** Milliseconds of the processor for one such line; it takes less than a tenth of it, and an exponential regex for ever. */
const BOUND_MS = 250;

const SSHD = "Nov 21 22:10:01 h1 sshd[1]: ";
const APACHE = "[Sun Nov 22 10:02:00 2026] [error] [client 198.51.100.1] ";
const BEGINNINGS: Readonly<Record<string, readonly string[]>> = {
  "sshd[mode=aggressive, publickey=any]": [
    `${SSHD}Failed password for `,
    `${SSHD}Failed publickey for invalid user `,
    `${SSHD}Connection closed by invalid user `,
    `${SSHD}Disconnecting invalid user `,
    `${SSHD}Received disconnect from 1.2.3.4 port 5:3: `,
    `${SSHD}pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=1.2.3.4 user=`,
    `${SSHD}error: PAM: Authentication failure for `,
    SSHD,
  ],
  "apache-auth": [
    `${APACHE}user `,
    `${APACHE}Digest: user \``,
    `${APACHE}Digest: realm mismatch - got \``,
    `${APACHE}access to `,
    "[Sun Nov 22 10:02:00 2026] ",
  ],
  "apache-noscript": [`${APACHE}File does not exist: /`, `${APACHE}script '/`],
  "pure-ftpd": ["Nov 22 11:07:00 f pure-ftpd: (?@1.2.3.4) [WARNING] Authentication failed for user ["],
  recidive: ["2026-11-20 10:01:00,123 fail2ban.actions [5]: NOTICE  ["],
};
const FILLINGS = [
  "a",
  " ",
  "1.2.3.4 ",
  "1:",
  " from 1.2.3.4 port 1 ssh2: x",
  " 1.2.3.4 port 5: Change of username or service not allowed: (",
  "' ",
  " in realm `x' ",
  ': authentication failure for "',
  " not found",
  ", referer: ",
  ".php",
  "[x] ",
];

for (const [item, beginnings] of Object.entries(BEGINNINGS)) {
  test(`${item} takes no time over long lines that nearly match`, () => {
    const filter = stockFilter(item);
    const slow: string[] = [];
    for (const beginning of beginnings) {
      for (const filling of FILLINGS) {
        const line = beginning + filling.repeat(LINE_CHARS / filling.length);
        const start = process.threadCpuUsage();
        const { warnings } = filter.process(line, { now: NOW, inOperation: false });
        const { user, system } = process.threadCpuUsage(start);
        if ((user + system) / 1000 > BOUND_MS || warnings.some(({ kind }) => kind === "budget"))
          slow.push(`${beginning}${filling}…`);
      }
    }
    expect(slow).toEqual([]);
  });
}
