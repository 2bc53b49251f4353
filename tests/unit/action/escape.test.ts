import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { planOperation } from "../../../src/action/plan.ts";
import { createRunner } from "../../../src/exec/run-command.ts";
import { sampleAction, sampleInfo } from "./sample.ts";

const folder = mkdtempSync(join(tmpdir(), "escape-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// commands smuggled in would leave a file here
const run = createRunner({ cwd: folder, maxOutputBytes: 1_000_000 });

/** Standard output of an `actionban` for a ban with captured data, run by the real shell. */
async function output(actionban: string, data: Record<string, string>): Promise<string> {
  const info = sampleInfo("192.0.2.1", { data: new Map(Object.entries(data)) });
  const plan = planOperation(sampleAction({ actionban }), "ban", "", info);
  if (plan === undefined) throw new Error("nothing to run");
  const result = await run(plan);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  return result.stdout;
}

const hostile = [
  "`touch pwned`",
  "$(touch pwned)",
  "; touch pwned;",
  "'; touch pwned; '",
  '"; touch pwned; "',
  "a\ntouch pwned\n",
  "&& touch pwned",
  "| touch pwned",
  "> pwned",
  "a b  c",
  "\\",
  "$HOME ${IFS} $0",
  "#comment",
  "*",
  "-n",
  "--help",
  "x=y",
  "~",
  "!!",
  "\x01\x1b[31m\x7f",
  "<ip> <F-USER>",
  "é 漢 🙂",
  "\t",
  "%s%n",
];
for (const value of hostile) {
  test(`a user name ${JSON.stringify(value)} arrives unchanged and runs nothing`, async () => {
    expect(await output('printf %s "<F-USER>"', { user: value })).toBe(value);
    expect(readdirSync(folder)).toEqual([]);
  });
}

test("outside of quotes no value becomes syntax", async () => {
  for (const value of hostile) {
    await output("set -f; set -- <F-USER>; echo $#", { user: value });
    expect(readdirSync(folder)).toEqual([]);
  }
});

test("an assignment in a value stays text even where a command is expected", async () => {
  expect(await output('PATH=$PATH; <F-USER> 2>/dev/null; echo "[$x]"', { user: "x=1" })).toBe("[]\n");
});

test("a value with blanks splits outside of quotes, as ever", async () => {
  expect(await output("set -- <F-USER>; echo $#", { user: "a b -c" })).toBe("3\n");
});

test("inside single quotes the name of the variable appears, as ever", async () => {
  expect(await output("printf %s '<F-USER>'", { user: "$(id)" })).toBe("$f2bV_F_user");
});

test("a dozen hostile values at once arrive each in its place", async () => {
  const letters = "ABCDEFGHIJKL".split("");
  const data = Object.fromEntries(
    letters.map((letter) => [letter.toLowerCase(), `${letter}'"; touch pwned`]),
  );
  const quoted = letters.map((letter) => `"<F-${letter}>"`).join(" ");
  expect(await output(`printf '%s\\n' ${quoted}`, data)).toBe(
    letters.map((letter) => `${letter}'"; touch pwned\n`).join(""),
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("a here-document holds the value", async () => {
  expect(await output("cat <<EOT\n<F-USER>\nEOT", { user: "$(touch pwned) `id`\nEOT" })).toBe(
    "$(touch pwned) `id`\nEOT\n",
  );
});

test("NUL is left out, since no argument can hold one", async () => {
  expect(await output('printf %s "<F-USER>"', { user: "a\0b; \0" })).toBe("ab; ");
});

test("a value beyond what the system takes is cut and says so", async () => {
  const text = await output('printf %s "<F-USER>"', { user: "é".repeat(200_000) });
  expect(text.length).toBeGreaterThan(30_000);
  expect(text).toMatch(/^é+\n\[\.\.\.\]$/);
});

test("any text inside double quotes arrives unchanged and runs nothing", async () => {
  const pieces = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."`$(){}[]'\"\\;&|<>*?~#!=- \n\r\t\x01azAZ09") }),
    fc.constantFrom(
      "$(touch pwned)",
      "`touch pwned`",
      "';touch pwned;'",
      '";touch pwned;"',
      "\ntouch pwned\n",
    ),
  );
  const texts = fc.array(pieces, { maxLength: 4 }).map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(texts, async (value) => {
      // a marker keeps final newlines; lone surrogates have no bytes
      const expected = Buffer.from(value.replaceAll("\0", "")).toString();
      expect(await output('printf %s "<F-USER>"', { user: value })).toBe(expected);
    }),
    { numRuns: 150 },
  );
  expect(readdirSync(folder)).toEqual([]);
}, 30_000);
