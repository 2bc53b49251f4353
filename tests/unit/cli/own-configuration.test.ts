/** How gaoler's own face reads a configuration that is no complete one, or has mistakes. */
import { expect, test } from "vitest";
import type { ReadingMode } from "../../../src/cli/compat-io.ts";
import { ownConfigurationReader } from "../../../src/cli/own-configuration.ts";
import { settingsMistakes } from "../../../src/cli/settings-mistakes.ts";
import { memoryFiles } from "../config/memory-files.ts";

const SHIPPED = {
  "/stock/fail2ban.conf": "[Definition]\nsocket = /run/x.sock\n",
  "/stock/jail.conf": "[alpha]\nbackend = polling\nfilter = one\nlogpath = /log\naction =\n",
  "/stock/filter.d/one.conf": "[Definition]\nfailregex = ^fail <HOST>\n",
  "/log": "",
};
const ENABLED = "[alpha]\nenabled = true\n";

/** What is said of a configuration that has nothing but a `jail.local`. */
function read(mode: ReadingMode, jailLocal: string) {
  const files = memoryFiles({ ...SHIPPED, "/mine/jail.local": jailLocal });
  const { stream, lines, isUsable } = ownConfigurationReader(files, "/stock", settingsMistakes).read(
    "/mine",
    {
      mode,
    },
  );
  const of = (name: "stdout" | "stderr"): readonly string[] =>
    lines.filter((line) => line.stream === name).map(({ text }) => text);
  return {
    isUsable,
    out: of("stdout"),
    err: of("stderr"),
    words: stream.map(({ words }) => words.join(" ")),
  };
}

test("a jail.local alone will do, as what ships with gaoler stands below it: for a test as for a start", () => {
  expect(read("test", ENABLED)).toMatchObject({
    isUsable: true,
    out: ["OK: configuration test is successful"],
  });
  expect(read("start", ENABLED)).toMatchObject({ isUsable: true, out: [] });
  expect(read("start", ENABLED).words).toContain("start alpha");
});

test.each(["dump", "pretty"] as const)("a %s shows what a start would do", (mode) => {
  const { isUsable, out } = read(mode, ENABLED);
  expect([isUsable, out.at(-1)]).toEqual([true, "['start', 'alpha']"]);
});

test.each([
  ["a filter that is not there", "filter = none", "/mine/jail.local:3:10: error: [alpha] "],
  [
    "a time that is none",
    "bantime = soon",
    "/mine/jail.local:3:11: error: [alpha] 'bantime' cannot be taken",
  ],
  ["a regex that is none", "failregex = (<HOST>", "/mine/jail.local:3:13: error: [alpha] Unable to compile"],
])("%s fails a test, with its place", (_, option, said) => {
  const { isUsable, out, err } = read("test", `${ENABLED}${option}\n`);
  expect([isUsable, out]).toEqual([false, []]);
  expect(err.some((text) => text.startsWith(said))).toBe(true);
  expect(err.at(-1)).toBe("the configuration in /mine has errors");
});

test.each([
  ["no jail can be made", `${ENABLED}filter = none\n`, "no jail can run with the configuration in /mine"],
  [
    "a file cannot be read as it is written",
    "[alpha\n",
    "nothing can be done with the configuration in /mine",
  ],
])("where %s nothing is started, and it is said once where and why", (_, text, said) => {
  const { isUsable, err, words } = read("start", text);
  expect([isUsable, words, err.at(-1)]).toEqual([false, [], said]);
  expect(err.filter((line) => line.startsWith("/mine/jail.local:"))).toHaveLength(1);
});
