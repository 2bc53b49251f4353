import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCommandLine } from "../../../src/cli/compat-options.ts";
import { temporaryFolder } from "../store/store-fixture.ts";

const ROOT = join(import.meta.dirname, "../../..");
const UNITS = join(ROOT, "packaging/systemd");
const hasAnalyze = spawnSync("systemd-analyze", ["--version"]).status === 0;
const skipped = hasAnalyze ? "" : " (skipped: no systemd-analyze)";

/** Copies of the units that call the program of this tree, since none is installed. */
function unitsHere(withDropIn: boolean): string {
  const folder = temporaryFolder();
  const copy = (name: string): void => {
    const text = readFileSync(join(UNITS, name), "utf8");
    writeFileSync(join(folder, name), text.replaceAll("/usr/bin/gaoler", join(ROOT, "bin/gaoler")));
  };
  copy("gaoler.service");
  copy("gaoler.socket");
  mkdirSync(join(folder, "gaoler.service.d"));
  if (withDropIn) copy("gaoler.service.d/native.conf");
  return folder;
}

test.skipIf(!hasAnalyze).each([
  ["as they are", false],
  ["with the drop-in for native actions", true],
])(`systemd has nothing to say against the units, %s${skipped}`, (_, withDropIn) => {
  const folder = unitsHere(withDropIn);
  const said = spawnSync("systemd-analyze", ["verify", "./gaoler.service", "./gaoler.socket"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
  });
  expect([said.status, said.stderr]).toEqual([0, ""]);
});

test("what the units call are words that gaoler takes", () => {
  const lines = ["gaoler.service", "gaoler.service.d/native.conf"].flatMap(
    (name) => readFileSync(join(UNITS, name), "utf8").match(/^Exec\w+=\+?\/.+$/gm) ?? [],
  );
  expect(lines).toHaveLength(6);
  for (const line of lines) {
    const [program, face, ...words] = line.replace(/^Exec\w+=\+?/, "").split(" ");
    expect([program, ["server", "client"].includes(face ?? "")]).toEqual(["/usr/bin/gaoler", true]);
    expect(readCommandLine(words)).toMatchObject({ kind: "run", words: [words.at(-1)] });
  }
});

test("the socket of the socket unit is the one that fail2ban.conf names", () => {
  const unit = readFileSync(join(UNITS, "gaoler.socket"), "utf8");
  expect(unit).toContain(
    "ListenStream=%t/fail2ban/fail2ban.sock\nFileDescriptorName=fail2ban\nSocketMode=0600\n",
  );
  expect(readdirSync(UNITS).sort()).toEqual([
    "gaoler.service",
    "gaoler.service.d",
    "gaoler.socket",
    "gaoler.sysusers",
  ]);
});
