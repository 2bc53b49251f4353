/**
 * The command line of `gaoler regex` held against `fail2ban-regex` of Debian's package, on logs and filters of our own: every
 * option alone and with others, every form of LOG, REGEX and IGNOREREGEX, every format of `-o`, every exit code. Compared are
 * standard output, what kind of complaint stands on standard error, and the exit code.
 *
 * Differences on purpose, besides those of `regex-sides.ts` and those pinned in `ON_PURPOSE`:
 * - messages of `-l` go to stderr here, into the report there: left out of both;
 * - the texts of `--help` and of the versions are each one's own: only their place is compared.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { comparable, type Ended, isMissing, ours, suffix, theirs } from "./regex-sides.ts";

const scratch = isMissing ? "" : mkdtempSync(join(tmpdir(), "gaoler-conformance-command-"));
afterAll(() => {
  if (scratch !== "") rmSync(scratch, { recursive: true, force: true });
});

const AT = "Nov 20 10:00:0";
const LOG = [
  `${AT}1 h app[1]: fail from 1.2.3.4 user=bob`,
  `${AT}2 h app[1]: fail from 1.2.3.5 user=al`,
  "# comment from 1.1.1.1",
  "",
  `${AT}3 h app[1]: ok from 1.2.3.4`,
  `${AT}4 h app[1]: fail from 10.0.0.1 user=ign`,
  `${AT}5 h app[1]: again fail from 2001:db8::1 user=z`,
  "no date fail from 9.9.9.9 user=u",
  "2026-11-31 10:00:00 fail from 9.9.9.8 user=v",
];
const lines = (count: number, text: string): string =>
  Array.from({ length: count }, (_, index) => `${AT}1 ${text} ${index}\n`).join("");

/** Files of the logs, by name. */
const LOGS: Readonly<Record<string, string | Buffer>> = {
  "a.log": LOG.map((line) => `${line}\n`).join(""),
  "empty.log": "",
  "comments.log": "# a\n\n#b\n",
  "half.log": `${AT}1 x 1.1.1.1\n${AT}2 x 1.1.1.2`,
  "only-half.log": `${AT}1 x 1.1.1.1`,
  "crlf.log": `${AT}1 x 1.1.1.1\r\n${AT}2 x\r1.1.1.2\r\n\r\n${AT}3 y\r\r\n`,
  "bom.log": `\ufeff${AT}1 x 1.1.1.1\n${AT}2 x 1.1.1.2\n`,
  "latin.log": Buffer.from(`${AT}1 x \xe9t\xe9 1.1.1.1\n${AT}2 y \xfc 1.1.1.2\n`, "latin1"),
  "binary.log": Buffer.from([
    0x78, 0x00, 0x01, 0xff, 0xfe, 0x20, 0x31, 0x2e, 0x31, 0x2e, 0x31, 0x2e, 0x31, 0x0a,
  ]),
  "utf16.log": Buffer.from(`${AT}1 x \u010a 1.1.1.1\n${AT}2 x 1.1.1.2\n`, "utf16le"),
  "odd.log": `${AT}1 x 1.1.1.1 \u2028 \u0085 \x0b \x0c end\n${AT}2 x 1.1.1.2 \x1c \u00a0\n`,
  "long.log": `${AT}1 x 1.1.1.1 ${"y".repeat(100_000)}\n${AT}2 x 1.1.1.2\n`,
  "many.log": lines(25, "miss") + lines(25, "x 1.1.1.1 ign") + lines(25, "x 1.1.1.1"),
  "nineteen.log": lines(19, "miss"),
  "twenty.log": lines(20, "miss"),
  "quotes.log": `${AT}1 x 1.1.1.1 user=a'b\n${AT}2 x 1.1.1.2 user=a"b\n${AT}3 x 1.1.1.3 user=a'"\\\t\x01é😀\n`,
  "dates.log": [
    "2026-11-20 10:00:01 x 1.1.1.1",
    "20/Nov/2026:10:00:02 +0100 x 1.1.1.2",
    "1795165203 x 1.1.1.3",
    "@4000000067a1b2c30ee6b280 x 1.1.1.4",
    "[Fri Nov 20 10:00:04 2026] x 1.1.1.5",
    "2026-11-20T10:00:05.123Z x 1.1.1.6",
    "",
  ].join("\n"),
  "several.log": `${AT}1 start 1.1.1.1\n${AT}2 noise\n${AT}3 end\n${AT}4 end\n`,
};

/** Filter files, by path below the configuration. */
const FILES: Readonly<Record<string, string>> = {
  "filter.d/plain.conf": "[Definition]\nfailregex = fail from <ADDR> user=<F-USER>\\S+</F-USER>\n",
  "filter.d/args.conf": "[Definition]\nfailregex = ^ <word> <ADDR>\nword = x\n[Init]\nother = 1\n",
  "filter.d/pre.conf":
    "[Definition]\nprefregex = ^ h app\\[\\d+\\]: <F-CONTENT>.+</F-CONTENT>$\nfailregex = ^fail from <ADDR>\n            ^again fail from <ADDR> user=<F-USER>.*</F-USER>$\n",
  "filter.d/late.conf": "[Definition]\nfailregex = fail from <ADDR>\nignoreregex =\n",
  "jail.conf": "[DEFAULT]\naction =\n[door]\nfilter = args\n",
  "filter.d/ignoring.conf": "[Definition]\nfailregex = x <ADDR>\nignoreregex = x\n",
  "filter.d/lines.conf": "[Definition]\nfailregex = ^ start <ADDR>$<SKIPLINES>^ end$\nmaxlines = 3\n",
  "filter.d/dated.conf": "[Definition]\nfailregex = x <ADDR>\ndatepattern = ^%%Y-%%m-%%d %%H:%%M:%%S\n",
  "filter.d/journal.conf": "[Definition]\nfailregex = x <ADDR>\njournalmatch = _COMM=app + _UID=0\n",
  "filter.d/nothing.conf": "[Definition]\nfailregex =\nignoreregex = x\n",
  "filter.d/local.conf": "[Definition]\nfailregex = never <ADDR>\n",
  "filter.d/local.local": "[Definition]\nfailregex = x <ADDR>\n",
  "filter.d/only.local": "[Definition]\nfailregex = x <ADDR>\n",
  "filter.d/broken.conf": "[Definition]\nfailregex = x(<ADDR>\n",
  "filter.d/noid.conf": "[Definition]\nfailregex = x y\n",
  "filter.d/badignore.conf": "[Definition]\nfailregex = x <ADDR>\nignoreregex = (\n",
  "filter.d/baddate.conf": "[Definition]\nfailregex = x <ADDR>\ndatepattern = %%Q\n",
  "filter.d/interpolation.conf": "[Definition]\nfailregex = x <ADDR> %(nosuch)s\n",
  "filter.d/included.conf": "[INCLUDES]\nbefore = common-own.conf\n[Definition]\nfailregex = %(_x)s <ADDR>\n",
  "filter.d/common-own.conf": "[DEFAULT]\n_x = x\n",
  "elsewhere/alone.conf": "[Definition]\nfailregex = x <ADDR>\n",
  "elsewhere/foreign.conf": "[Definition]\nfailregex = x <ADDR>\n",
  "elsewhere/foreign.local": "[Definition]\nfailregex = never <ADDR>\n",
  "elsewhere/filter.d/other.conf": "[Definition]\nfailregex = x <ADDR>\n",
  "elsewhere/bad.conf": "[Definition]\nfailregex = x <ADDR> %(nosuch)s\n",
  "elsewhere/noise.conf": "no section here\n",
};

beforeAll(() => {
  if (isMissing) return;
  for (const folder of ["filter.d", "elsewhere/filter.d", "folder"])
    mkdirSync(join(scratch, folder), { recursive: true });
  for (const [name, text] of Object.entries(LOGS)) writeFileSync(join(scratch, name), text);
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(scratch, name), text);
});

/** `@name` stands for the file or folder of that name. */
const wordsOf = (argv: readonly string[]): readonly string[] =>
  argv.map((word) => (word.startsWith("@") ? join(scratch, word.slice(1)) : word));

/** Messages of `-l`, which stand in the report there. */
const MESSAGE = /^\d{4}-\d\d-\d\d [\d:,]+ fail2ban\..*\n(?:' using .*\n)?/gm;

function prepared(ended: Ended, argv: readonly string[]): Ended {
  const same = comparable(ended);
  const isHelp = same.out.startsWith("Usage: ");
  const isVersion =
    /^(?:fail2ban-regex )?\d[\w.]+\n$/.test(same.out) && argv.some((word) => /V|version/.test(word));
  const out = isHelp || isVersion ? "its own\n" : same.out.replaceAll(MESSAGE, "");
  const asksForMessages = argv.some((word) => /^(?:-l|--log-level)/.test(word));
  return { ...same, out, complaint: asksForMessages && same.code === 0 ? "" : same.complaint };
}

const C = ["-c", "@"] as const;
const FAIL = "fail from <ADDR> user=<F-USER>\\S+</F-USER>";
const X = "x <ADDR>";

const CALLS: readonly (readonly string[])[] = [
  // counts of words, help, versions, mistakes in options
  [],
  ["x"],
  ["a", "b", "c", "d"],
  ["-h"],
  ["--help", "--nosuch"],
  ["--nosuch", "--help"],
  ["-V"],
  ["--version"],
  ["--version", "a", "b"],
  ["--nosuch", "x", X],
  ["-Z", "x", X],
  ["-vZ", "x", X],
  ["--ver", "x", X],
  ["--print-a", "x", X],
  ["--print-all-ma", "@a.log", FAIL],
  ["--raw=1", "x", X],
  ["-L", "a", "x", X],
  ["-L", "1.5", "x", X],
  ["-L", "0x10", "x", X],
  ["-L", "0b11", "x", X],
  ["-L", "010", "x", X],
  ["-L", "08", "x", X],
  ["-L", " 7 ", "x", X],
  ["-L", "1_0", "x", X],
  ["-L", "-3", "x", X],
  ["-L", "0", "x", X],
  ["-vV", "--nosuch"],
  ["--version", "--nosuch"],
  ["--nosuch", "-V"],
  ["--verbosity=-1", "-v", "@a.log", FAIL],
  ["-L"],
  ["--verbosity=no", "x", X],
  ["--print-no-missed", "--print-all-missed", "x", X],
  ["--print-no-ignored", "--print-all-ignored", "x", X],
  ["--print-no-ignored", "--print-all-missed", "@a.log", FAIL, "ign"],
  ["--", "-x 1.1.1.1", X],
  ["x 1.1.1.1", "--", X],
  ["@a.log", "-r", FAIL, "--print-all-matched"],
  // LOG
  ["@a.log", FAIL],
  ["@a.log", FAIL, "user=ign"],
  ["@empty.log", X],
  ["@comments.log", X],
  ["@half.log", X],
  ["@only-half.log", X],
  ["@crlf.log", "--print-all-matched", "x\\s<ADDR>$"],
  ["@bom.log", "--print-all-matched", X],
  ["@latin.log", X],
  ["@latin.log", "-o", "row", "(?:x|y) (?P<word>\\S+) <ADDR>"],
  ["@latin.log", "-e", "latin-1", "-o", "row", "(?:x|y) (?P<word>\\S+) <ADDR>"],
  ["@latin.log", "--encoding=cp1252", "--print-all-matched", "x \\S+ <ADDR>"],
  ["@latin.log", "-e", "ascii", "-o", "msg", "x \\S+ <ADDR>"],
  ["@utf16.log", "-e", "utf-16le", "-o", "row", "x <ADDR>"],
  ["-e", "nosuch", "@a.log", FAIL],
  ["-e", "nosuch", "x 1.1.1.1", X],
  ["-e", "UTF8", "@a.log", FAIL],
  ["@binary.log", "x.* <ADDR>"],
  ["@binary.log", "-o", "row", "x(?P<rest>.*) <ADDR>"],
  ["@odd.log", "--print-all-matched", X],
  ["@odd.log", "-o", "row", "x <ADDR>(?P<rest>.*)$"],
  ["@long.log", "-o", "id", X],
  ["@many.log", X, "ign"],
  ["@many.log", "--print-all-missed", X, "ign"],
  ["@many.log", "--print-all-ignored", X, "ign"],
  ["@many.log", "--print-all-matched", X, "ign"],
  ["@many.log", "--print-no-missed", "--print-no-ignored", X, "ign"],
  ["@nineteen.log", X],
  ["@twenty.log", X],
  ["@nineteen.log", "-L", "5", X],
  ["@twenty.log", "-L", "25", X],
  ["@folder", X],
  ["@nosuch.log", X],
  ["-", X],
  ["", X],
  [" ", X],
  [`${AT}1 x 1.1.1.1`, X],
  [`${AT}1 x 1.1.1.1\n`, X],
  [`${AT}1 x 1.1.1.1\n\n#c\n${AT}2 y`, X],
  [`${AT}1 x 1.1.1.1\r\n${AT}2 x 1.1.1.2`, "-o", "row", `${X}(?P<rest>\\s*)$`],
  ["a\nb\nc\nd\ne", X],
  ["a\nb\nc\nd\ne\nf", X],
  ["#x 1.1.1.1", X],
  [`x ${"y".repeat(100)} 1.1.1.1`, `x ${"y".repeat(100)} <ADDR>`],
  ["x".repeat(53), X],
  ["x".repeat(54), X],
  // REGEX and IGNOREREGEX
  [...C, "@a.log", "plain"],
  [...C, "@a.log", "plain.conf"],
  [...C, "@a.log", "@filter.d/plain.conf"],
  [...C, "@a.log", "@filter.d/plain"],
  ["@a.log", "@filter.d/plain.conf"],
  [...C, "@a.log", "pre"],
  [...C, "-v", "@a.log", "pre"],
  [...C, "-o", "row", "@a.log", "pre"],
  [...C, "@half.log", "args"],
  [...C, "@half.log", "args[word=y]"],
  [...C, "-vv", "@half.log", 'args[word="y", other=2]'],
  [...C, "-vvv", "@half.log", "args"],
  [...C, "@half.log", "args[word]"],
  [...C, "@half.log", "args[x y]"],
  [...C, "@half.log", "args[word=y"],
  [...C, "@half.log", "args[]"],
  [...C, "@half.log", "@filter.d/args.conf[word=x]"],
  [...C, "@a.log", "late", "user=ign"],
  [...C, "@several.log", "lines"],
  [...C, "-L", "2", "@several.log", "lines"],
  [...C, "-v", "@several.log", "lines"],
  [...C, "@dates.log", "dated"],
  [...C, "-d", "{^LN-BEG}", "@dates.log", "dated"],
  [...C, "@half.log", "journal"],
  [...C, "@half.log", "nothing"],
  [...C, "@half.log", "local"],
  [...C, "@half.log", "only"],
  [...C, "@half.log", "broken"],
  [...C, "@half.log", "noid"],
  [...C, "@half.log", "badignore"],
  [...C, "@half.log", "interpolation"],
  [...C, "@half.log", "included"],
  [...C, "@half.log", "nosuch"],
  [...C, "@half.log", "nosuch[a=b]"],
  [...C, "@half.log", "filter.d/nosuch.conf"],
  [...C, "@half.log", "@elsewhere/alone.conf[a=b]"],
  [...C, "@half.log", "@elsewhere/bad.conf"],
  [...C, "@half.log", "@elsewhere/filter.d/other.conf"],
  [...C, "@half.log", "@elsewhere/noise.conf"],
  ["-c", "@nosuch", "@half.log", "plain"],
  ["-c", "@filter.d", "@half.log", "plain"],
  ["@half.log", "/x <ADDR>"],
  ["@half.log", "/x/<ADDR>"],
  ["@half.log", ""],
  ["@half.log", " "],
  ["@half.log", "x(<ADDR>"],
  ["@half.log", "x y"],
  ["@half.log", "<HOST> <HOST>"],
  ["@half.log", X, ""],
  ["@half.log", X, "("],
  ["@half.log", X, "1$"],
  ["@half.log", X, "<HOST>"],
  ["@half.log", X, "@filter.d/plain.conf"],
  ["@half.log", `${X}${"(?:y)?".repeat(20)}`],
  ["@half.log", `x <ADDR>${"y?".repeat(10)}`, "z".repeat(60)],
  ["@half.log", "x <HOST>\nx <IP4>"],
  // dates
  ["-d", "%Y-%m-%d %H:%M:%S", "@dates.log", X],
  ["--datepattern=EPOCH", "@dates.log", X],
  ["-d", "{^LN-BEG}TAI64N", "@dates.log", X],
  ["-d", "{NONE}", "@dates.log", X],
  ["-d", "^%Y-%m-%d\n^EPOCH\n%d/%b/%Y", "@dates.log", X],
  ["-d", "%Q", "@dates.log", X],
  ["-d", "", "@dates.log", X],
  ["-v", "@dates.log", X],
  ["--TZ", "UTC+0500", "-o", "<time> <ip>", "@dates.log", X],
  ["--timezone=GMT-0230", "-o", "<time> <ip>", "@a.log", FAIL],
  ["--TZ", "Europe/Berlin", "@a.log", FAIL],
  ["--TZ", "", "@a.log", FAIL],
  ["--VD", "@dates.log", X],
  ["--verbose-date", "@a.log", FAIL],
  ["-v", "--VD", "@dates.log", X],
  ["-v", "--VD", "-d", "EPOCH", "@dates.log", X],
  ["--VD", "-d", "%Y-%m-%d %H:%M:%S", "@dates.log", X],
  ["--VD", "-d", "{NONE}", "@dates.log", X],
  // how much is told
  ["-v", "@a.log", FAIL, "ign"],
  ["-vv", "@a.log", FAIL, "ign"],
  ["-vvv", "@a.log", FAIL],
  ["-vvvv", "@a.log", FAIL],
  ["--verbosity=1", "@a.log", FAIL],
  ["--verbosity", "0", "-v", "@a.log", FAIL],
  ["-v", "--verbosity", "0", "@a.log", FAIL],
  ["-v", "@a.log", "fail from <ADDR>\nfrom <ADDR>"],
  ["-D", "@a.log", FAIL],
  ["-D", "--print-all-matched", "@a.log", FAIL, "ign"],
  ["-D", "-L", "9", "@several.log", "start <ADDR>"],
  ["-l", "error", "@a.log", FAIL],
  ["-l", "INFO", "@a.log", FAIL],
  ["-l", "nosuch", "@a.log", FAIL],
  ["-t", "@a.log", FAIL],
  ["--full-traceback", "@a.log", FAIL],
  ["-t", "-v", "@a.log", FAIL],
  ["--no-check-all", "@a.log", FAIL],
  [...C, "--no-check-all", "-v", "@a.log", "pre"],
  ["-m", "_COMM=x", "@a.log", FAIL],
  ["--journalmatch=_COMM='x", "@a.log", FAIL],
  // names
  ["--usedns=no", "x localhost", "x <HOST>"],
  ["--usedns=raw", "-o", "row", "x some.name", "x <HOST>"],
  ["--usedns=NO", "x some.name", "x <HOST>"],
  ["-r", "-o", "row", "x some.name", "x <HOST>"],
  ["--usedns=no", "-r", "-o", "row", "x some.name", "x <HOST>"],
  ["--usedns=RAW", "-o", "row", "x some.name", "x <HOST>"],
  ["-r", "--usedns=no", "-o", "row", "x some.name", "x <HOST>"],
  ["-o", "row", "x localhost", "x <HOST>"],
  // formats
  ...[
    "row",
    "id",
    "fid",
    "ip",
    "ip4",
    "ip6",
    "msg",
    "user",
    "host",
    "matches",
    "time",
    "failures",
    "dns",
    "F-USER",
    "no such",
    " ",
    "%",
    "%s",
    "<",
    ">",
    "<>",
    "<ip",
    "<ip>",
    "<ip> <ip>",
    "<IP>",
    "<fid>",
    "<F-ID>",
    "<F-USER>",
    "<F-user>",
    "<F-NOSUCH>",
    "<F-*>",
    "<F-MSG>",
    "<msg>",
    "<msg>|<msg>",
    "<ip>: <msg>\\n",
    "<time>",
    "<matches>",
    "<family> <ip-rev> <nosuch>",
    "<jail.name> <fq-hostname-not>",
    "<ip><br>\n<time>",
    "é <F-USER> 😀",
    "<host> <user>",
    "<sp>|<br>|<lt>|<tab>|<nl>",
    "<failures>",
  ].map((format) => ["-o", format, "@a.log", FAIL, "ign"]),
  ["-o", "", "@a.log", FAIL],
  ["-orow", "@quotes.log", "x <ADDR> user=<F-USER>.*</F-USER>$"],
  ["--out=msg", "@quotes.log", "x <ADDR>"],
  ["-o", "<F-USER>|<matches>|<F-*>", "@quotes.log", "x <ADDR> user=<F-USER>.*</F-USER>$"],
  ["-o", "matches", "@quotes.log", "x <ADDR>"],
  ["-o", "row", "-v", "@a.log", FAIL],
  ["-o", "row", "--print-all-missed", "@a.log", FAIL],
  ["-o", "id", "x(", "("],
  ["-o", "id", "@nosuch.log", X],
  [...C, "-o", "row", "@several.log", "lines"],
  [...C, "-o", "<ip>:<msg>", "@several.log", "lines"],
];

/** Where the two differ on purpose: what theirs ends with, and what is here. */
const ON_PURPOSE: readonly {
  readonly argv: readonly string[];
  readonly theirs: number;
  readonly code: number;
  readonly out: string;
  readonly reason: string;
}[] = [
  {
    argv: [...C, "@a.log", "plain.local"],
    theirs: 255,
    code: 0,
    out: "filter file : plain, basedir: ",
    reason: "1.1: NAME.local names a filter",
  },
  {
    argv: [...C, "@a.log", "filter.d/plain.conf"],
    theirs: 255,
    code: 0,
    out: "filter file : plain, basedir: ",
    reason: "1.1: filter.d/ is below the configuration",
  },
  {
    argv: [...C, "@a.log", "filter.d/plain"],
    theirs: 255,
    code: 0,
    out: "filter file : plain, basedir: ",
    reason: "1.1: filter.d/ is below the configuration",
  },
  {
    argv: [...C, "@half.log", "@elsewhere/foreign.conf"],
    theirs: 0,
    code: 0,
    out: "Failregex: 1 total",
    reason: "1.1: a foreign file is read alone, without the .local beside it",
  },
  {
    argv: ["@half.log", "@elsewhere/alone"],
    theirs: 255,
    code: 0,
    out: "Failregex: 1 total",
    reason: "a foreign file is found without its ending, too",
  },
  {
    argv: [...C, "@half.log", "baddate"],
    theirs: 1,
    code: 255,
    out: "ERROR: Failed to set datepattern '%Q'",
    reason: "1.1: a mistake in the filter's datepattern is said",
  },
  {
    argv: ["-d", "(", "@dates.log", X],
    theirs: 1,
    code: 255,
    out: "ERROR: Failed to set datepattern '('",
    reason: "a datepattern that is no regex is said before the first line",
  },
  {
    argv: ["-e", "auto", "@half.log", X],
    theirs: 1,
    code: 0,
    out: "Failregex: 1 total",
    reason: "auto is the locale's encoding, as in a jail",
  },
  {
    argv: [...C, "@half.log", "ignoring", "zzz"],
    theirs: 0,
    code: 0,
    out: "0 ignored, 1 matched",
    reason: "1.1: IGNOREREGEX replaces those of the filter",
  },
  {
    argv: ["-i", "-o", "msg", "@a.log", FAIL],
    theirs: 2,
    code: 0,
    out: "ok from 1.2.3.4",
    reason: "1.1: -i",
  },
  {
    argv: [...C, "@half.log", "door"],
    theirs: 255,
    code: 0,
    out: "Use             jail : door",
    reason: "1.1: the name of a jail",
  },
  {
    argv: ["-o", "<bantime> <bancount> <restored>", "@half.log", X],
    theirs: 1,
    code: 0,
    out: "600 0 0",
    reason: "values of a ban are those of no ban",
  },
  {
    argv: ["-o", "<ipfailures> <ipmatches>", "@half.log", X],
    theirs: 1,
    code: 0,
    out: `0 ${AT}1 x 1.1.1.1`,
    reason: "there is no database: the ticket's own values",
  },
];

for (const { argv, reason, ...expected } of ON_PURPOSE) {
  test.skipIf(isMissing)(`on purpose ${JSON.stringify(argv)}: ${reason}${suffix}`, async () => {
    const words = wordsOf(argv);
    const [their, our] = await Promise.all([theirs(words), ours(words)]);
    expect(their.code).toBe(expected.theirs);
    if (their.code === 0) expect(their.out).not.toContain(expected.out);
    expect(our.code).toBe(expected.code);
    expect(our.out).toContain(expected.out);
  });
}

for (const argv of CALLS) {
  test.skipIf(isMissing)(`${JSON.stringify(argv)}${suffix}`, async () => {
    const words = wordsOf(argv);
    const [expected, found] = await Promise.all([theirs(words), ours(words)]);
    expect(prepared(found, words)).toEqual(prepared(expected, words));
  });
}
