/**
 * Actions against the real server: the same action is given the same bans by fail2ban and by us; what its scripts wrote down
 * must be the same, values and order of commands alike.
 * @module
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileAction } from "../../src/action/action-definition.ts";
import type { Ban } from "../../src/ban/ticket.ts";
import { ActionRunner } from "../../src/enforce/action-runner.ts";
import { Enforcer } from "../../src/enforce/enforcer.ts";
import { createRunner } from "../../src/exec/run-command.ts";

const oracle = process.env["GAOLER_ORACLE"] ?? "";
const server = join(oracle, "usr/bin/fail2ban-server");
const isAbsent = oracle === "" || !existsSync(server);
const suffix = isAbsent ? " (skipped: no fail2ban package)" : "";

const folder = mkdtempSync(join(tmpdir(), "actions-"));
const env = { ...process.env, TZ: "UTC", PYTHONPATH: join(oracle, "usr/lib/python3/dist-packages") };

/** Hostile words for a user name, in a line of a log. */
const USER = `x'; touch pwned;" \`id\` $(id) %s \\n <ip> é -n`;
const AT = Math.floor(Date.now() / 1000);
const STAMP = new Date(AT * 1000).toISOString().slice(0, 19).replace("T", " ");
const LINES = [
  `${STAMP} fail user=${USER} from 198.51.100.7 port 22`,
  `${STAMP} fail user=b from 198.51.100.7 port 23`,
];

const TAGS =
  "<ip>|<fid>|<family>|<ip-rev>|<failures>|<time>|<bantime>|<bancount>|<restored>|<F-USER>|<F-ID>|<F-PORT>|<F-NONE>|" +
  "<user>|<F-*>|<raw-ticket>|<matches>|<name>|<actname>|<timeout>|a<br>b<sp>c";

/** Properties by action; OUT is where its scripts write to, BAD a file that makes them fail, DIR the folder of both. */
const ACTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  values: { actionban: `printf '%%s\\n' "${TAGS}" >> OUT` },
  families: {
    actionstart: "echo start <set> >> OUT",
    actionstop: "echo stop <set> >> OUT",
    actionban: "echo ban <set> <ip> >> OUT",
    actionunban: "echo unban <set> <ip> >> OUT",
    actionflush: "echo flush <set> >> OUT",
    set: "s4",
    "set?family=inet6": "s6",
  },
  repaired: {
    // fail2ban leaves the start out when an action without families is repaired; so this one has some
    actionstart: "echo start <set> >> OUT; rm -f BAD",
    actionstop: "echo stop <set> >> OUT",
    actionban: "echo ban <ip> >> OUT; test ! -e BAD",
    actionunban: "echo unban <ip> >> OUT; test ! -e BAD",
    actioncheck: "echo check <family> >> OUT; test ! -e BAD",
    set: "s4",
    "set?family=inet6": "s6",
  },
  failing: {
    actionban: "echo ban <ip> >> OUT; false",
    actionunban: "echo unban <ip> >> OUT; false",
    actionstop: "echo stop >> OUT",
  },
};
const NAMES = Object.keys(ACTIONS);

/** The text of a property with its files in place. */
function placed(text: string, root: string, name: string): string {
  return text.replaceAll("OUT", join(root, `${name}.out`)).replaceAll("BAD", join(root, "bad"));
}

function writeConfiguration(root: string): void {
  for (const name of ["action.d", "filter.d"]) mkdirSync(join(root, name), { recursive: true });
  const paths = ["logtarget = log", "socket = sock", "pidfile = pid"].map((line) =>
    line.replace(/(\S+)$/, (file) => join(root, file)),
  );
  writeFileSync(
    join(root, "fail2ban.conf"),
    `[Definition]\nloglevel = INFO\n${paths.join("\n")}\ndbfile = None\n`,
  );
  const jail = ["[j1]", "enabled = true", "backend = polling", "usedns = no", "filter = f", "maxretry = 2"];
  jail.push(`logpath = ${join(root, "in.log")}`, `action = ${NAMES.join("\n         ")}`);
  writeFileSync(join(root, "jail.conf"), `${jail.join("\n")}\n`);
  const failregex = "failregex = ^\\s*fail user=<F-USER>.*</F-USER> from <HOST> port <F-PORT>\\d+</F-PORT>$";
  writeFileSync(join(root, "filter.d/f.conf"), `[Definition]\n${failregex}\n`);
  for (const [name, properties] of Object.entries(ACTIONS)) {
    const lines = ["[Definition]"];
    const conditional = ["[Init]"];
    for (const [key, value] of Object.entries(properties)) {
      if (key === "set?family=inet6") conditional.push("[Init?family=inet6]", `set = ${value}`);
      else if (key === "set") conditional.push(`set = ${value}`);
      else lines.push(`${key} = ${placed(value, root, name)}`);
    }
    writeFileSync(join(root, `action.d/${name}.conf`), `${[...lines, ...conditional].join("\n")}\n`);
  }
  writeFileSync(join(root, "in.log"), "");
}

const theirs = join(folder, "theirs");
const ours = join(folder, "ours");
let daemon: ChildProcess | undefined;

const outputOf = (root: string, name: string): string => {
  const path = join(root, `${name}.out`);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
};

function client(...words: string[]): void {
  execFileSync(join(oracle, "usr/bin/fail2ban-client"), ["-c", theirs, ...words], { env, stdio: "ignore" });
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 300 && !isSo(); turn += 1) await sleep(50);
  if (!isSo()) throw new Error("waited in vain");
}

async function runTheirs(): Promise<void> {
  writeConfiguration(theirs);
  const log = join(theirs, "log");
  daemon = spawn(server, ["-c", theirs, "-f", "start"], { env, stdio: "ignore" });
  await until(() => existsSync(log) && readFileSync(log, "utf8").includes("Jail 'j1' started"));
  appendFileSync(join(theirs, "in.log"), `${LINES.join("\n")}\n`);
  await until(() => outputOf(theirs, "failing").split("\n").length > 2);
  client("set", "j1", "banip", "2001:db8::1");
  client("set", "j1", "unbanip", "2001:db8::1");
  client("set", "j1", "unbanip", "198.51.100.7");
  writeFileSync(join(theirs, "bad"), "");
  client("set", "j1", "banip", "192.0.2.9");
  writeFileSync(join(theirs, "bad"), "");
  client("set", "j1", "unbanip", "192.0.2.9");
  client("set", "j1", "banip", "192.0.2.10");
  const exit = once(daemon, "exit");
  client("stop");
  await exit;
}

function banOf(id: string, changes: Partial<Ban> = {}): Ban {
  return {
    id,
    ip: id,
    at: AT,
    attempts: 0,
    matches: [],
    data: new Map(),
    bantime: undefined,
    bancount: 1,
    restored: false,
    ...changes,
  };
}

async function runOurs(): Promise<void> {
  mkdirSync(ours);
  const clock = { now: (): number => AT };
  const run = createRunner({ cwd: ours });
  const observe = (): void => undefined;
  const bans = new Map<string, Ban>();
  const jail = {
    name: "j1",
    figures: () => ({ bantime: 600, counts: { banned: 1, bannedTotal: 1, found: 0, foundTotal: 2 } }),
    banOf: (id: string) => bans.get(id),
  };
  const actions = Object.entries(ACTIONS).map(([name, properties]) => {
    const texts = Object.entries(properties).map(
      ([key, value]) => [key, placed(value, ours, name).replace("%%", "%")] as const,
    );
    const definition = compileAction({ name, properties: new Map(texts) }, "j1");
    return new ActionRunner({ definition, jail, run, observe, clock, allowIpv6: true });
  });
  const enforcer = new Enforcer({ jail: "j1", actions, observe, clock });
  const ban = (one: Ban): Promise<unknown> => {
    bans.set(one.id, one);
    return enforcer.ban(one);
  };
  const unban = (id: string): Promise<unknown> => {
    const one = bans.get(id);
    bans.delete(id);
    return one === undefined ? Promise.resolve() : enforcer.unban(one);
  };
  await enforcer.start();
  const [first = "", second = ""] = LINES;
  await ban(
    banOf("198.51.100.7", {
      attempts: 2,
      matches: [["", STAMP, first.slice(STAMP.length)], second],
      data: new Map([
        ["user", USER],
        ["ip4", "198.51.100.7"],
        ["fport", "22"],
      ]),
    }),
  );
  await ban(banOf("2001:db8::1"));
  await unban("2001:db8::1");
  await unban("198.51.100.7");
  writeFileSync(join(ours, "bad"), "");
  await ban(banOf("192.0.2.9"));
  writeFileSync(join(ours, "bad"), "");
  await unban("192.0.2.9");
  await ban(banOf("192.0.2.10"));
  await enforcer.stop([...bans.values()]);
}

beforeAll(async () => {
  if (isAbsent) return;
  await Promise.all([runTheirs(), runOurs()]);
});
afterAll(() => {
  daemon?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Without the moments of bans by hand, which differ. */
const comparable = (root: string, name: string): string =>
  outputOf(root, name).replaceAll(/\b\d{10}\.\d+/g, (time) => (time === `${AT}.0` ? time : "NOW"));

test.skipIf(isAbsent)(`values of a ban found in a log are those of fail2ban${suffix}`, () => {
  const [mine, original] = [ours, theirs].map((root) => comparable(root, "values").split("2001:db8::1|")[0]);
  expect(original).toContain(`|${USER}||22||<user>|`);
  expect(mine).toBe(original);
});

for (const name of NAMES.slice(1)) {
  test.skipIf(isAbsent)(`commands of the action '${name}' are run as by fail2ban${suffix}`, () => {
    expect(comparable(theirs, name)).not.toBe("");
    expect(comparable(ours, name)).toBe(comparable(theirs, name));
  });
}

test.skipIf(isAbsent)(`nothing that a user name asked for was done${suffix}`, () => {
  expect(existsSync(join(ours, "pwned"))).toBe(false);
});
