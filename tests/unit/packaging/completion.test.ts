/** The completion that ships: made of the helps, and what bash offers with it. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bashCompletion } from "../../../scripts/bash-completion.ts";
import { manSources } from "../../../scripts/man-sources.ts";

const SCRIPT = join(import.meta.dirname, "../../../packaging/completions/gaoler");
const directory = mkdtempSync(join(tmpdir(), "completion-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A gaoler with two jails and two bans, which notes what it was asked. */
const PROGRAM = join(directory, "gaoler");
const ASKED = join(directory, "asked");
writeFileSync(
  PROGRAM,
  `#!/bin/sh
echo "$*" >> '${ASKED}'
case "$*" in
  *status) printf 'Status\\n|- Number of jail:\\t3\\n\\140- Jail list:\\tnginx-auth, sshd, $(touch ${directory}/run)\\n' ;;
  *banned) echo "[{'sshd': ['192.0.2.7', '2001:db8::/64']}]" ;;
esac
`,
);
chmodSync(PROGRAM, 0o755);

/** What bash offers for the last of the words. */
function offered(...words: readonly string[]): readonly string[] {
  const text = `. "$0"
program=$1
shift
COMP_WORDS=("$program" "$@")
COMP_CWORD=$#
_gaoler
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", text, SCRIPT, PROGRAM, ...words], {
    cwd: directory,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

test("the completion is what the commands say of themselves: npm run man", async () => {
  expect(readFileSync(SCRIPT, "utf8")).toBe(bashCompletion(await manSources()));
});

test.each([
  { words: ["sta"], offers: ["start", "status"] },
  { words: ["-c", directory, "unb"], offers: ["unban"] },
  { words: ["--ver"], offers: ["--version"] },
  { words: ["status", "s"], offers: ["sshd"] },
  { words: ["ban", "--f"], offers: ["--force"] },
  { words: ["ban", "nginx"], offers: ["nginx-auth"] },
  { words: ["ban", "sshd", "s"], offers: [] },
  { words: ["unban", ""], offers: ["192.0.2.7", "2001:db8::/64"] },
  { words: ["shims", ""], offers: ["install", "remove"] },
  { words: ["shims", "in"], offers: ["install"] },
  { words: ["shims", "gao"], offers: [] },
  { words: ["shims", "install", "gao"], offers: ["gaoler"] },
  { words: ["regex", "gao"], offers: ["gaoler"] },
  { words: ["-c", "gao"], offers: ["gaoler"] },
])("gaoler $words: $offers", ({ words, offers }) => {
  expect(offered(...words)).toEqual(offers);
});

test("the daemon of the configuration that was named is asked", () => {
  rmSync(ASKED, { force: true });
  offered("-s", "/run/other.sock", "status", "");
  expect(readFileSync(ASKED, "utf8")).toBe("-s /run/other.sock client status\n");
});

test("what a jail is called is never run", () => {
  const words = offered("status", "");
  expect(words).toEqual(expect.arrayContaining(["nginx-auth", "sshd"]));
  expect(() => readFileSync(join(directory, "run"))).toThrow("ENOENT");
});
