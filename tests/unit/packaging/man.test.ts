/** The manual page that ships: what the helps say now, and what roff can show. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { manPage } from "../../../scripts/man-page.ts";
import { manSources } from "../../../scripts/man-sources.ts";
import { HELP } from "../../../src/cli/help.ts";

const PAGE = join(import.meta.dirname, "../../../packaging/man/gaoler.8");
const hasGroff = spawnSync("groff", ["--version"]).status === 0;

test("gaoler(8) is what the commands say of themselves: npm run man", async () => {
  expect(readFileSync(PAGE, "utf8")).toBe(manPage(await manSources()));
});

test("each command of the overview has its part", async () => {
  const { commands } = await manSources();
  const names = [...HELP.matchAll(/^ {2}([a-z-]+)(?:, ([a-z-]+))? /gm)].flatMap(([, one, other]) => [
    one,
    other,
  ]);
  const listed = names.filter((name) => name !== undefined && !/^-|^(?:server|client)$/.test(name));
  expect(listed.length).toBeGreaterThan(10);
  expect([...commands.keys()]).toEqual(expect.arrayContaining(listed));
  for (const text of commands.values()) expect(text).toMatch(/^Usage: gaoler /);
});

test("options become tagged rows, the rest paragraphs, and nothing is a request by accident", () => {
  const text =
    "Usage: gaoler x\n\n.hidden a\\b\n'quoted\n\n  -c, --conf DIR  the place\n                  of it\n";
  const page = manPage({ version: "1", overview: HELP, commands: new Map([["x", text]]) });
  expect(page).toContain(
    [
      ".SS gaoler x\n.PP\n\\fBgaoler x\\fR",
      ".PP\n\\&.hidden a\\eb\n\\&'quoted",
      ".TP\n\\fB\\-c, \\-\\-conf DIR\\fR\nthe place\nof it\n",
    ].join("\n"),
  );
});

test.skipIf(!hasGroff)(`roff has nothing to say against it${hasGroff ? "" : " (skipped: no groff)"}`, () => {
  const { status, stderr, stdout } = spawnSync("groff", ["-man", "-Tutf8", "-ww", PAGE], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("where something is wrong");
});
