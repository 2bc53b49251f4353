/**
 * `gaoler regex --explain`: what is said of a line that is no failure.
 * @module
 */
import { expect, test } from "vitest";
import { regexWorld } from "./regex-trial.ts";

const { file, run, runWith } = regexWorld();

/** The explanation of the only line of a list. */
async function explained(...argv: readonly string[]): Promise<string> {
  const { out } = await run("--explain", "--print-all-matched", ...argv);
  const list = out.slice(out.indexOf("line(s):\n")).split("\n").slice(2, -2);
  return list.map((row) => row.slice("|      ".length)).join("\n");
}

const STAMP = "Nov 20 10:00:01";
const DATE = `date       '${STAMP}' is 2026-11-20 10:00:01 by {^LN-BEG}(?:DAY )?MON Day %k:Minute:…`;
const UNDATED = "date       none found; the line is searched whole";

const cases = [
  {
    name: "the place where a regex stopped, and the piece that does not fit",
    argv: [`${STAMP} fail from 1.2.3.4 usr=bob`, "^ fail from <HOST> user=<F-USER>\\S+</F-USER>$"],
    text: `${DATE}
failregex  does not match; it stops here:
            fail from 1.2.3.4 usr=bob
           ~~~~~~~~~~~~~~~~~~~~~^ 'er=' does not fit here
           ^ fail from <HOST> user=<F-USER>\\S+</F-USER>$
                                ^^^`,
  },
  {
    name: "a piece within a tag is the tag",
    argv: ["fail from ?", "^fail from <HOST>"],
    text: `${UNDATED}
failregex  does not match; it stops here:
           fail from ?
           ~~~~~~~~~~^ '<HOST>' does not fit here
           ^fail from <HOST>
                      ^^^^^^`,
  },
  {
    name: "a text that ends too early",
    argv: ["fail", "^fail from <HOST>"],
    text: `${UNDATED}
failregex  does not match; it stops here:
           fail
           ~~~~^ the text ends, ' from ' should follow
           ^fail from <HOST>
                ^^^^^^`,
  },
  {
    name: "wide characters, control characters and a long text",
    argv: [`漢\u001b ${"x".repeat(100)}!`, "^漢\\S x+<IP4>"],
    text: `${UNDATED}
failregex  does not match; it stops here:
           …${"x".repeat(60)}!
            ${"~".repeat(60)}^ '<IP4>' does not fit here
           ^漢\\S x+<IP4>
                   ^^^^^`,
  },
  {
    name: "wide characters take two columns",
    argv: ["漢\u001b a", "^漢\\S b<HOST>"],
    text: `${UNDATED}
failregex  does not match; it stops here:
           漢␛ a
           ~~~~^ 'b' does not fit here
           ^漢\\S b<HOST>
                 ^`,
  },
  {
    name: "something like a date",
    argv: ["2026-13-20 10:00:00 x 1.1.1.1", "x <ADDR>"],
    text: `date       none found; the line is searched whole. The template that comes furthest:
           {^LN-BEG}ExYear(?P<_sep>[-/.])Month(?P=_sep)Day(?:T|  ?)24ho…
           2026-13-20 10:00:00 x 1.1.1.1
           ~~~~~~^ does not fit here
failregex  number 1 matches: 1.1.1.1`,
  },
  {
    name: "the form of a date without a meaning",
    argv: ["2026-11-31 10:00:00 x", "y <ADDR>"],
    text: `date       '2026-11-31 10:00:00' is none, though of the form {^LN-BEG}ExYear(?P<_sep>[-/.])Month(…
failregex  does not match; it stops here:
            x
           ^ 'y ' does not fit here
           y <ADDR>
           ^^`,
  },
  {
    name: "no date is looked for",
    argv: ["-d", "{NONE}", "x 1.1.1.1", "x <ADDR>"],
    text: "date       none is looked for; the line is searched whole\nfailregex  number 1 matches: 1.1.1.1",
  },
  {
    name: "a text that looks like an address and is none",
    argv: ["x 999.1.1.1", "x <ADDR>"],
    text: `${UNDATED}\nfailregex  number 1 matches, but '999.1.1.1' looks like an address and is none`,
  },
  {
    name: "a name with usedns = no",
    argv: ["--usedns=no", "x a.example", "x <F-DNS/>"],
    text: `${UNDATED}\nfailregex  number 1 matches, but 'a.example' is a name, and usedns is no`,
  },
  {
    name: "a name without an address",
    argv: ["x a.example", "x <HOST>"],
    text: `${UNDATED}\nfailregex  number 1 matches, but the name 'a.example' has no address`,
  },
  {
    name: "a regex that captured nobody",
    argv: ["x", "^x(?: <ADDR>)?$"],
    text: `${UNDATED}\nfailregex  number 1 matches, but captured nobody: no address, name or id took part`,
  },
  {
    name: "an ignored line",
    argv: ["x 1.1.1.1 ign", "x <ADDR>", "ign"],
    text: `${UNDATED}\nignored    by ignoreregex 1: ign`,
  },
  {
    name: "a harmless line",
    argv: ["x 1.1.1.1", "^<F-NOFAIL>x</F-NOFAIL> <ADDR>"],
    text: `${UNDATED}\nfailregex  number 1 matches; the line is harmless by itself (nofail)`,
  },
  {
    name: "a line that waits for its session",
    argv: ["1: x", "^<F-MLFID>\\d+</F-MLFID>: x"],
    text: `${UNDATED}\nfailregex  number 1 matches; the line waits for one of its session that has an address`,
  },
] as const;

for (const { name, argv, text } of cases) {
  test(name, async () => {
    expect(await explained(...argv)).toBe(text);
  });
}

test("of several failregexes the one that finds most of its words is shown", async () => {
  file(
    "filter.d/three.conf",
    "[Definition]",
    "failregex = ^Invalid user \\S+ from <ADDR>$",
    "            ^.*zzz <ADDR>$",
    "            ^Failed \\S+ for (?:invalid user )?\\S+ from <ADDR>: bye$",
  );
  const text = await explained("Failed password for bob from 1.1.1.1: by", "three");
  expect(text).toContain("failregex  none matches; number 3 of 3 comes furthest and stops here:");
  expect(text).toContain("'e' should follow");
  expect(await explained("Server listening", "three")).toContain("none matches or comes near");
});

test("the prefregex that stopped, or what it left", async () => {
  file(
    "filter.d/prefix.conf",
    "[Definition]",
    "prefregex = ^<F-MLFID>\\S+</F-MLFID> app: <F-CONTENT>.+</F-CONTENT>$",
    "failregex = ^no <ADDR>$",
  );
  expect(await explained("h ap: x", "prefix")).toBe(`${UNDATED}
prefregex  does not match; it stops here:
           h ap: x
           ~~~~^ 'p: ' does not fit here
           ^<F-MLFID>\\S+</F-MLFID> app: <F-CONTENT>.+</F-CONTENT>$
                                     ^^^`);
  expect(await explained("h app: na", "prefix")).toBe(`${UNDATED}
prefregex  matches and leaves 'na'
failregex  does not match; it stops here:
           na
           ~^ 'o ' does not fit here
           ^no <ADDR>$
             ^^`);
});

test("a regex over several lines is held against those that it would see", async () => {
  const argv = ["--print-all-missed", "-L", "3", "start 1.1.1.1\nnoise\nemd"];
  const { out } = await run("--explain", ...argv, "^start <ADDR>$<SKIPLINES>^end$");
  expect(out).toContain("start 1.1.1.1␊noise␊emd\n");
  expect(out).toContain("~~~~~^ 'nd' does not fit here");
});

test("too long a list is explained in its beginning", async () => {
  const lines = Array.from({ length: 25 }, (_, index) => `y${index}`).join("\n");
  const { out } = await run("--explain", lines, "^x <ADDR>");
  expect(out).toContain("|- Missed line(s), the first 19 of 25:\n|  y0\n");
  expect(out.match(/does not fit/g)).toHaveLength(19);
  expect(out).toContain("Missed line(s): too many to print.  Use --print-all-missed to print all 25 lines");
  const all = await run("--explain", "--print-all-missed", lines, "^x <ADDR>");
  expect(all.out.match(/does not fit/g)).toHaveLength(25);
  const none = await run("--explain", "--print-no-missed", lines, "^x <ADDR>");
  expect(none.out).not.toContain("does not fit");
});

test("as data beside missed lines", async () => {
  const { out } = await run("--json", "--explain", `${STAMP} 😀 fail x`, "^ 😀 fail <ADDR>");
  expect(JSON.parse(out).missed).toEqual([
    {
      line: 1,
      text: `${STAMP} 😀 fail x`,
      explain: {
        date: { found: true, text: STAMP, at: 1795168801, template: expect.stringContaining("MON Day") },
        content: null,
        why: "failregex",
        failregex: 1,
        stop: {
          text: " 😀 fail x",
          from: 0,
          at: 8,
          regex: "^ 😀 fail <ADDR>",
          piece: "<ADDR>",
          pieceAt: 9,
        },
      },
    },
  ]);
});

test("as data only as many are explained as would be printed", async () => {
  const lines = Array.from({ length: 25 }, (_, index) => `y${index}`).join("\n");
  const explainedOf = async (...argv: readonly string[]): Promise<number> =>
    JSON.parse((await run("--json", "--explain", ...argv, lines, "^x <ADDR>")).out).missed.filter(
      (entry: object) => "explain" in entry,
    ).length;
  expect(await explainedOf()).toBe(19);
  expect(await explainedOf("--print-all-missed")).toBe(25);
});

test("colours only where there are some", async () => {
  const plain = await run("--explain", "x", "^y <ADDR>");
  expect(plain.out).not.toContain("\u001b");
  const coloured = await runWith({ hasColour: true }, "--explain", "x", "^y <ADDR>");
  expect(coloured.out).toContain("\u001b[31m");
});

test("a catastrophic regex and a long line are explained in a moment", async () => {
  const startedAt = performance.now();
  const { out } = await run("--explain", `${"a".repeat(60_000)}!`, "^(a+)+(a*)*<ADDR>$");
  expect(out).toContain("failregex");
  expect(performance.now() - startedAt).toBeLessThan(20_000);
}, 30_000);

test("--explain and -o exclude one another", async () => {
  const { code, err } = await run("--explain", "-o", "id", "x", "<ADDR>");
  expect(code).toBe(255);
  expect(err).toBe("ERROR: --explain and --out are mutually exclusive.\n");
});
