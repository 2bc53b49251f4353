/**
 * Every action file of Debian's package, unchanged, by the real server and by ours: both call the same programs with the same words
 * and the same input, and leave the same in files. The programs are stand-ins that write down how they were called.
 * @module
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "../../src/store/sqlite-store.ts";
import { MARKER, ServerPair, SIDES, type Side } from "./counting/server-pair.ts";

const oracle = process.env["GAOLER_ORACLE"] ?? "";
const actions = join(oracle, "etc/fail2ban/action.d");
const isMissing =
  oracle === "" || !existsSync(join(oracle, "usr/bin/fail2ban-server")) || !existsSync("/usr/bin/python3");
const skipped = isMissing ? " (skipped: no fail2ban package)" : "";

/** Files that others include; they are no actions by themselves. */
const PARTS: ReadonlySet<string> = new Set([
  "helpers-common",
  "firewallcmd-common",
  "mail-whois-common",
  "sendmail-common",
]);

/** Programs that actions call. */
const PROGRAMS =
  "iptables iptables-restore ip6tables ip6tables-restore iptables-legacy iptables-legacy-restore nft ipset ip ufw firewall-cmd shorewall shorewall6 apf csf pfctl ipfw npfctl ipf afctl curl wget mail " +
  "sendmail nsupdate apprise ssh whois dig geoiplookup geoiplookup6 nginx ss conntrack host ifconfig";

/** Those that stand beside another in a pipe: which of the two comes first is nobody's choice. */
const PIPED = /^(?:whois|dig|geoiplookup6?|pfctl) /;

/**
 * Writes down how it was called, with its input where it has some, in one write. Starts no other program unless it must. Takes no
 * transactions, which only ours tries: what it is refused it does as the action file says.
 */
const STAND_IN = `#!/bin/sh
name=\${0##*/}
case "$name $*" in "nft -i" | "nft -f -" | "ipset restore" | *-restore\\ *) exit 1 ;; esac
call=$name
for word in "$@"; do call="$call {$word}"; done
case $name in mail|sendmail|nsupdate|apprise) call="$call
$(cat)" ;; esac
printf '%s\\0' "$call" >>"$OUT.calls"
case $name in
  whois) echo "answer about $*" ;;
  dig) echo '"abuse@example.net"' ;;
esac
exit 0
`;

const MAILCMD = `mailcmd='sendmail -f "<sender>" "<dest>"'`;
/** What keeps an action within its side's own directory, or is needed at all. */
const OPTIONS: Readonly<Record<string, string>> = {
  hostsdeny: "file=@OWN@/hosts.deny",
  "nginx-block-map": "srv_cfg_path=@OWN@/, srv_pid=@OWN@/nginx.pid",
  dummy: "target=@OWN@/dummy",
  "bsd-ipfw": "startstatefile=@OWN@/ipfw",
  nsupdate: "domain=example.org, keyfile=@OWN@/key, nsupdatecmd=nsupdate",
  sendmail: MAILCMD,
  "xarf-login-attack": MAILCMD,
};

/** Those that keep their bans in files. */
const KEEPERS: ReadonlySet<string> = new Set(["dummy", "hostsdeny", "nginx-block-map"]);

interface Row {
  readonly action: string;
  readonly jail: string;
  readonly ids: readonly string[];
}

const rows: readonly Row[] = (isMissing ? [] : readdirSync(actions))
  .flatMap((file) => (file.endsWith(".conf") ? [file.slice(0, -".conf".length)] : []))
  .filter((action) => !PARTS.has(action))
  .sort()
  .map((action, index) => ({
    action,
    jail: `j${100 + index}x`,
    ids: [`198.51.100.${100 + index}`, `2001:db8::${100 + index}`],
  }));

function configure(etc: string, logs: string): void {
  mkdirSync(join(etc, "filter.d"), { recursive: true });
  cpSync(actions, join(etc, "action.d"), { recursive: true });
  writeFileSync(
    join(etc, "filter.d/f.conf"),
    "[Definition]\ndatepattern = ^EPOCH\nfailregex = ^\\s*fail from <ADDR>$\n",
  );
  const jails = rows.flatMap(({ action, jail }) => {
    const own = Object.entries(OPTIONS).flatMap(([name, options]) =>
      action === name || (name === "sendmail" && action.startsWith("sendmail")) ? [options] : [],
    );
    const options = [`tmpfile=@OWN@/${jail}`, "dest=ops@example.org", `logpath=${logs}/${jail}.log`, ...own];
    return [
      `[${jail}]`,
      `logpath = ${join(logs, `${jail}.log`)}`,
      `action = ${action}[${options.join(", ")}]`,
    ];
  });
  writeFileSync(
    join(etc, "jail.conf"),
    [
      "[DEFAULT]",
      "backend = polling",
      "filter = f",
      "enabled = true",
      "ignoreself = false",
      "maxretry = 9",
      ...jails,
      "",
    ].join("\n"),
  );
}

describe.skipIf(isMissing)(`actions of the package run as by the real server${skipped}`, () => {
  let directory = "";
  let pair: ServerPair;
  const files = new Map<Side, Map<string, string>>();

  /** What the actions keep in files of their own. */
  const keep = (side: Side, when: string): void => {
    const kept = files.get(side) ?? new Map<string, string>();
    for (const name of ["hosts.deny", "blacklisted-sessions.map", "dummy"]) {
      const path = join(directory, side, name);
      kept.set(`${name} ${when}`, existsSync(path) ? readFileSync(path, "utf8") : "none");
    }
    files.set(side, kept);
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "action-files-"));
    const path = (name: string): string => join(directory, name);
    for (const name of ["logs", "programs"]) mkdirSync(path(name));
    writeFileSync(path("programs/stand-in"), STAND_IN);
    chmodSync(path("programs/stand-in"), 0o755);
    for (const name of PROGRAMS.split(" ")) symlinkSync("stand-in", path(`programs/${name}`));
    configure(path("etc"), path("logs"));
    const begin = Math.floor(Date.now() / 1000);
    openStore(path("db"), { observe: () => undefined, clock: { now: () => begin } }).close();
    for (const { jail } of rows) writeFileSync(path(`logs/${jail}.log`), `${begin} fail from ${MARKER}\n`);
    const options = { directory, oracle, etc: path("etc"), database: path("db"), begin };
    pair = new ServerPair({ ...options, programs: path("programs") });
    await pair.ready(rows.length);
    const command = ({ jail }: Row, ...words: string[]) => ({ jail, words: ["set", jail, ...words] });
    // nobody is banned for long: ours would look whether the bans are still there, and these stand-ins hold none
    const brief = rows.filter(({ action }) => !KEEPERS.has(action));
    await pair.send(
      brief.flatMap((row) =>
        row.ids.flatMap((id) => [command(row, "banip", id), command(row, "unbanip", id)]),
      ),
    );
    const keepers = rows.filter(({ action }) => KEEPERS.has(action));
    await pair.send(keepers.map((row) => command(row, "banip", ...row.ids)));
    for (const side of SIDES) keep(side, "banned");
    await pair.send(keepers.map((row) => command(row, "unbanip", row.ids[0] ?? "")));
    for (const side of SIDES) keep(side, "unbanned");
    await pair.stop();
    for (const side of SIDES) keep(side, "stopped");
  });
  afterAll(async () => {
    await pair.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Calls that concern a jail, in their order, those in pipes last; places and times made equal. */
  const callsOf = (side: Side, { jail, ids }: Row): string[] => {
    const number = jail.slice(1, -1);
    const reversed = [...number].toReversed().join(".");
    const marks = [jail, ...ids, `${number}.100.51.198`, `${reversed}.0.0.0.0.0`];
    const calls = readFileSync(join(directory, side, "out.calls"), "utf8")
      .split("\0")
      .filter((call) => marks.some((mark) => call.includes(mark)))
      .map((call) =>
        call
          .replaceAll(join(directory, side), "OWN")
          .replace(
            /\w{3},? (?:\d+ \w{3}|\w{3} +\d+) (?:\d{4} )?\d\d:\d\d:\d\d(?: \w+ \d{4}| [+-]\d{4})/g,
            "NOW",
          )
          .replace(/\d{4}-\d\d-\d\d(?:[ T+]|%20)\d\d:\d\d:\d\d|(?<!\d)1[789]\d{8}(?:\.\d+)?(?!\d)/g, "NOW"),
      );
    const isPiped = (call: string): boolean => PIPED.test(call);
    return [...calls.filter((call) => !isPiped(call)), ...calls.filter(isPiped).sort()];
  };

  test.each(rows.map((row) => [row.action, row] as const))("%s", (_, row) => {
    const [theirs, ours] = SIDES.map((side) => callsOf(side, row));
    expect(ours).toEqual(theirs);
  });

  test("the texts of mails are among what is compared, and every file has a row in docs/parity.md", () => {
    const mails = rows.filter(({ action }) => action === "mail-whois").flatMap((row) => callsOf("ours", row));
    expect(mails.join("\n")).toMatch(/^answer about 198\.51\.100\.\d+$/m);
    const parity = readFileSync(join(import.meta.dirname, "../../docs/parity.md"), "utf8");
    const isThere = (name: string): boolean => parity.includes(`\n| \`${name}\` |`);
    expect([...rows.map(({ action }) => action), ...PARTS].filter((name) => !isThere(name))).toEqual([]);
  });

  test("what actions write is the same in every state", () => {
    expect(files.get("ours")).toEqual(files.get("theirs"));
    expect(files.get("ours")?.get("hosts.deny banned")).toContain("198.51.100.");
    expect(files.get("ours")?.get("dummy banned")).not.toBe("none");
  });

  test("those that call programs of other systems by their paths fail alike", () => {
    const silent = rows.filter((row) => callsOf("theirs", row).length === 0 && !KEEPERS.has(row.action));
    for (const { action, ids } of silent) {
      const [theirs, ours] = SIDES.map((side) =>
        pair
          .log(side)
          .split("\n")
          .flatMap((line) => / -- exec: (.*)$/.exec(line)?.[1] ?? [])
          .filter((script) => ids.some((id) => script.includes(id))),
      );
      expect(ours, action).toEqual(theirs);
      expect(theirs?.length, action).toBeGreaterThan(0);
    }
    expect(silent.length).toBeLessThan(rows.length / 10);
  });
});
