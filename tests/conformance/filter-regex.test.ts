/**
 * `gaoler regex` held against the `fail2ban-regex` of Debian's package: every sample log of the package with its filter in every
 * option set that the samples name, and small filters of our own for sessions, several lines, ignoring and formats.
 *
 * Differences on purpose, besides those of `regex-sides.ts`, taken out of both sides before comparing:
 * - `192.030.0.6` in sshd's samples: a quad with leading zeros is no address, and what looks like an address and is none is
 *   never an ID;
 * - a line without a date takes over the time of one that the nearest year puts ahead;
 * - with `-L` and an early ignoreregex fail2ban counts lines twice and comes to a negative number of missed ones;
 * - of equal missed lines fail2ban takes the first out of the list when a later match claims one, gaoler the last.
 * @module
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  CONFIGURATION,
  comparable,
  type Ended,
  isMissing,
  ours,
  SAMPLES,
  suffix,
  theirs,
} from "./regex-sides.ts";

/** Lines on which the two differ on purpose. */
const LEFT_OUT = /192\.030\.0\.6/;

const scratch = isMissing ? "" : mkdtempSync(join(tmpdir(), "gaoler-conformance-regex-"));
afterAll(() => {
  if (scratch !== "") rmSync(scratch, { recursive: true, force: true });
});

/** The report with its lists of lines in order of their text. */
function sortedLists(ended: Ended): Ended {
  const out = ended.out.replaceAll(/(?<=line\(s\):\n)(?:\| {2}.*\n)+/g, (list) =>
    list
      .split("\n")
      .filter(Boolean)
      .sort()
      .map((line) => `${line}\n`)
      .join(""),
  );
  return { ...ended, out };
}

/**
 * Rows of lines without a date, without the time that they take over from a line before: a stamp that the nearest year puts ahead is
 * "not older than a minute" here.
 */
function withoutTakenTimes(ours: Ended, theirs: Ended): Ended {
  const rows = ours.out.split("\n");
  const wanted = theirs.out.split("\n");
  const taken = new Set<string>();
  const out = rows.map((row, index) => {
    const [, time = ""] = /\t(\d+\.\d+),\t/.exec(row) ?? [];
    const undated = row.replace(`\t${time},\t`, "\tNone,\t");
    if (time !== "" && taken.has(time) && undated === wanted[index]) return undated;
    taken.add(time);
    return row;
  });
  return { ...ours, out: out.join("\n") };
}

async function expectSame(argv: readonly string[]): Promise<Ended> {
  const [expected, found] = await Promise.all([theirs(argv), ours(argv)]);
  const [our, their] = [comparable(found), comparable(expected)];
  expect(sortedLists(withoutTakenTimes(our, their))).toEqual(sortedLists(their));
  return found;
}

type Options = Readonly<Record<string, string>>;

const optionsOf = (json: string): readonly Options[] => {
  const parsed: unknown = JSON.parse(json);
  return (Array.isArray(parsed) ? parsed : [parsed]).map((set: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(set)
        .filter(([key]) => !key.startsWith("test."))
        .map(([key, value]) => [key, String(value)]),
    ),
  );
};

/** The option sets that a sample log names, each once, none included. */
function optionSets(log: string): readonly string[] {
  const sets = new Set([""]);
  let common: Options = {};
  for (const line of log.split("\n")) {
    const [, kind, json] = /^#+ *(filterOptions|fileOptions): *(.*)$/.exec(line) ?? [];
    if (json === undefined) continue;
    const found = optionsOf(json);
    if (kind === "fileOptions") common = { ...common, ...found[0] };
    else {
      for (const options of found) {
        const all = Object.entries({ ...common, ...options }).map(([key, value]) => `${key}="${value}"`);
        if (all.length > 0) sets.add(`[${all.join(", ")}]`);
      }
    }
  }
  return [...sets];
}

/** The sample without the lines left out. */
function sampleFile(name: string): string {
  const text = readFileSync(join(SAMPLES, name), "latin1");
  if (!LEFT_OUT.test(text)) return join(SAMPLES, name);
  const path = join(scratch, name);
  const kept = text.split("\n").filter((line) => line.startsWith("#") || !LEFT_OUT.test(line));
  writeFileSync(path, kept.join("\n"), "latin1");
  return path;
}

const filters = isMissing
  ? []
  : readdirSync(SAMPLES).filter((name) => existsSync(join(CONFIGURATION, "filter.d", `${name}.conf`)));

test.skipIf(isMissing)(`the samples of the package are there${suffix}`, () => {
  expect(filters).toEqual(
    expect.arrayContaining(["sshd", "apache-auth", "apache-noscript", "pure-ftpd", "recidive"]),
  );
});

for (const name of filters) {
  const sets = optionSets(readFileSync(join(SAMPLES, name), "utf8"));
  for (const set of sets) {
    test(`the samples of ${name}${set} give the same report and the same rows`, async () => {
      const filter = `${join(CONFIGURATION, "filter.d", `${name}.conf`)}${set}`;
      const argv = ["-c", CONFIGURATION, "--usedns=no", sampleFile(name), filter];
      await expectSame(argv);
      await expectSame(["-o", "row", ...argv]);
    });
  }
}

test.skipIf(isMissing)(`an address with leading zeros is no failure here${suffix}`, async () => {
  const line = "Jun 21 16:47:48 h sshd[1]: Failed password for x from 192.030.0.6 port 1 ssh2";
  const filter = join(CONFIGURATION, "filter.d/sshd.conf");
  expect((await theirs(["-o", "id", line, filter])).out).toBe("192.030.0.6\n");
  expect((await ours(["-o", "id", line, filter])).out).toBe("");
});

// filters of our own

const STAMP = "Nov 20 10:00";
const OWN: Readonly<Record<string, { readonly filter: readonly string[]; readonly log: readonly string[] }>> =
  {
    session: {
      filter: [
        "prefregex = ^ h <F-MLFID>\\d+</F-MLFID>: <F-CONTENT>.+</F-CONTENT>$",
        "failregex = ^<F-NOFAIL>conn</F-NOFAIL> <ADDR>$",
        "            ^failed password for <F-USER>\\S+</F-USER>$",
        "            ^<F-NOFAIL>pam</F-NOFAIL> fail user=<F-USER>\\S+</F-USER>$",
        "            ^<F-MLFFORGET><F-MLFGAINED>accepted</F-MLFGAINED></F-MLFFORGET> for <F-USER>\\S+</F-USER>$",
        "            ^<F-MLFGAINED>gained</F-MLFGAINED> for <F-USER>\\S+</F-USER>$",
        "            ^<F-NOFAIL><F-MLFFORGET>closed</F-MLFFORGET></F-NOFAIL> by <ADDR>$",
        "            ^alt (?:u=<F-ALT_USER_1>\\S+</F-ALT_USER_1>|w=<F-ALT_USER>\\S+</F-ALT_USER>) <ADDR>$",
      ],
      log: [
        "h 1: conn 1.2.3.4",
        "h 1: failed password for root",
        "h 1: failed password for root",
        "h 2: failed password for root",
        "h 2: failed password for root",
        "h 2: conn 1.2.3.5",
        "h 3: conn 1.2.3.6",
        "h 3: pam fail user=bob",
        "h 3: accepted for bob",
        "h 3: failed password for bob",
        "h 4: conn 1.2.3.7",
        "h 4: pam fail user=a",
        "h 4: accepted for b",
        "h 4: conn 1.2.3.7",
        "h 5: closed by 1.2.3.8",
        "h 5: closed by 1.2.3.8",
        "h 6: alt u=a 1.1.1.1",
        "h 6: alt w=c 1.1.1.1",
        "h 6: conn 1.1.1.1",
        "h 7: failed password for bob",
        "h 7: gained for bob",
        "h 7: conn 1.2.3.9",
        "h 8: gained for bob",
        "h 8: failed password for bob",
        "h 8: closed by 1.2.3.9",
        "h 9: nothing",
      ],
    },
    several: {
      filter: [
        "failregex = ^ start id=(?P<__id>\\d+) from <HOST>$<SKIPLINES>^ end id=(?P=__id)$",
        "            \\n q2 <HOST>",
        "            ^ q4 <HOST>\\n\\n?$",
        "ignoreregex = ign",
        "maxlines = 5",
      ],
      log: [
        "start id=1 from 1.1.1.1",
        "noise",
        "start id=2 from 2.2.2.2",
        "end id=1",
        "end id=2",
        "start id=3 from 3.3.3.3",
        "start id=3 from 3.3.3.3",
        "end id=3",
        "end id=3",
        "a",
        "q2 1.1.1.1",
        "q4 1.1.1.3",
        "start id=4 from 1.1.1.4",
        "ign",
        "end id=4",
        "q4 1.1.1.5 ign",
      ],
    },
    early: {
      filter: [
        "failregex = ^ a <ADDR>",
        "            ^ b <ADDR>",
        "            ^ c <ADDR>",
        "            ^ (?:a|d) <ADDR> x",
        "ignoreregex = x$",
      ],
      log: ["a 1.1.1.1", "a 1.1.1.2 x", "d 1.1.1.3 x", "d 1.1.1.3 x y", "e"],
    },
    late: {
      filter: [
        "failregex = ^ a <ADDR>",
        "            ^ a <F-ID>\\S+</F-ID>",
        "            ^ (?:a|b) <ADDR> x$",
        "ignoreregex = x$",
        "              ^ c",
      ],
      log: ["a 1.1.1.1", "a 1.1.1.2 x", "b 1.1.1.3 x", "b 1.1.1.3 y", "a [::1]", "a ::ffff:1.2.3.4"],
    },
    ids: {
      filter: [
        "failregex = ^ s <SUBNET>",
        "            ^ f <F-ID>\\S+@<ADDR></F-ID>",
        "            ^ p <F-ID/> <F-PORT/>$",
        "            ^ t <F-ID>\\S+</F-ID> <F-TUPLE_ID>\\S+</F-TUPLE_ID>",
        "            ^ n <F-NOFAIL>\\S+</F-NOFAIL> <HOST>",
        "            ^ q (?P<q>.) <HOST>",
        "            ^ o(?: <ADDR>)?$",
      ],
      log: [
        "s 1.2.3.4/24",
        "s [2001:db8::5/32]",
        "s 1.2.3.4/0",
        "s 1.2.3.4/64",
        "f u@1.2.3.4",
        "p u@1.2.3.4 http",
        "p 1.2.3.4/255.255.0.0 x",
        "t a b",
        "n x 1.1.1.1",
        "q ' 1.1.1.2",
        'q " 1.1.1.3',
        "q \\ 1.1.1.4",
        "q é 1.1.1.5",
        "o",
        "o 1.1.1.6",
      ],
    },
  };

function ownFiles(name: string): { readonly log: string; readonly filter: string } {
  const { filter = [], log = [] } = OWN[name] ?? {};
  mkdirSync(join(scratch, "filter.d"), { recursive: true });
  const files = { log: join(scratch, `${name}.log`), filter: join(scratch, `filter.d/${name}.conf`) };
  writeFileSync(files.filter, `[Definition]\n${filter.join("\n")}\n`);
  const stamped = log.map((line, index) => `${STAMP}:${String(index % 60).padStart(2, "0")} ${line}\n`);
  writeFileSync(files.log, stamped.join(""));
  return files;
}

const RUNS: readonly (readonly string[])[] = [
  [],
  ["-v", "--print-all-matched"],
  ["--no-check-all"],
  ["-D", "-L", "3"],
  ["-o", "row"],
  ["-o", "id"],
  ["-o", "ip"],
  ["-o", "msg"],
  ["-o", "matches"],
  ["-o", "user"],
  ["-o", "<ip>|<fid>|<F-USER>|<F-ID>|<F-X>|<time>|<failures>|<matches>|<family>|<ip-rev>|<zz>"],
  ["-o", "<time>: <msg>"],
  ["-r", "-o", "row"],
];

for (const name of Object.keys(OWN)) {
  for (const options of RUNS) {
    if (name === "early" && options.includes("-L")) continue;
    test.skipIf(isMissing)(`own filter ${name} ${options.join(" ")}${suffix}`, async () => {
      const { log, filter } = ownFiles(name);
      await expectSame([...options, "-c", scratch, log, filter]);
    });
  }
}

const AT = `${STAMP}:01`;
const CALLS: readonly (readonly string[])[] = [
  [`${AT} x`, ""],
  [`${AT} x`, "common"],
  [`${AT} x`, "x(<IP4>"],
  [`${AT} x`, "^ a-<F-A-B>x</F-A-B> <IP4>"],
  [`${AT} x`, "<IP4> <IP4>"],
  [`${AT} x 1.1.1.1`, "^ x(?P<x>(?i)b) <IP4>"],
  ["-o", "row", `${AT} aB 1.1.1.1`, "^ a((?i)b) <HOST>"],
  ["-o", "row", "x 1.2.3.4", "^x <HOST>"],
  ["-o", "row", "2026-11-31 10:00:00 x 1.1.1.1", "^ x <ADDR>"],
  ["-o", "row", "2026-11-20 10:00:00 +0200 x 1.1.1.1", "^ x <ADDR>"],
  ["-o", "row", "-d", "{NONE}", "x 1.1.1.1", "^x <ADDR>"],
  ["-d", "%b %d %H:%M:%S", `${AT} x 1.1.1.1`, "^ x <ADDR>"],
  ["--TZ", "foo", "x", "<ADDR>"],
  ["--TZ", "UTC+0200", "-o", "row", `${AT} x 1.1.1.1`, "x <ADDR>"],
  ["--datepattern=%Q", "x", "<ADDR>"],
  ["nosuchfile.log", "x <ADDR>"],
  [`${AT} x 1.1.1.1\n\n#c\na\nb\nc\nd`, "^ x <ADDR>", "ign"],
  ["-e", "latin-1", "-o", "row", `${AT} x 1.1.1.1`, "^ x <ADDR>"],
  ["-c", "/nonexistent", "x", "sshd"],
];

for (const argv of CALLS) {
  test.skipIf(isMissing)(`call ${JSON.stringify(argv)}${suffix}`, async () => {
    await expectSame(argv);
  });
}
