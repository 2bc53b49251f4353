import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configurationReader, prettyCommand } from "../../../src/cli/compat-configuration.ts";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";

let directory = "";
const reader = configurationReader(nodeConfigFiles, undefined);

const JAIL =
  "[alpha]\nenabled = true\nbackend = polling\nfailregex = ^fail <HOST>\nlogpath = LOG\naction =\n";

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-conf-"));
  mkdirSync(join(directory, "filter.d"));
  const log = join(directory, "a.log");
  write({
    "fail2ban.conf": "[Definition]\nsocket = /run/x.sock\nloglevel = NOTICE\n",
    "jail.conf": JAIL.replace("LOG", log),
    "a.log": "",
  });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const shown = (mode: "dump" | "pretty" | "test" | "start", jail?: string) => {
  const { lines, isUsable } = reader.read(directory, { mode, ...(jail !== undefined && { jail }) });
  return { isUsable, out: lines.filter((line) => line.stream === "stdout").map((line) => line.text), lines };
};

test("compatversion is reported and goes to the daemon, but is no part of a dump; a wrong one is warned of at a start", () => {
  const server = "[Definition]\nsocket = /run/x.sock\n";
  const streamStart = () => reader.read(directory, { mode: "start" }).stream[0]?.words;
  expect(reader.places(directory)).toMatchObject({ version: "1.1.0" });
  expect(streamStart()).toEqual(["set", "syslogsocket", "auto"]);
  const dump = shown("dump").out;
  write({ "fail2ban.local": `${server}compatversion = 1.0.2\n` });
  expect(reader.places(directory)).toMatchObject({ version: "1.0.2" });
  expect(streamStart()).toEqual(["set", "compatversion", "1.0.2"]);
  expect(shown("dump").out.filter((line) => !line.includes("loglevel"))).toEqual(
    dump.filter((line) => !line.includes("loglevel")),
  );
  write({ "fail2ban.local": `${server}compatversion = newest\n` });
  expect(reader.places(directory)).toMatchObject({ version: "1.1.0" });
  expect(streamStart()).toEqual(["set", "syslogsocket", "auto"]);
  expect(
    shown("start")
      .lines.map(({ text }) => text)
      .join("\n"),
  ).toContain(
    `${join(directory, "fail2ban.local")}:3:17: warning: 'compatversion' needs a version such as 1.0.2: found 'newest'`,
  );
});

test("the places come from fail2ban.conf, defaults filled in", () => {
  expect(reader.places(directory)).toMatchObject({
    places: { socket: "/run/x.sock", loglevel: "NOTICE", pidfile: "/var/run/fail2ban/fail2ban.pid" },
  });
});

test("a directory without fail2ban.conf, and none at all, say so", () => {
  rmSync(join(directory, "fail2ban.conf"));
  expect(reader.places(directory)).toEqual({ failure: "Read fail2ban configuration failed." });
  const failure = `Base configuration directory ${directory}/none does not exist `;
  expect(reader.places(`${directory}/none`)).toEqual({ failure });
});

test("a dump shows the stream, a start keeps it to itself, a test says OK", () => {
  expect(shown("dump").out).toContain("['start', 'alpha']");
  expect(shown("pretty").out).toEqual(shown("dump").out);
  expect(shown("start")).toMatchObject({ isUsable: true, out: [] });
  expect(shown("test").out).toEqual(["OK: configuration test is successful"]);
});

test("what the command line says wins", () => {
  const { stream } = reader.read(directory, { mode: "start", overrides: { loglevel: "DEBUG" } });
  expect(stream.map(({ words }) => words)).toContainEqual(["set", "loglevel", "DEBUG"]);
});

test("a jail that is not there stops a reload with the original's words", () => {
  const { lines, isUsable } = shown("start", "nosuch");
  expect(isUsable).toBe(false);
  expect(lines.at(-1)).toMatchObject({
    level: "ERROR",
    logger: "",
    text: "Failed during configuration: No section: 'nosuch'",
  });
});

test("a start without one good jail says so", () => {
  write({ "jail.conf": "[alpha]\nenabled = true\nfilter = nosuch\nlogpath = /x\n" });
  const { lines, isUsable } = shown("start");
  expect(isUsable).toBe(false);
  expect(lines.at(-1)).toMatchObject({ text: "Async configuration of server failed" });
});

test("a long command stands on several lines in a pretty dump", () => {
  const regexes = Array.from({ length: 30 }, (_, at) => `${at}${"x".repeat(40)}`);
  const lines = prettyCommand({ words: ["multi-set", "a", "addfailregex", regexes] }).split("\n");
  expect(lines).toHaveLength(33);
  expect(lines.slice(0, 4)).toEqual([
    "['multi-set',",
    " 'a',",
    " 'addfailregex',",
    ` ['0${"x".repeat(40)}',`,
  ]);
});
