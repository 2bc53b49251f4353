/**
 * Stock actions that write mails or messages, with stand-ins for mailers and for those who are asked: who gets what, and when.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type ActionTree, OURS, TREES } from "../e2e/actions-jail.ts";
import { sampleBan } from "../unit/action/sample.ts";
import { RecordedAction } from "./recorded/recorded-action.ts";
import { recordedPrograms } from "./recorded/recorded-programs.ts";

const [debian = OURS] = TREES;
const suffix = debian.missing === "" ? "" : ` (skipped: no ${debian.missing})`;

const programs = recordedPrograms("stock-mails");

beforeAll(() => {
  programs.says("dig", `echo '"abuse@example.net,noc@example.net"'`);
  programs.says("whois", `echo "answer about $*"`);
  programs.says("geoiplookup", `echo "GeoIP Edition: of $*"`);
  programs.says("geoiplookup6", `echo "GeoIP6 Edition: of $*"`);
  writeFileSync(join(programs.directory, "a.log"), "one 198.51.100.7 x\nnot 198.51.100.77 y\n");
});

const actionOf = (item: string, tree: ActionTree = OURS): RecordedAction =>
  new RecordedAction(programs, tree, item.replaceAll("@OWN@", programs.directory));

interface Mail {
  /** the mailer with its arguments */
  readonly call: string;
  readonly text: string;
}
/** The calls of a mailer since the last time. */
function mails(program: string): Mail[] {
  return programs
    .takeCalls()
    .filter((call) => call.startsWith(`${program} `) || call.startsWith(`${program}\n`))
    .map((call) => ({
      call: call.slice(0, call.indexOf("\n")),
      text: call.slice(call.indexOf("\n") + 1),
    }));
}

const SUBJECTS = [
  "[Fail2Ban] j1: started on gate.example.org",
  "[Fail2Ban] j1: banned 198.51.100.7 from gate.example.org",
  "[Fail2Ban] j1: stopped on gate.example.org",
];

/** What the mail about a ban says beside the ban itself. */
const BODIES: Readonly<Record<string, readonly string[]>> = {
  mail: [],
  "mail-whois": ["answer about 198.51.100.7"],
  "mail-whois-lines": ["answer about 198.51.100.7", "one 198.51.100.7 x"],
  sendmail: [],
  "sendmail-whois": ["answer about 198.51.100.7"],
  "sendmail-whois-lines": ["answer about 198.51.100.7", "one 198.51.100.7 x"],
  "sendmail-whois-matches": ["answer about 198.51.100.7", "line one\nline two"],
  "sendmail-whois-ipmatches": [
    "answer about 198.51.100.7",
    "in all jails, 17 failures:",
    "line one\nline two",
  ],
  "sendmail-whois-ipjailmatches": ["answer about 198.51.100.7", "in j1, 2 failures:", "line one\nline two"],
  "sendmail-geoip-lines": [
    "Country:  of 198.51.100.7",
    "AS:  of -f /usr/share/GeoIP/GeoIPASNum.dat 198.51.100.7",
    "one 198.51.100.7 x",
  ],
};

for (const [name, body] of Object.entries(BODIES)) {
  test(`${name}: a mail at start, ban and stop, none for a ban from the database`, async () => {
    const mailer = name.startsWith("sendmail") ? "sendmail" : "mail";
    const mailcmd = mailer === "mail" ? "" : ', mailcmd=\'sendmail -f "<sender>" "<dest>"\'';
    const action = actionOf(`${name}[dest=ops@example.org, logpath=@OWN@/a.log${mailcmd}]`);
    await action.start();
    await action.ban("198.51.100.7", sampleBan("198.51.100.8", { restored: true }));
    await action.unban("198.51.100.7");
    await action.stop();
    const taken = mails(mailer);
    if (mailer === "mail") {
      expect(taken.map(({ call }) => call)).toEqual(
        SUBJECTS.map((subject) => `mail {-E} {set escape} {-s} {${subject}} {ops@example.org}`),
      );
    } else {
      expect(taken.map(({ text }) => text.split("\n")[0])).toEqual(
        SUBJECTS.map((text) => `Subject: ${text}`),
      );
      for (const { call } of taken) expect(call).toBe("sendmail {-f} {fail2ban} {ops@example.org}");
    }
    const text = taken[1]?.text ?? "";
    expect(text).toContain(
      "The IP 198.51.100.7 has just been banned by Fail2Ban after\n2 attempts against j1.\n",
    );
    for (const part of body) expect(text).toContain(part);
    expect(text).not.toContain("198.51.100.77");
    expect(text.trimEnd().endsWith("Fail2Ban")).toBe(true);
  });

  test.skipIf(debian.missing !== "")(
    `${name}: as many mails, to the same people, as the package's${suffix}`,
    async () => {
      const mailer = name.startsWith("sendmail") ? "sendmail" : "mail";
      const mailcmd = mailer === "mail" ? "" : ', mailcmd=\'sendmail -f "<sender>" "<dest>"\'';
      const seen = async (tree: ActionTree): Promise<readonly unknown[]> => {
        const action = actionOf(`${name}[dest=ops@example.org, sender=f2b@example.org${mailcmd}]`, tree);
        await action.start();
        await action.ban("198.51.100.7", "2001:db8::7");
        await action.stop();
        return mails(mailer).map(({ call, text }) => [
          call.replaceAll("  ", " "),
          mailer === "mail" ? "" : text.split("\n")[0],
        ]);
      };
      expect(await seen(OURS)).toEqual(await seen(debian));
    },
  );
}

test("sendmail-geoip-lines: an IPv6 address is looked up where those are", async () => {
  await actionOf("sendmail-geoip-lines[mailcmd=sendmail]").ban("2001:db8::7");
  const mail = mails("sendmail").at(-1);
  expect(mail?.text).toContain("AS:  of -f /usr/share/GeoIP/GeoIPASNumv6.dat 2001:db8::7");
});

for (const [name, options] of [
  ["mail", ""],
  ["sendmail", ", mailcmd=sendmail"],
] as const) {
  test(`${name}-buffered: a mail for so many bans, and the rest at the stop`, async () => {
    const item = `${name}-buffered[lines=2, tmpfile=@OWN@/${name}/bans${options}]`;
    const action = actionOf(item);
    await action.start();
    expect(mails(name)).toHaveLength(1);
    await action.ban("198.51.100.1", sampleBan("198.51.100.9", { restored: true }));
    expect(mails(name)).toHaveLength(0);
    await action.ban("2001:db8::2");
    const [summary, ...more] = mails(name);
    expect(more).toEqual([]);
    expect(summary?.text.match(/\S+ \(2 failures\)$/gm)).toEqual([
      "198.51.100.1 (2 failures)",
      "2001:db8::2 (2 failures)",
    ]);
    await action.ban("198.51.100.3");
    await action.stop();
    const [rest, stopped] = mails(name);
    expect(rest?.text.match(/\S+ \(2 failures\)$/gm)).toEqual(["198.51.100.3 (2 failures)"]);
    expect(stopped?.text).toContain("has been stopped");
    // what the mailer refused is told the next time
    const next = actionOf(item);
    await next.ban("198.51.100.4");
    programs.says(name, "exit 1");
    await expect(next.ban("198.51.100.5")).rejects.toThrow("failed");
    programs.says(name, "");
    mails(name);
    await next.stop();
    expect(mails(name)[0]?.text).toContain("198.51.100.4 (2 failures)");
  });
}

test("dshield: lines in its own format, when there are enough and the last report is old enough", async () => {
  const item = "dshield[tmpfile=@OWN@/dshield/t, lines=2, userid=42, port=22, myip=192.0.2.1, tcpflags=S]";
  const line = (ip: string): string => {
    const zone = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d$/;
    return [
      zone.source.slice(1, -1),
      "42",
      "2",
      ip.replaceAll(".", "\\."),
      "\\?\\?\\?",
      "192\\.0\\.2\\.1",
      "22",
      "6",
      "S",
    ].join("\\t");
  };
  const action = actionOf(item);
  await action.start();
  await action.ban("198.51.100.1", sampleBan("198.51.100.9", { restored: true }));
  expect(mails("mail")).toEqual([]);
  await action.ban("198.51.100.2");
  const [report, ...more] = mails("mail");
  expect(more).toEqual([]);
  expect(report?.call).toMatch(
    /^mail \{-E\} \{set escape\} \{-s\} \{FORMAT DSHIELD USERID 42 TZ [+-]\d\d:\d\d Fail2Ban\} \{reports@dshield\.org\}$/,
  );
  expect(report?.text).toMatch(new RegExp(`^${line("198.51.100.1")}\n${line("198.51.100.2")}\n*$`));
  // enough again, but too soon
  await action.ban("198.51.100.3", "198.51.100.4", "198.51.100.5");
  expect(mails("mail")).toEqual([]);
  await action.stop();
  expect(mails("mail")[0]?.text.trimEnd().split("\n")).toHaveLength(3);
  // few, but old
  const next = actionOf(
    "dshield[tmpfile=@OWN@/dshield/o, lines=50, minreportinterval=0, maxbufferage=-1, myip=192.0.2.1]",
  );
  await next.ban("198.51.100.6");
  expect(mails("mail")).toHaveLength(1);
  await expect(next.ban("x\ty")).rejects.toThrow("failed");
});

test("complain: those who are responsible get the log lines; nobody known, nothing sent", async () => {
  const action = actionOf("complain[logpath=@OWN@/a.log, mailargs=-r f2b@example.org]");
  await action.ban("198.51.100.7");
  const calls = programs.takeCalls();
  expect(calls[0]).toBe("dig {+short} {-t} {txt} {-q} {7.100.51.198.abuse-contacts.abusix.org}");
  const [head = "", ...text] = (calls[1] ?? "").split("\n");
  expect(head).toBe(
    "mail {-E} {set escape} {-s} {Abuse from 198.51.100.7} {-r} {f2b@example.org} {abuse@example.net} {noc@example.net}",
  );
  expect(text.join("\n")).toContain("\none 198.51.100.7 x");
  expect(text.join("\n")).not.toContain("198.51.100.77");
  await action.ban(sampleBan("198.51.100.8", { restored: true }));
  programs.says("dig", "");
  await action.ban("198.51.100.9");
  expect(mails("mail")).toEqual([]);
  programs.says("dig", `echo '"abuse@example.net,noc@example.net"'`);
});

test("complain: with debug nobody is written to, and gaoler's log has the mail", async () => {
  const action = actionOf("complain[debug=1, logpath=@OWN@/a.log]");
  await action.ban("198.51.100.7");
  expect(mails("mail")).toEqual([]);
  const said = action.events.flatMap((event) => (event.type === "message" ? [event.text] : []));
  expect(said.join("\n")).toContain("a mail to abuse@example.net noc@example.net");
});

test("xarf-login-attack: a mail in three parts, for people, for programs, and the log", async () => {
  const item = "xarf-login-attack[service=ssh, port=22, sender=f2b@example.org, mailcmd=sendmail]";
  const lines = ["Failed password for x from 198.51.100.7", "--Abuse", "\n.\nTo: evil@example.org"];
  await actionOf(item).ban(sampleBan("198.51.100.7", { matches: lines }));
  const [mail, ...more] = mails("sendmail");
  expect(more).toEqual([]);
  expect(mail?.call).toBe("sendmail {-f} {f2b@example.org} {abuse@example.net} {noc@example.net}");
  const text = mail?.text ?? "";
  const [header = "", ...rest] = text.split("\n\n");
  expect(header).toContain("\nX-XARF: PLAIN\n");
  expect(header).toContain("\nTo: abuse@example.net, noc@example.net\n");
  const boundary = /boundary="([^"]+)"$/m.exec(header)?.[1] ?? "none";
  const parts = rest.join("\n\n").split(`--${boundary}`);
  expect(parts).toHaveLength(5);
  expect(parts[4]?.trim()).toBe("--");
  const [, , report = "", log = ""] = parts;
  const fields = new Map(
    [...report.matchAll(/^([A-Z][\w-]+): (.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  expect([
    ...["Report-Type", "Service", "Source", "Source-Type", "Port", "Version", "TLP"].map((name) =>
      fields.get(name),
    ),
  ]).toEqual(["login-attack", "ssh", "198.51.100.7", "ip-address", "22", "0.2", "green"]);
  expect(log).toContain("Failed password for x from 198.51.100.7\n");
  expect(text).not.toMatch(/^(?:--Abuse$|\.$)/m);
});

const MESSAGES = [
  ["started", "The jail j1 has been started."],
  ["banned 198.51.100.7", "The IP 198.51.100.7 has just been banned by Fail2Ban after 2 attempts against j1"],
  ["stopped", "The jail j1 has been stopped."],
] as const;

test("apprise: a message at start, ban and stop", async () => {
  const action = actionOf('apprise[config=/etc/apprise.yml, args="-v -g ops"]');
  await action.start();
  await action.ban("198.51.100.7");
  await action.stop();
  expect(programs.takeCalls()).toEqual(
    MESSAGES.map(([what, text]) => {
      const title = `[Fail2Ban] j1: ${what} ${what.startsWith("banned") ? "from" : "on"} gate.example.org`;
      const kind = what.startsWith("banned") ? " {-n} {warning}" : "";
      return `apprise {-c} {/etc/apprise.yml} {-v} {-g} {ops}${kind} {-t} {${title}}\n${text}`;
    }),
  );
});
