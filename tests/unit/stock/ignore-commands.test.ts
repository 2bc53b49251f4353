/**
 * The programs that stock jails ask before a ban, with a stand-in for the DNS.
 * @module
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { STOCK } from "./stock-jails.ts";

const COMMAND = join(STOCK, "filter.d/ignorecommands/apache-fakegooglebot");
const folder = mkdtempSync(join(tmpdir(), "ignore-commands-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names of addresses and addresses of names; what is not there, the DNS does not know. */
const GETENT = `#!/bin/sh
case "$1 $2" in
"hosts 192.0.2.1") echo "192.0.2.1       crawl-192-0-2-1.googlebot.com" ;;
"hosts 192.0.2.2") echo "192.0.2.2       Rate-Limited.Google.com." ;;
"hosts 192.0.2.3") echo "192.0.2.3       crawl-192-0-2-1.googlebot.com" ;;
"hosts 192.0.2.4") echo "192.0.2.4       crawl.googlebot.com.example.net" ;;
"hosts 192.0.2.5") echo "192.0.2.5       evilgooglebot.com" ;;
"hosts 192.0.2.6") echo "192.0.2.6       gone.googlebot.com" ;;
"hosts 2001:db8::1") echo "2001:db8::1     crawl6.googlebot.com" ;;
"ahosts crawl-192-0-2-1.googlebot.com") printf '192.0.2.9 STREAM x\\n192.0.2.1 STREAM x\\n' ;;
"ahosts rate-limited.google.com") echo "192.0.2.2 STREAM x" ;;
"ahosts crawl.googlebot.com.example.net") echo "192.0.2.4 STREAM x" ;;
"ahosts evilgooglebot.com") echo "192.0.2.5 STREAM x" ;;
"ahosts crawl6.googlebot.com") echo "2001:db8::1 STREAM x" ;;
*) exit 2 ;;
esac
`;

const cases: readonly (readonly [what: string, args: readonly string[], code: number])[] = [
  ["a name of Google's that leads back is left alone", ["192.0.2.1"], 0],
  ["so it is in capitals and with the root's dot", ["192.0.2.2"], 0],
  ["so it is with IPv6, and with a time given", ["2001:db8::1", "5"], 0],
  ["a name of Google's that leads elsewhere is somebody's claim", ["192.0.2.3"], 1],
  ["a name that only begins as Google's does not count", ["192.0.2.4"], 1],
  ["nor one that only ends in its letters", ["192.0.2.5"], 1],
  ["nor one that the DNS no longer knows", ["192.0.2.6"], 1],
  ["an address without a name is nobody's", ["192.0.2.7"], 1],
  ["no address is a wrong usage", [], 2],
  ["what is no address is a wrong usage, and no command", ["192.0.2.1; exit 0"], 2],
  ["an option of another program is no address", ["--help"], 2],
  ["a time that is no number is a wrong usage", ["192.0.2.1", "5m"], 2],
];

for (const [what, args, code] of cases) {
  test(`apache-fakegooglebot: ${what}`, () => {
    const getent = join(folder, "getent");
    writeFileSync(getent, GETENT);
    chmodSync(getent, 0o755);
    const { PATH = "" } = process.env;
    const { status } = spawnSync(COMMAND, args, { env: { PATH: `${folder}:${PATH}` } });
    expect(status).toBe(code);
  });
}
