import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import type { ActionDefinition } from "../../../src/action/action-definition.ts";
import { compileSmtp, isSmtpFile } from "../../../src/action/smtp.ts";
import type { Ban } from "../../../src/ban/ticket.ts";
import { ActionRunner } from "../../../src/enforce/action-runner.ts";
import { createDryRun } from "../../../src/enforce/dry-run.ts";
import { Enforcer } from "../../../src/enforce/enforcer.ts";
import { Haste } from "../../../src/exec/haste.ts";
import { createRunner } from "../../../src/exec/run-command.ts";
import { withMail } from "../../../src/mail/mail-runner.ts";
import { sampleBan } from "../action/sample.ts";
import { ScriptedJail } from "../enforce/scripted.ts";
import { type Conversation, SmtpStandIn, type Trouble } from "./smtp-stand-in.ts";

const HOST = { full: "gate.example.org", short: "gate" };
const IP = "198.51.100.7";

const servers: SmtpStandIn[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) await server.close();
});

async function listen(trouble?: Trouble): Promise<SmtpStandIn> {
  const server = await SmtpStandIn.listen(trouble);
  servers.push(server);
  return server;
}

function compile(options: Readonly<Record<string, unknown>>): ReturnType<typeof compileSmtp> {
  const python = { file: "/etc/fail2ban/action.d/smtp.py", options: JSON.stringify(options) };
  return compileSmtp({ name: "smtp", properties: new Map(), python }, "j1", HOST);
}

function definitionOf(options: Readonly<Record<string, unknown>>): ActionDefinition {
  const compiled = compile(options);
  if ("definition" in compiled) return compiled.definition;
  throw new Error(compiled.diagnostic.message);
}

class MailingJail extends ScriptedJail {
  readonly action: ActionRunner;

  constructor(options: Readonly<Record<string, unknown>>, terms: { timeout?: number; haste?: Haste } = {}) {
    super();
    const definition = definitionOf(options);
    this.action = new ActionRunner({
      definition: { ...definition, timeout: terms.timeout ?? definition.timeout },
      jail: this.facts,
      run: withMail(this.run, terms.haste),
      observe: this.observe,
      clock: this.clock,
      allowIpv6: true,
    });
  }

  /** As after the start of a jail, whether its mail went out or not. */
  async started(server: SmtpStandIn): Promise<this> {
    await this.action.start();
    server.conversations.length = 0;
    this.events.length = 0;
    return this;
  }

  /** What the log of commands says. */
  logged(): string[] {
    return this.events.flatMap((event) =>
      event.type === "message" && event.logger === "utils"
        ? [event.text.replace(/^\S+ -- /, `${event.level} `)]
        : [],
    );
  }
}

const hostOf = (server: SmtpStandIn): string => `127.0.0.1:${server.port}`;
const names = ({ header }: Conversation): string[] => header.map((line) => line.split(":")[0] ?? "");
const only = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined || items.length > 1) throw new Error(`${items.length} instead of one`);
  return item;
};

/** All that a mail of ours has. */
const HEADERS = [
  "From",
  "To",
  "Subject",
  "Message-ID",
  "Content-Transfer-Encoding",
  "Date",
  "MIME-Version",
  "Content-Type",
].sort();

test("start, ban and stop are mails to all who are named, an unban is none", async () => {
  const server = await listen();
  const jail = new MailingJail({
    host: hostOf(server),
    sendername: "Gate Keeper",
    sender: "f2b@gate.example.org",
    dest: "ops@example.org, root",
    matches: "matches",
  });
  await jail.action.start();
  const ban = sampleBan(IP, { attempts: 3, matches: ["é one", ["", "two ", "three"]] });
  expect((await jail.action.ban(ban)).kind).toBe("done");
  expect((await jail.action.unban(ban)).kind).toBe("done");
  expect((await jail.action.ban(sampleBan("192.0.2.1", { restored: true }))).kind).toBe("skipped");
  await jail.action.stop();

  expect(jail.ran).toEqual([]);
  const subjects = server.conversations.map(({ header }) =>
    header.find((line) => line.startsWith("Subject:")),
  );
  expect(subjects).toEqual([
    "Subject: [Fail2Ban] j1: started on gate.example.org",
    `Subject: [Fail2Ban] j1: banned ${IP} from gate.example.org`,
    "Subject: [Fail2Ban] j1: stopped on gate.example.org",
  ]);
  for (const conversation of server.conversations) {
    expect(conversation.commands.slice(1)).toEqual([
      "MAIL FROM:<f2b@gate.example.org>",
      "RCPT TO:<ops@example.org>",
      "RCPT TO:<root>",
      "DATA",
    ]);
    expect(conversation.header).toContain("From: Gate Keeper <f2b@gate.example.org>");
    expect(conversation.header).toContain("To: ops@example.org, <root>");
    expect(names(conversation).sort()).toEqual(HEADERS);
  }
  expect(server.conversations[1]?.body.trim()).toBe(
    `Hi,\n\nThe IP ${IP} has just been banned for 600 seconds\nby Fail2Ban after 3 attempts against j1.\n\n` +
      "Matches for this ban:\né one\ntwo three\n\nRegards,\nFail2Ban",
  );
});

test("without matches the lines stay at home; with those of the database they are asked for", async () => {
  const server = await listen();
  const silent = await new MailingJail({ host: hostOf(server), matches: "None" }).started(server);
  await silent.action.ban(sampleBan(IP));
  expect(server.conversations[0]?.body).not.toContain("line one");
  const jail = new MailingJail({ host: hostOf(server), matches: "ipjailmatches" });
  await jail.action.start();
  await jail.action.ban(sampleBan(IP));
  expect(jail.prepared).toEqual([[IP, ["ipjailmatches"]]]);
  expect(server.conversations[2]?.body).toContain("Matches for this IP for jail j1:\nline one\nline two\n");
});

test("a user logs in", async () => {
  const server = await listen();
  const jail = await new MailingJail({ host: hostOf(server), user: "me", password: "s3 cret" }).started(
    server,
  );
  await jail.action.ban(sampleBan(IP));
  const login = only(server.conversations).commands.find((line) => line.startsWith("AUTH PLAIN "));
  expect(Buffer.from(login?.split(" ")[2] ?? "", "base64").toString()).toBe("\0me\0s3 cret");
});

test("with ssl nothing is said in the clear: a server without STARTTLS gets neither password nor mail", async () => {
  const server = await listen({ refuses: "STARTTLS" });
  const jail = await new MailingJail({
    host: hostOf(server),
    ssl: "True",
    user: "me",
    password: "s3cret",
  }).started(server);
  expect((await jail.action.ban(sampleBan(IP))).kind).toBe("failed");
  expect(only(server.conversations).commands.join()).not.toMatch(/AUTH|MAIL|DATA/);
});

const WORDS = ["CONNECT", "AUTH", "MAIL", "RCPT", "DATA", "MESSAGE"];
for (const word of WORDS) {
  test(`a server that refuses at ${word} is told of, and not asked twice`, async () => {
    const server = await listen({ refuses: word });
    const jail = await new MailingJail({ host: hostOf(server), user: "me", password: "p" }).started(server);
    const outcome = await jail.action.ban(sampleBan(IP));
    expect(outcome).toMatchObject({ kind: "failed", error: `Error banning ${IP}` });
    expect(server.conversations).toHaveLength(1);
    const logged = jail.logged();
    expect(logged[0]).toBe(
      `ERROR exec: # smtp.py: [Fail2Ban] j1: banned ${IP} from gate.example.org (by 127.0.0.1 port ${server.port})`,
    );
    expect(logged.join("\n")).toMatch(/ERROR stderr: ['"].*(?:550|Invalid|Greeting)/i);
    expect(logged.at(-1)).toBe("ERROR returned 1");
  });
}

const timedOut = (jail: MailingJail): number =>
  jail.logged().filter((text) => text === "ERROR timed out after 0.4 seconds.").length;

for (const word of ["CONNECT", "EHLO", "RCPT", "MESSAGE"]) {
  test(`a server that hangs at ${word} has until the deadline, the firewall does not wait`, async () => {
    const server = await listen({ hangsAt: word });
    const jail = await new MailingJail(
      { host: hostOf(server), user: "me", password: "p" },
      { timeout: 0.4 },
    ).started(server);
    const firewall = jail.runner({ actionban: "block <ip>" }, { name: "firewall" });
    const actions = [firewall, jail.action];
    const enforcer = new Enforcer({ jail: "j1", actions, observe: jail.observe, clock: jail.clock });
    const first = sampleBan(IP);
    const second = sampleBan("192.0.2.9");
    jail.enter(first, second);
    // time stands still for the mails, and the firewall is done
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const done = Promise.all([enforcer.ban(first), enforcer.ban(second)]);
    await expect.poll(() => jail.ran).toContain("block 192.0.2.9");
    for (const mail of [1, 2]) {
      await expect.poll(() => server.conversations.length).toBe(mail);
      vi.advanceTimersByTime(399);
      expect(timedOut(jail)).toBe(mail - 1);
      vi.advanceTimersByTime(1);
      await expect.poll(() => timedOut(jail)).toBe(mail);
    }
    expect((await done).map(({ failed }) => failed)).toEqual([["smtp"], ["smtp"]]);
    await expect.poll(() => server.open).toBe(0);
  });
}

test("a server that is not there is told of", async () => {
  const server = await listen();
  const host = hostOf(server);
  await server.close();
  servers.length = 0;
  const jail = await new MailingJail({ host }).started(server);
  expect((await jail.action.ban(sampleBan(IP))).kind).toBe("failed");
  expect(jail.logged().join("\n")).toContain("ECONNREFUSED");
});

test("a daemon in haste gives a mail under way little more time", async () => {
  const server = await listen({ hangsAt: "DATA" });
  const haste = new Haste(100);
  const jail = new MailingJail({ host: hostOf(server) }, { haste });
  const banned = jail.action.ban(sampleBan(IP));
  await expect.poll(() => server.conversations[0]?.commands.includes("DATA")).toBe(true);
  haste.begin();
  expect((await banned).kind).toBe("failed");
});

test("a recipient whom the server refuses keeps the mail from nobody else", async () => {
  const server = await listen({ refuses: "RCPT TO:<B@" });
  const jail = await new MailingJail({ host: hostOf(server), dest: "a@example.org,b@example.org" }).started(
    server,
  );
  expect((await jail.action.ban(sampleBan(IP))).kind).toBe("done");
  expect(only(server.conversations).body).toContain(IP);
  expect(jail.logged().join("\n")).toContain("refused for b@example.org");
});

test("a dry run sends nothing and says what it would", async () => {
  const server = await listen();
  const told: string[] = [];
  const jail = new MailingJail({ host: hostOf(server) });
  const definition = jail.action.definition;
  const run = createDryRun((plan) => told.push(plan.script));
  const { facts, observe, clock } = jail;
  await new ActionRunner({ definition, jail: facts, run, observe, clock, allowIpv6: true }).ban(
    sampleBan(IP),
  );
  expect(told.at(-1)).toContain(`banned ${IP} from gate.example.org`);
  expect(server.conversations).toEqual([]);
});

/** Text that people put where it might be read as something else. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        ..."\r\n|\n.\r\n|\r\n\r\n|\n\n|To: x@evil.example|Bcc: x@evil.example|~!touch pwned|.|From x|\\nTo: x".split(
          "|",
        ),
        ...'Content-Type: multipart/mixed; boundary=b|--b|\0|\x1b[2J|\ud800|é|=?utf-8?q?=0aTo:_x?=|,|<x@evil.example>|"'.split(
          "|",
        ),
        "a".repeat(3000),
        "\u2028Bcc: x@evil.example\u202e",
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
);

test("nothing from a log adds a header, a recipient or a part, whatever it is", async () => {
  const server = await listen();
  const jail = await new MailingJail({
    host: hostOf(server),
    dest: "ops@example.org",
    matches: "matches",
  }).started(server);
  const attempt = async (id: string, match: string, user: string): Promise<void> => {
    server.conversations.length = 0;
    const ban: Ban = sampleBan(IP, {
      id,
      ip: id,
      matches: [match, ["", user, match]],
      data: new Map([["user", user]]),
    });
    expect((await jail.action.ban(ban)).kind).toBe("done");
    const conversation = only(server.conversations);
    expect(conversation.commands.slice(1)).toEqual([
      "MAIL FROM:<fail2ban>",
      "RCPT TO:<ops@example.org>",
      "DATA",
    ]);
    expect(names(conversation).sort()).toEqual(HEADERS);
    expect(conversation.header).toContain("To: ops@example.org");
    expect(conversation.header.find((line) => line.startsWith("Content-Type:"))).toBe(
      "Content-Type: text/plain; charset=utf-8",
    );
    expect(conversation.body).not.toMatch(/[\0-\x08\x0b-\x0c\x0e-\x1f\x7f]/);
    expect(conversation.body.trim().endsWith("Regards,\nFail2Ban")).toBe(true);
    expect(jail.logged().filter((line) => line.includes("\n"))).toEqual([]);
    jail.events.length = 0;
  };
  await fc.assert(fc.asyncProperty(hostile, hostile, hostile, attempt), { numRuns: 100 });
});

test("a mail is bounded, however much there is to say", async () => {
  const server = await listen();
  const jail = await new MailingJail({ host: hostOf(server), matches: "matches" }).started(server);
  await jail.action.ban(sampleBan("x".repeat(5_000), { matches: ["y".repeat(5_000_000)] }));
  const { header, body } = only(server.conversations);
  expect(header.find((line) => line.startsWith("Subject:"))?.length).toBeLessThan(300);
  expect(body.length).toBeLessThan(201_000);
  expect(body).toContain("[...]\n\nRegards");
});

test("a shell that gets a mail by mistake runs a comment", async () => {
  const { planOperation } = await import("../../../src/action/plan.ts");
  const { emptyTicketInfo } = await import("../../../src/action/ticket-info.ts");
  const info = emptyTicketInfo(0, {
    jail: "j1",
    bantime: 1,
    counts: { banned: 0, bannedTotal: 0, found: 0, foundTotal: 0 },
  });
  const plan = planOperation(definitionOf({}), "start", "", info);
  if (plan === undefined) throw new Error("no plan");
  expect(plan.script).toMatch(/^# smtp\.py: [^\n]*$/);
  expect(await createRunner()(plan)).toMatchObject({ code: 0, stdout: "", stderr: "" });
});

const MISTAKES: readonly [options: Record<string, unknown>, message: RegExp][] = [
  [{ hots: "x" }, /it has no option 'hots'/],
  [{ host: "a b" }, /'host' is neither NAME nor NAME:PORT: 'a b'/],
  [{ host: "a:99999" }, /'host' is neither/],
  [{ dest: "a@b, x\nTo: y" }, /'dest' is no mail address: 'x To: y'/],
  [{ dest: "a <b@c>\nBcc: <d@e>" }, /'dest' is no mail address/],
  [{ dest: "" }, /'dest' is no mail address/],
  [{ sender: "a b@c" }, /'sender' is no mail address/],
  [{ matches: "all" }, /'matches' is none of matches, ipmatches, ipjailmatches: 'all'/],
];
for (const [options, message] of MISTAKES) {
  test(`the options ${JSON.stringify(options)} leave the action out, by name`, () => {
    const compiled = compile(options);
    if ("definition" in compiled) throw new Error("taken");
    expect(compiled.diagnostic.message).toMatch(message);
    expect(compiled.diagnostic.message.startsWith("action 'smtp' (smtp.py): ")).toBe(true);
  });
}

const SERVERS: readonly [host: string, server: object][] = [
  ["localhost", { host: "localhost", port: 25 }],
  ["mx.example.org:587", { host: "mx.example.org", port: 587 }],
  ["[2001:db8::1]:26", { host: "2001:db8::1", port: 26 }],
  ["2001:db8::1", { host: "2001:db8::1", port: 25 }],
];
for (const [host, server] of SERVERS) {
  test(`the host ${host} is understood`, () => {
    expect(definitionOf({ host }).mail?.server).toMatchObject(server);
  });
}

test("an address may stand behind a name", () => {
  const { mail } = definitionOf({ dest: "Ops <ops@example.org>, root", sender: "Gate <f2b@example.org>" });
  expect([mail?.recipients, mail?.sender.address]).toEqual([["ops@example.org", "root"], "f2b@example.org"]);
});

test("only a file of its name is taken for smtp.py", () => {
  const files = [
    "/etc/fail2ban/action.d/smtp.py",
    "smtp.py",
    "/x/my-smtp.py",
    "/x/badips.py",
    "/x/smtp.py/y.py",
  ];
  expect(files.filter(isSmtpFile)).toEqual(["/etc/fail2ban/action.d/smtp.py", "smtp.py"]);
});
