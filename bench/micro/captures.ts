/**
 * `scan/line-captures.ts`: where the groups of a filter's regexes stand in its lines, beside what the regexes themselves cost.
 * @module
 */
import { compileRegex } from "../../src/regex/compile.ts";
import { parsePattern } from "../../src/regex/parse.ts";
import { resolveCharacters } from "../../src/regex/transforms/characters.ts";
import { LineCaptures } from "../../src/scan/line-captures.ts";
import { cost, SAMPLES } from "./micro.ts";

const STAMP = "Nov 22 10:00:00".length;

/** As filters for sshd have it. */
const PREFIX = "^(?P<mlfid>\\s*\\S+ sshd(?:\\[\\d+\\])?:\\s+)(?:(?:error|fatal): )?(?P<content>.+)$";
const FAILURE =
  "^Failed \\S+ for (?:invalid user )?(?P<user>.*) from (?:(?P<ip4>(?:\\d{1,3}\\.){3}\\d{1,3})|\\[?(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|::){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):))\\]?) port \\d+ ssh\\d(?: \\[preauth\\])?\\s*$";

const sources = [PREFIX, FAILURE];
const captures = new LineCaptures(
  sources.map((pattern) => {
    const { root, groupCount } = parsePattern(pattern);
    return { root: resolveCharacters(root), groupCount };
  }),
);
const [prefix, failure] = sources.map((pattern) => compileRegex(pattern));

function measure(what: string, lines: readonly string[]): void {
  const bytes = Buffer.from(`${lines.join("\n")}\n`);
  let matched = 0;
  cost(`captures, ${what}`, lines.length, () => {
    matched = 0;
    let start = 0;
    for (let from = 0; from < bytes.length; from = start) {
      const to = Math.max(bytes.lastIndexOf(10, from + 64 * 1024) + 1, bytes.indexOf(10, from) + 1);
      if (!captures.load(bytes, from, to)) throw new Error("too large");
      while (start < to) {
        const end = bytes.indexOf(10, start);
        captures.take(start, start, start + STAMP, end);
        const length = end - start - STAMP;
        if (captures.run(0, 0, length) === 1 && captures.run(1, captures.places[4] ?? 0, length) === 1)
          matched++;
        start = end + 1;
      }
    }
  });
  process.stdout.write(
    `  matched: ${matched} of ${lines.length}, ${(bytes.length / lines.length).toFixed()} bytes each\n`,
  );
  cost(`regexes, ${what}`, lines.length, () => {
    matched = 0;
    for (const line of lines) {
      const content = prefix?.search(`${line.slice(STAMP)}\n`)?.group("content");
      if (content !== undefined && failure?.search(`${content}\n`) !== undefined) matched++;
    }
  });
  process.stdout.write(`  matched: ${matched}\n`);
}

const long = (user: string): string =>
  `Nov 22 10:00:00 host1 sshd[77]: Failed password for ${user.repeat(Math.ceil(65_000 / user.length))} from 192.0.2.1 port 22 ssh2`;

measure("failures of sshd", SAMPLES.failures());
measure(
  "lines of 64 KiB, a user's name",
  Array.from({ length: 100 }, () => long("x")),
);
measure(
  "lines of 64 KiB, begun again and again",
  Array.from({ length: 100 }, () => long("from 192.0.2.1 port 22 ")),
);
