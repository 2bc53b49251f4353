import { expect, test } from "vitest";
import { type CheckState, examine, examineJails } from "../../../src/cli/doctor-checks.ts";
import { runDoctor } from "../../../src/cli/doctor-command.ts";
import { type DoctorFacts, gatherFacts } from "../../../src/cli/doctor-facts.ts";
import { newJailSettings } from "../../../src/config/apply-command.ts";
import type { JailSettings } from "../../../src/config/settings.ts";
import { memoryFiles } from "../config/memory-files.ts";

const SOCKET = "/run/x.sock";

function jailOf(name: string, changes: Partial<JailSettings> = {}): JailSettings {
  const log = { pattern: `/var/log/${name}.log`, tail: false };
  return { ...newJailSettings(name, "auto"), logpaths: [log], ignoreip: ["127.0.0.0/8"], ...changes };
}

/** A machine where everything is as it shall be. */
function factsOf(changes: Partial<DoctorFacts> = {}): DoctorFacts {
  const server = {
    loglevel: "INFO",
    logtarget: "STDOUT",
    syslogsocket: "auto",
    compatVersion: undefined,
    socket: SOCKET,
    pidfile: "/run/x.pid",
    allowipv6: "auto",
    dbfile: "/var/lib/x.sqlite3",
    dbmaxmatches: 10,
    dbpurgeage: 86_400,
  };
  return {
    isRoot: true,
    place: { directory: "/etc/gaoler", isStock: false },
    isAsked: false,
    choices: [],
    isSound: true,
    diagnostics: [],
    server,
    jails: [jailOf("sshd")],
    broken: new Map(),
    logs: new Map([["/var/log/sshd.log", ["/var/log/sshd.log"]]]),
    distribution: { name: "Debian", file: "/stock/paths-debian.conf" },
    pathsFile: "paths-debian.conf",
    tools: ["nft"],
    firewall: { wanted: ["nft"], missing: [] },
    hasJournal: true,
    backends: { pyinotify: true, polling: true, systemd: true },
    database: { state: "there", bytes: 4096 },
    socket: "can be made",
    answering: undefined,
    sessions: [],
    maxWatches: 65_536,
    maxInstances: 128,
    ...changes,
  };
}

/** State and texts of one subject. */
function seen(subject: string, changes: Partial<DoctorFacts>): readonly [CheckState | undefined, string] {
  const check = examine(factsOf(changes)).find((one) => one.subject === subject);
  return [check?.state, `${check?.found} | ${check?.chosen} | ${check?.why} | ${check?.change}`];
}

test("a machine where all is well has nothing to look at", () => {
  const facts = factsOf();
  expect([...examine(facts), ...examineJails(facts)].filter(({ state }) => state !== "ok")).toEqual([]);
});

const memory = { ...factsOf().server, dbfile: undefined };

test.each<[what: string, subject: string, changes: Partial<DoctorFacts>, state: CheckState, text: string]>([
  ["an ordinary user", "rights", { isRoot: false }, "look", "bans nothing"],
  ["a torn configuration", "configuration", { isSound: false }, "bad", "cannot be read"],
  [
    "a jail that is left out",
    "configuration",
    { broken: new Map([["web", "no filter"]]) },
    "bad",
    "1 error, 0 warnings; left out: web",
  ],
  [
    "gaoler's own configuration",
    "configuration",
    { place: { directory: "/stock", isStock: true }, choices: ["sshd: its log is here"] },
    "ok",
    "neither /etc/gaoler nor /etc/fail2ban has jails; sshd: its log is here",
  ],
  [
    "paths of another distribution",
    "log paths",
    { pathsFile: "paths-fedora.conf" },
    "look",
    "before = paths-debian.conf",
  ],
  [
    "a missing tool with another at hand",
    "firewall",
    { tools: ["nft"], firewall: { wanted: ["iptables"], missing: ["iptables"] } },
    "bad",
    "banaction = nftables",
  ],
  [
    "a missing tool and none at hand",
    "firewall",
    { tools: [], firewall: { wanted: ["nft"], missing: ["nft"] } },
    "bad",
    "none; missing: nft",
  ],
  ["no action", "firewall", { firewall: { wanted: [], missing: [] } }, "look", "no action at all"],
  [
    "the journal is asked for and there is none",
    "logs",
    { hasJournal: false, jails: [jailOf("a", { backend: "systemd" })] },
    "bad",
    "files, no journal",
  ],
  ["too few watches", "inotify", { maxWatches: 1 }, "look", "too few"],
  ["too few instances", "inotify", { maxInstances: 3 }, "look", "3 instances"],
  [
    "a database that cannot be written",
    "database",
    { database: { state: "no", bytes: 1 } },
    "bad",
    "cannot be written",
  ],
  [
    "an ordinary user need not write it",
    "database",
    { isRoot: false, database: { state: "no", bytes: 1 } },
    "look",
    "cannot be written",
  ],
  ["no database", "database", { server: memory }, "look", "bans outlive a restart"],
  [
    "our server answers",
    "another server",
    { answering: SOCKET },
    "ok",
    "it is the one of this configuration",
  ],
  [
    "fail2ban answers",
    "another server",
    { answering: "/var/run/fail2ban/fail2ban.sock" },
    "bad",
    "gaoler must not start",
  ],
  [
    "the own session is not ignored",
    "your SSH session",
    { sessions: ["192.0.2.7"] },
    "look",
    "may be banned by sshd | it does not stand in ignoreip | ignoreip = 127.0.0.1/8 ::1 192.0.2.7",
  ],
  ["the own session is ignored", "your SSH session", { sessions: ["127.0.0.9"] }, "ok", "never banned"],
])("%s", (_, subject, changes, state, text) => {
  const [found, all] = seen(subject, changes);
  expect(found).toBe(state);
  expect(all).toContain(text);
});

test("a jail that is left out and the reason why are one error", () => {
  const broken = new Map([["web", "no filter"]]);
  const diagnostics = [{ severity: "error" as const, message: "no filter", jail: "web" }];
  expect(seen("configuration", { broken, diagnostics })[1]).toContain("1 error, 0 warnings; left out: web");
});

test("each jail has its backend and its logs; those that are not there are named", () => {
  const logs = new Map([["/var/log/a.log", ["/var/log/a.log"]]]);
  const jails = [
    jailOf("a"),
    jailOf("b"),
    jailOf("c", { backend: "systemd", journalmatch: [["_COMM=x"]] }),
    jailOf("d", { backend: "nonsense" }),
  ];
  const backends = { pyinotify: false, polling: true, systemd: true };
  expect(
    examineJails(factsOf({ jails, logs, backends, broken: new Map([["e", "no filter"]]) })),
  ).toMatchObject([
    { jail: "a", state: "ok", chosen: "polling", reads: "/var/log/a.log", missing: [] },
    {
      jail: "b",
      state: "look",
      reads: "nothing: no log is there yet, it is waited for",
      missing: ["/var/log/b.log"],
    },
    { jail: "c", state: "ok", chosen: "systemd", reads: "journal: _COMM=x" },
    { jail: "d", state: "bad", reads: expect.stringContaining("Unknown backend nonsense") },
    { jail: "e", state: "bad", chosen: "left out", reads: "no filter" },
  ]);
});

async function run(words: readonly string[], changes: Partial<DoctorFacts> = {}, hasColour = false) {
  let out = "";
  let err = "";
  const asked: (string | undefined)[] = [];
  const code = await runDoctor(words, {
    hasColour,
    columns: undefined,
    facts: (conf) => {
      asked.push(conf);
      return Promise.resolve(factsOf(changes));
    },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err, asked };
}

test("two tables, and between them why and how to change it", async () => {
  const { code, out } = await run(["-c", "/etc/x"], { jails: [jailOf("sshd"), jailOf("web")] });
  expect(code).toBe(0);
  expect(out).toMatch(/^ {4}WHAT +FOUND +CHOSEN\nok {2}rights +root +bans are real\n/);
  expect(out).toContain(
    "\nfirewall\n    why     the actions of the jails call it\n    change  banaction = … in jail.local\n",
  );
  expect(out).toMatch(/\nok {4}sshd +auto +pyinotify +\/var\/log\/sshd\.log\nlook {2}web /);
  expect(out).toContain("each is read once it is:\n    web: /var/log/web.log\n");
  expect(out).not.toContain("\u001b");
});

test("why a configuration was taken is said, and what is wrong with it can be typed", async () => {
  const ofConfiguration = async (changes: Partial<DoctorFacts>): Promise<readonly string[]> => {
    const report = JSON.parse((await run(["--json"], changes)).out);
    const { why, change } = report.checks.find(
      ({ subject }: { subject: string }) => subject === "configuration",
    );
    return [why, change];
  };
  const found = "the first of /etc/gaoler and /etc/fail2ban that has jails";
  expect(await ofConfiguration({})).toEqual([found, "-c DIR, or put jail.local into /etc/gaoler"]);
  expect(await ofConfiguration({ isSound: false })).toEqual([
    found,
    "gaoler -t says what is wrong, and where",
  ]);
  expect(await ofConfiguration({ isSound: false, isAsked: true })).toEqual([
    "asked for by -c",
    "gaoler -c /etc/gaoler -t says what is wrong, and where",
  ]);
});

test("without a jail it says what to type; not of a configuration that cannot be read", async () => {
  const place = { directory: "/etc/x", isStock: false };
  const { out } = await run([], { jails: [], place });
  expect(out).toContain("\nNo jail is enabled, ");
  expect(out).toContain(" /etc/x/jail.local\nand start gaoler again:\n\n    [sshd]\n    enabled = true\n");
  expect((await run([], { jails: [], isSound: false })).out).not.toContain("No jail is enabled");
});

test("colours on a terminal; what comes from outside is harmless there", async () => {
  const { out } = await run([], { broken: new Map([["a\u001b[2J", "b"]]) }, true);
  expect(out).toContain("\u001b[31mbad");
  expect(out).not.toContain("\u001b[2J");
});

test("what is in the way makes exit code 1, for programs, too", async () => {
  const { code, out } = await run(["--json"], { answering: "/other.sock" });
  expect(code).toBe(1);
  const report = JSON.parse(out);
  expect(report).toMatchObject({ ok: false, jails: [{ jail: "sshd", state: "ok" }] });
  expect(report.checks.find((check: { subject: string }) => check.subject === "another server").state).toBe(
    "bad",
  );
});

test("wrong words: exit code 2 and nothing is looked at; help is no failure", async () => {
  expect(await run(["--loud"])).toMatchObject({ code: 2, out: "", asked: [] });
  expect(await run(["--help"])).toMatchObject({ code: 0, err: "", asked: [] });
});

test("this machine can be looked at; the given configuration is the one that is judged", async () => {
  const facts = await gatherFacts(
    memoryFiles({
      "/c/fail2ban.conf": "[Definition]\nsocket = /nowhere/x.sock\ndbfile = None\n",
      "/c/jail.conf":
        "[INCLUDES]\nbefore = paths-arch.conf\n[a]\nenabled = true\nbackend = polling\nfilter = f\nlogpath = /l/*.log\n",
      "/c/paths-arch.conf": "[DEFAULT]\n",
      "/c/filter.d/f.conf": "[Definition]\nfailregex = ^<ADDR>$\n",
      "/l/one.log": "",
    }),
    "/c",
  );
  expect(facts.place).toEqual({ directory: "/c", isStock: false });
  expect(facts.pathsFile).toBe("paths-arch.conf");
  expect(facts.isSound).toBe(true);
  expect(examineJails(facts)).toMatchObject([{ jail: "a", chosen: "polling", reads: "/l/one.log" }]);
  expect(facts.server.socket).toBe("/nowhere/x.sock");
});
