/**
 * Guards around the programs of mailing scripts, by their text and by real shells.
 * @module
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guardMailing } from "../../../src/action/mail-guards.ts";
import { planOperation } from "../../../src/action/plan.ts";
import { sampleAction, sampleInfo } from "./sample.ts";

test.each([
  ["printf x | /usr/sbin/sendmail -f a b", ["/usr/sbin/sendmail"]],
  ["printf x |sendmail b", ["command sendmail"]],
  ["(echo a; cat log)|mailx -s x b; echo", ["command mailx"]],
  ["test -n x && /usr/bin/mail -s x b < f", ["/usr/bin/mail"]],
  ["if ! mail b; then s-nail b; fi", ["command mail", "s-nail"]],
  ['f=$(whois 1.2.3.4 || echo none); echo "$f" | mail b', ["command whois", "command mail"]],
  ['printf %b "`whois 1.2.3.4`" | mail b', ["command whois", "command mail"]],
  ["mail -s x `dig +short x`", ["command mail", "command dig"]],
])("%s is guarded", (script, programs) => {
  const { guards } = guardMailing(script);
  expect(guards.trim().split("\n")).toHaveLength(programs.length);
  for (const program of programs) expect(guards).toContain(` ${program} "$@"`);
});

test.each([
  "test -x /usr/sbin/sendmail",
  "echo mail to sendmail",
  "command -v mail",
  "grep mail /var/log/mail.log",
  "nft add element inet mail x",
  "xmail root; mail-report root; ./mailer",
])("%s is left alone", (script) => {
  expect(guardMailing(script)).toEqual({ guards: "", text: script });
});

test("only scripts that mail are guarded, and values stand after the guards", () => {
  const info = sampleInfo("192.0.2.1", { matches: ["a b"] });
  const plain = planOperation(sampleAction({ actionban: "whois <ip> > f" }), "ban", "", info);
  expect(plain?.script).toBe("whois 192.0.2.1 > f");
  const actionban = 'echo "<matches>" | /usr/sbin/sendmail root';
  const mailing = planOperation(sampleAction({ actionban }), "ban", "", info);
  const [values, guard, text, ...more] = mailing?.script.split("\n") ?? [];
  expect(values).toBe("f2bV_matches=$0 ");
  expect(guard).toMatch(/^gaoler_usr_sbin_sendmail\(\) \{ .* \| \/usr\/sbin\/sendmail "\$@"; \}$/);
  expect([text, more]).toEqual(['echo "$f2bV_matches" | gaoler_usr_sbin_sendmail root', []]);
});

const SHELLS = ["dash", "bash", "busybox"].filter(
  (shell) => spawnSync(shell, shell === "busybox" ? ["sh", "-c", ":"] : ["-c", ":"]).status === 0,
);

describe.each(SHELLS)("%s as /bin/sh", (shell) => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "guards-"));
    const program = (name: string, text: string): void => {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    };
    // each word in brackets, then what it was given
    for (const name of ["mail", "sendmail"]) program(name, `printf '[%s]' "$@"; echo; cat; exit 3`);
    program("whois", `cat "$ANSWER"; exit 4`);
    program("dig", `cat "$ANSWER"`);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a script says and how it ends, with an answer for whoever asks. */
  const run = (script: string, answer = ""): { out: string; code: number | null } => {
    writeFileSync(join(folder, "answer"), answer);
    const { guards, text } = guardMailing(script.replaceAll("@", folder));
    const words = shell === "busybox" ? ["sh"] : shell === "bash" ? ["--norc", "--posix"] : [];
    const env = { PATH: `${folder}:${process.env["PATH"]}`, ANSWER: join(folder, "answer") };
    const { stdout, stderr, status } = spawnSync(shell, [...words, "-c", guards + text], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(stderr).toBe("");
    return { out: stdout, code: status };
  };

  test("no line ends a mail or is a command, and the mailer's exit code is the script's", () => {
    const lines = "a\n.\n. \t\n.\r\n~!x\n..\n.b\n~\nend\n";
    const safe = "a\n .\n . \t\n .\r\n ~!x\n..\n.b\n ~\nend\n";
    const kept = "a\n .\n . \t\n .\r\n~!x\n..\n.b\n~\nend\n";
    expect(run("cat $ANSWER | mail -s 'a  b' root", lines)).toEqual({
      out: `[-s][a  b][root]\n${safe}`,
      code: 3,
    });
    expect(run("cat $ANSWER | @/sendmail -f x root", lines)).toEqual({
      out: `[-f][x][root]\n${kept}`,
      code: 3,
    });
    expect(run("@/mail root < $ANSWER", lines)).toEqual({ out: `[root]\n${safe}`, code: 3 });
  });

  test("an answer of whois means itself in printf %b, and a script sees whether there was one", () => {
    const script = 'printf %b "Hi\\n`whois x || echo none`\\nBye\\n" | sendmail root';
    expect(run(script, "a \\c\n\\n.\n\\0176!").out).toBe("[root]\nHi\na \\ c\n\\ n.\n\\ 0176!none\nBye\n");
    expect(run("if whois x; then echo yes; else echo no $?; fi | sendmail root").out).toBe("[root]\nno 4\n");
  });

  test("an answer that becomes recipients brings no option and no syntax", () => {
    const script = "mail -s x `dig +short x | tr -d '\"'` < /dev/null";
    const given = (answer: string): string => run(script, answer).out.trim();
    expect(given('"abuse@example.org"\n')).toBe("[-s][x][abuse@example.org]");
    expect(given('"a-b_c+d@x.org,e@y.org"\n')).toBe("[-s][x][a-b_c+d@x.org,e@y.org]");
    expect(given('"-S" "--x@y.org" -oQ/tmp\n;-b $(x) `y` *|z\n')).toBe(
      "[-s][x][S][x@y.org][oQtmp][;b][x][y][z]",
    );
  });
});

test("there is a shell to try", () => {
  expect(SHELLS.length).toBeGreaterThan(0);
  expect(execFileSync("sh", ["-c", "echo x"], { encoding: "utf8" })).toBe("x\n");
});
