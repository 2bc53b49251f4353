import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { accessLog } from "../../../bench/corpora/access-log.ts";
import { apacheErrorLog } from "../../../bench/corpora/apache-error-log.ts";
import { attackedAuthLog, ordinaryAuthLog } from "../../../bench/corpora/auth-log.ts";
import { corpusLines, writeCorpus } from "../../../bench/corpora/corpus.ts";
import { ftpLog } from "../../../bench/corpora/ftp-log.ts";
import { SWARM, swarmLog } from "../../../bench/corpora/swarm-log.ts";
import { temporaryFolder } from "../store/store-fixture.ts";

const END = Date.UTC(2026, 10, 22, 10);

async function linesOf(corpus: typeof ordinaryAuthLog): Promise<readonly string[]> {
  const path = join(temporaryFolder(), "log");
  await writeCorpus(path, corpus, 2000, END);
  const text = readFileSync(path, "utf8");
  expect(text.endsWith("\n")).toBe(true);
  return text.trimEnd().split("\n");
}

test.each([
  [ordinaryAuthLog, 0.25, 0.35],
  [attackedAuthLog, 0.92, 0.98],
])("the log $name is the same each time, in order, with its share of sshd", async (corpus, least, most) => {
  const lines = await linesOf(corpus);
  expect(lines).toEqual(await linesOf(corpus));
  expect(lines).toHaveLength(2000);
  const share = lines.filter((line) => line.includes(" host1 sshd[")).length / lines.length;
  expect(share).toBeGreaterThan(least);
  expect(share).toBeLessThan(most);
  const times = lines.map((line) => Date.parse(`${line.slice(0, 15)} 2026 UTC`));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.every((time) => time <= END)).toBe(true);
});

test.each([
  [accessLog, /^\S+ - - \[22\/Nov\/2026:\d\d:\d\d:\d\d \+0000\] "(?:GET|POST) /],
  [apacheErrorLog, /^\[Sun Nov 22 \d\d:\d\d:\d\d\.\d{6} 2026\] \[\w+:\w+\] \[pid /],
  [ftpLog, /^Nov 22 \d\d:\d\d:\d\d host1 pure-ftpd\[\d+\]: \(/],
])("the log $name is the same each time, and each line has its form", async (corpus, form) => {
  const lines = await linesOf(corpus);
  expect(lines).toEqual(await linesOf(corpus));
  expect(lines.filter((line) => !form.test(line))).toEqual([]);
});

test("of the swarm nobody comes again before all have come", () => {
  const addresses = Array.from(
    corpusLines(swarmLog, SWARM + 10, END),
    (line) => / from (\S+) port /.exec(line)?.[1],
  );
  expect(new Set(addresses.slice(0, SWARM)).size).toBe(SWARM);
  expect(addresses.slice(SWARM)).toEqual(addresses.slice(0, 10));
});
