import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isMailing, mailedText } from "../../../src/action/mailed-text.ts";
import { planOperation } from "../../../src/action/plan.ts";
import { sampleAction, sampleInfo } from "./sample.ts";

test.each([
  ['printf %b "x" | /usr/sbin/sendmail -f "a" "b"', true],
  ["echo x | mail -E 'set escape' -s \"y\" root", true],
  ["mailx -s x root", true],
  ["cat <<E | s-nail root", true],
  ["x=$(mail root)", true],
  ["iptables -A f2b-mail -j DROP", false],
  ["tail /var/log/mail.log", false],
  ["nft add element inet mailserver x", false],
  ["echo '<matches>' >> /var/mail-report", false],
])("whether %s mails: %s", (script, expected) => {
  expect(isMailing(script)).toBe(expected);
});

test.each([
  ["matches", "~!touch x\n~r /etc/shadow", " ~!touch x\n ~r /etc/shadow"],
  ["matches", "a\n.\nb", "a\n .\nb"],
  ["matches", "a\r\n.\r~!b", "a\n .\n ~!b"],
  ["matches", "From x\nFrom: y", " From x\nFrom: y"],
  ["matches", "a\n--boundary\nContent-Type: text/html", "a\n --boundary\nContent-Type: text/html"],
  ["matches", "a\\nTo: x\\c\\0176!", "a\\ nTo: x\\ c\\ 0176!"],
  ["matches", "end\\", "end\\ "],
  ["matches", "a\0\x1b[2Jb\tc", "a[2Jb\tc"],
  ["matches", "plain 192.0.2.1 ~ . From", "plain 192.0.2.1 ~ . From"],
  ["F-USER", "x\nTo: evil@example.org\r\n\r\nbody", "x To: evil@example.org body"],
  ["F-USER", "~root", " ~root"],
  ["ip", ".", " ."],
])("%s %j becomes %j", (tag, value, expected) => {
  expect(mailedText(tag, value)).toBe(expected);
});

const ticks = fc
  .array(
    fc.oneof(
      fc.constantFrom(..."~!.\\nc0176\r\n\tF: ".split(""), "From ", "\\n", "\\c", "\\0176"),
      fc.string(),
    ),
    {
      maxLength: 30,
    },
  )
  .map((parts) => parts.join(""));

test("no line of any value is a command of a mailer, not even after printf %b", () => {
  const commands = /^(?:~|\.[ \t]*$|From |--)/m;
  fc.assert(
    fc.property(ticks, (value) => {
      const text = mailedText("matches", value);
      expect(text).not.toMatch(commands);
      expect(mailedText("F-USER", value)).not.toMatch(/[\n\r]/);
    }),
  );
  fc.assert(
    fc.property(ticks, (value) => {
      const text = mailedText("matches", value);
      for (const shell of ["sh", "bash"]) {
        const out = execFileSync(shell, ["-c", 'printf %b "$1"', "x", text], { encoding: "utf8" });
        expect(out).toBe(text);
      }
    }),
    { numRuns: 40 },
  );
});

test("a script that mails nothing gets its values as they are", () => {
  const info = sampleInfo("192.0.2.1", { matches: ["~!x\\n"] });
  const plain = planOperation(sampleAction({ actionban: 'log "<matches>"' }), "ban", "", info);
  const mailing = planOperation(sampleAction({ actionban: 'echo "<matches>" | mail root' }), "ban", "", info);
  expect([plain?.args, mailing?.args]).toEqual([["~!x\\n"], [" ~!x\\ n"]]);
});
