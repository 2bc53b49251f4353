/**
 * Mails of Debian's actions and of ours about hostile log lines and whois answers, by stand-ins that obey what real mailers obey:
 * a `sendmail` that ends at a lone dot, a `mail` that runs tilde escapes.
 * @module
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Ban } from "../../src/ban/ticket.ts";
import { sampleBan } from "../unit/action/sample.ts";
import { ScriptedJail } from "../unit/enforce/scripted.ts";
import { ActionJail, runIn, TREES } from "./actions-jail.ts";
import { missingTools, World } from "./world.ts";

const missing = missingTools();
let world: World;

/** Keeps what a mailer would have understood: arguments, header lines and body; obeys a lone dot unless told `-i`. */
const SENDMAIL = `#!/bin/sh
file=$(mktemp /var/spool/stand-in/tmp.XXXXXX)
obey=yes
for word in "$@"; do [ "$word" = -i ] && obey=; done
{ printf 'ARGS %s\\n' "$*"; if [ -n "$obey" ]; then sed '/^\\.$/,$d'; else cat; fi; } >"$file"
mv "$file" "/var/spool/stand-in/mail.$$.$(date +%s%N)"
`;

/** Runs tilde escapes in any input, as old mailx do, and whatever option forbids it: the worst that an action may meet. */
const MAIL = `#!/bin/sh
file=$(mktemp /var/spool/stand-in/tmp.XXXXXX)
subject= to=
while [ $# -gt 0 ]; do case $1 in -s) subject=$2; shift 2;; -E) shift 2;; -*) shift;; *) to="$to $1"; shift;; esac; done
printf 'ARGS%s\\nSubject: %s\\n\\n' "$to" "$subject" >"$file"
while IFS= read -r line || [ -n "$line" ]; do
  case $line in
    '~!'*) sh -c "\${line#??}" ;;
    '~r'*) cat \${line#??} >>"$file" ;;
    '~'*) echo "ESCAPED" >>"$file" ;;
    .) break ;;
    *) printf '%s\\n' "$line" >>"$file" ;;
  esac
done
mv "$file" "/var/spool/stand-in/mail.$$.$(date +%s%N)"
`;

beforeAll(async () => {
  if (missing.length > 0) return;
  world = await World.create([2222]);
  world.write("/usr/sbin/sendmail", SENDMAIL);
  world.write("/usr/bin/mail", MAIL);
  world.shSync("chmod 755 /usr/sbin/sendmail /usr/bin/mail");
});
afterEach(() => {
  if (missing.length === 0) world.shSync("rm -f /var/spool/stand-in/* /run/pwned /run/fail2ban/*");
});
afterAll(async () => {
  if (missing.length === 0) await world.close();
});

const IP = "198.51.100.7";
const HOSTILE = [
  "~!touch /run/pwned",
  "~r /etc/shadow",
  "~t evil@example.org",
  "\\n~!touch /run/pwned",
  "\\n.\\nBcc: evil@example.org",
  "\\0176!touch /run/pwned",
  "\\c",
  ".",
  "From evil@example.org Mon Nov 23 02:00:00 2026",
  "\nTo: evil@example.org",
  "\nBcc: evil@example.org\n\n",
  "Content-Type: multipart/mixed; boundary=b",
  "--b",
  ".\r",
  "\\c",
  "\\n.\\n",
  "$(touch /run/pwned) `touch /run/pwned` %s %n",
  "\xe9\xff é \x1b]0;x\x07",
  "x".repeat(20_000),
];

/** A ban whose every value is hostile but its address. */
const hostileBan = (ip = IP): Ban =>
  sampleBan(ip, {
    matches: HOSTILE.map((line) => `${line} ${ip}`).concat(HOSTILE),
    data: new Map([["user", HOSTILE.join("\n")]]),
  });

interface Taken {
  readonly args: string;
  readonly header: readonly string[];
  readonly body: string;
}

function banMails(): readonly Taken[] {
  return world
    .mails()
    .map((mail) => {
      const [, args = "", head = "", body = ""] = /^ARGS ?(.*)\n([\s\S]*?)\n\n([\s\S]*)$/.exec(mail) ?? [];
      return { args, header: head.split("\n"), body };
    })
    .filter(({ header }) => header[0]?.includes("banned") === true);
}

const SENDMAILS = [
  "sendmail",
  "sendmail-whois",
  "sendmail-whois-lines",
  "sendmail-whois-matches",
  "sendmail-whois-ipmatches",
  "sendmail-whois-ipjailmatches",
];
const MAILS = ["mail", "mail-whois", "mail-whois-lines"];

for (const tree of TREES) {
  const lacks = [...missing, ...(tree.missing === "" ? [] : [tree.missing])];
  const suffix = lacks.length === 0 ? "" : ` (skipped: no ${lacks.join(", no ")})`;
  const e2e = test.skipIf(lacks.length > 0);
  const isOurs = tree.name === "our";

  for (const action of SENDMAILS) {
    e2e(`${tree.name} ${action}: recipients and headers are those that are configured${suffix}`, async () => {
      world.write("/var/log/hostile.log", hostileBan().matches.join("\n"));
      const options = "dest=ops@example.org, sender=f2b@example.org, logpath=/var/log/hostile.log";
      const write = async (whois: string, ban: Ban): Promise<Taken> => {
        world.write("/usr/bin/whois", `#!/bin/sh\ncat <<'END'\n${whois}\nEND\n`);
        world.shSync("chmod 755 /usr/bin/whois; rm -f /var/spool/stand-in/*");
        const jail = new ActionJail(world, tree, `${action}[${options}]`);
        await jail.ban(ban);
        const [mail, ...more] = banMails();
        if (mail === undefined || more.length > 0) throw new Error(`${more.length + 1} mails`);
        return mail;
      };
      const plain = await write("nothing to say", sampleBan(IP));
      const hostile = await write(HOSTILE.join("\n"), hostileBan());
      const steady = (lines: readonly string[]): string[] =>
        lines.filter((line) => !line.startsWith("Date:"));
      expect(plain.args).toContain("ops@example.org");
      expect(hostile.args).toBe(plain.args);
      expect(steady(hostile.header)).toEqual(steady(plain.header));
      // nothing ends it early
      expect(hostile.body).toContain("Regards");
      expect(world.read("/run/pwned")).toBe("");
      expect(world.shSync("ls /run")).not.toContain("pwned");
      if (action.includes("matches")) {
        const { body } = await write("nothing to say", hostileBan());
        expect(body).toContain("Regards");
        expect(body).toContain("\\ n.\\ nBcc: evil@example.org");
      }
    });
  }

  e2e(`${tree.name} sendmail: an ID that is no address adds no header${suffix}`, async () => {
    const jail = new ActionJail(world, tree, "sendmail[dest=ops@example.org, sender=f2b@example.org]");
    await jail.ban(sampleBan(`x\\nBcc: evil@example.org\nTo: evil@example.org\\n\\nbody`));
    const [mail] = banMails();
    expect(
      mail?.header.map((line) => line.split(":")[0]).filter((name) => /^(?:to|b?cc)$/i.test(name ?? "")),
    ).toEqual(["To"]);
    expect(mail?.header.find((line) => line.startsWith("To:"))).toBe("To: ops@example.org");
  });

  for (const action of MAILS) {
    e2e(`${tree.name} ${action}: no line escapes to a mailer that obeys all${suffix}`, async () => {
      world.write("/usr/bin/whois", `#!/bin/sh\ncat <<'END'\n${HOSTILE.join("\n")}\nEND\n`);
      world.write("/var/log/hostile.log", hostileBan().matches.join("\n"));
      world.shSync("chmod 755 /usr/bin/whois");
      const options = "dest=ops@example.org, logpath=/var/log/hostile.log";
      const jail = new ActionJail(world, tree, `${action}[${options}]`);
      const odd = sampleBan("\n~!touch /run/pwned\\n~!touch /run/pwned");
      await jail.ban(hostileBan(), hostileBan("~!touch /run/pwned"), odd);
      const mails = banMails();
      expect(mails).toHaveLength(3);
      for (const mail of mails) {
        expect(mail.args.trim()).toBe("ops@example.org");
        expect(mail.body).not.toMatch(/ESCAPED|^root:/m);
        expect(mail.body).toContain("Regards");
      }
      if (action !== "mail") expect(mails[0]?.body).toContain("\n ~!touch /run/pwned");
      expect(world.shSync("ls /run")).not.toContain("pwned");
    });
  }

  for (const action of ["complain", "xarf-login-attack"]) {
    e2e(
      `${tree.name} ${action}: an answer of the name server brings recipients, no options${suffix}`,
      async () => {
        world.write("/var/log/hostile.log", HOSTILE.map((line) => `${line} ${IP}`).join("\n"));
        const options = "sender=f2b@example.org, logpath=/var/log/hostile.log";
        const argsFor = async (answer: string): Promise<string> => {
          world.write("/usr/bin/dig", `#!/bin/sh\ncat <<'END'\n${answer}\nEND\n`);
          world.shSync("chmod 755 /usr/bin/dig; rm -f /var/spool/stand-in/*");
          await new ActionJail(world, tree, `${action}[${options}]`).ban(hostileBan());
          return world
            .mails()
            .map((mail) => mail.split("\n")[0] ?? "")
            .join("; ");
        };
        const plain = await argsFor('"abuse@example.net"');
        expect(plain).toMatch(/^ARGS .*abuse@example\.net$/);
        const hostile = await argsFor('"-Xevil abuse@example.net -S sendmail=/run/evil" "-oQ/run"');
        // ours takes mail addresses alone
        const first = isOurs ? plain : plain.replace("abuse@", "Xevil abuse@");
        expect(hostile.replace(/(abuse@example\.net).*/, "$1")).toBe(first);
        expect(hostile).not.toMatch(/ -[XSo]/);
        expect(world.shSync("ls /run")).not.toContain("pwned");
      },
    );
  }
}

const suffix = missing.length === 0 ? "" : ` (skipped: no ${missing.join(", no ")})`;
test.skipIf(missing.length > 0)(
  `an action of one's own may mail matches and captures by a mailx that obeys all${suffix}`,
  async () => {
    const jail = new ScriptedJail();
    const mail = `mail -s "banned <F-USER>" ops@example.org`;
    const actionban = `printf '%b\\n' "Lines:" "<matches>" "<F-USER>" | ${mail}`;
    const action = jail.runner({ actionban }, { run: runIn(world) });
    expect((await action.ban(hostileBan())).kind).toBe("done");
    const [taken] = banMails();
    expect(taken?.args.trim()).toBe("ops@example.org");
    expect(taken?.header).toHaveLength(1);
    expect(taken?.body).toContain(" ~r /etc/shadow\n");
    expect(taken?.body).not.toContain("ESCAPED");
    expect(taken?.body).not.toContain("root:");
    expect(world.shSync("ls /run")).not.toContain("pwned");
  },
);
