/**
 * `smtp.py` against the real one: the same configuration and log for both servers, and a mail server that keeps what each of them says.
 * Envelope, subject, sender, recipients and text must be the same.
 * @module
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostNames } from "../../src/daemon/machine.ts";
import { type Conversation, SmtpStandIn } from "../unit/mail/smtp-stand-in.ts";

const oracle = process.env["GAOLER_ORACLE"] ?? "";
const isAbsent = oracle === "" || !existsSync(join(oracle, "usr/bin/fail2ban-server"));
const suffix = isAbsent ? " (skipped: no fail2ban package)" : "";
const LAUNCHER = join(import.meta.dirname, "../../bin/gaoler");

const folder = mkdtempSync(join(tmpdir(), "smtp-"));
const env = { ...process.env, TZ: "UTC", PYTHONPATH: join(oracle, "usr/lib/python3/dist-packages") };
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const STAMP = new Date().toISOString().slice(0, 19).replace("T", " ");

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !isSo(); turn += 1) await sleep(50);
  if (!isSo()) throw new Error(`waited in vain: ${what}`);
}

/** The mails of a server's life: start, a ban from the log, a ban by hand, stop. */
async function live(
  name: string,
  server: readonly string[],
  client: readonly string[],
): Promise<readonly Conversation[]> {
  const root = join(folder, name);
  for (const each of ["action.d", "filter.d"]) mkdirSync(join(root, each), { recursive: true });
  cpSync(join(oracle, "etc/fail2ban/action.d/smtp.py"), join(root, "action.d/smtp.py"));
  const standIn = await SmtpStandIn.listen();
  const [log, input] = [join(root, "log"), join(root, "in.log")];
  writeFileSync(input, "");
  const paths = `logtarget = ${log}\nsocket = ${join(root, "sock")}\npidfile = ${join(root, "pid")}\n`;
  writeFileSync(join(root, "fail2ban.conf"), `[Definition]\nloglevel = INFO\n${paths}dbfile = None\n`);
  const action = `smtp.py[host="127.0.0.1:${standIn.port}", user=me, password="s3 cret", sendername="Gate Keeper", sender=f2b@gate.example.org, dest="ops@example.org, root", matches=matches]`;
  const jail = `[j1]\nenabled = true\nbackend = polling\nusedns = no\nfilter = f\nmaxretry = 2\nlogpath = ${input}\n`;
  writeFileSync(join(root, "jail.conf"), `${jail}action = ${action}\n`);
  writeFileSync(
    join(root, "filter.d/f.conf"),
    "[Definition]\nfailregex = ^\\s*fail user=<F-USER>.*</F-USER> from <HOST>$\n",
  );
  const [program = "", ...words] = server;
  const child = spawn(program, [...words, "-c", root, "-f", "start"], { env, stdio: "ignore" });
  children.push(child);
  const mails = (count: number) => (): boolean =>
    standIn.conversations.filter(({ body }) => body !== "").length >= count;
  await until("the mail of the start", mails(1));
  await until("the start", () => readFileSync(log, "utf8").includes("Jail 'j1' started"));
  appendFileSync(
    input,
    `${STAMP} fail user=é ~!x from 198.51.100.7\n${STAMP} fail user=b from 198.51.100.7\n`,
  );
  await until("the mail of a ban", mails(2));
  const [ask = "", ...before] = client;
  // the mail server lives in this process: it must not be blocked
  const say = (...command: string[]) =>
    promisify(execFile)(ask, [...before, "-c", root, ...command], { env, timeout: 30_000 });
  await say("set", "j1", "banip", "2001:db8::1");
  await until("the mail of a ban by hand", mails(3));
  const ended = once(child, "exit");
  await say("stop");
  await ended;
  await until("the mail of the stop", mails(4));
  await standIn.close();
  return standIn.conversations;
}

let theirs: readonly Conversation[] = [];
let ours: readonly Conversation[] = [];

beforeAll(async () => {
  if (isAbsent) return;
  const theirBin = join(oracle, "usr/bin");
  [theirs, ours] = await Promise.all([
    live("theirs", [join(theirBin, "fail2ban-server")], [join(theirBin, "fail2ban-client")]),
    live("ours", [LAUNCHER, "server"], [join(theirBin, "fail2ban-client")]),
  ]);
}, 60_000);

/** What must be alike; the machine's name as the subject has it, addresses bare. */
function comparable({ commands, header, body }: Conversation) {
  const field = (name: string): string =>
    (header.find((line) => line.toLowerCase().startsWith(`${name}:`)) ?? "")
      .replace(/<root>/, "root")
      .replace(hostNames().full, hostname());
  return {
    envelope: commands.filter((line) => /^(?:mail|rcpt|auth)/i.test(line)).map((line) => line.toLowerCase()),
    fields: ["subject", "from", "to"].map(field),
    text: body.replaceAll("\r", "").trim(),
  };
}

test.skipIf(isAbsent)(`each mail is the one that the original sends${suffix}`, () => {
  expect(theirs).toHaveLength(4);
  expect(ours.map(comparable)).toEqual(theirs.map(comparable));
});
