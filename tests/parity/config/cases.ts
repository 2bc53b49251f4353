/**
 * Reads `*.cases`: configurations as text, many in a file. `#### TITLE` begins one, `=== PATH` a file of it.
 * In the text `@DIR@` stands for the directory, `@CR@` for a carriage return, `@NOT-UTF-8@` for two bytes that are no UTF-8.
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface ConfigCase {
  readonly title: string;
  /** name of the file that has it */
  readonly source: string;
  readonly files: ReadonlyMap<string, string>;
}

/** What a case need not say: a complete fail2ban.conf, a filter `f`, an action `n` and an empty log. */
const GIVEN: readonly (readonly [path: string, text: string])[] = [
  [
    "fail2ban.conf",
    "[Definition]\nloglevel=INFO\nsocket=/x\npidfile=/x\nlogtarget=STDERR\nsyslogsocket=auto\n" +
      "allowipv6=auto\ndbfile=None\ndbpurgeage=1d\n",
  ],
  ["action.d/n.conf", "[Definition]\nactionban = b\n"],
  ["filter.d/f.conf", "[Definition]\nfailregex = ^f <HOST>\n"],
  ["log", ""],
];

/** All cases of all files of the folder. */
export function readCases(folder: string): readonly ConfigCase[] {
  const cases: ConfigCase[] = [];
  for (const name of readdirSync(folder)
    .filter((entry) => entry.endsWith(".cases"))
    .sort()) {
    const [, ...texts] = readFileSync(join(folder, name), "utf8").split(/^#### /m);
    for (const text of texts) {
      const [head = "", ...parts] = text.split(/^=== /m);
      const files = new Map(GIVEN);
      for (const part of parts) {
        const end = part.indexOf("\n");
        files.set(part.slice(0, end), part.slice(end + 1));
      }
      cases.push({ title: head.trim(), source: name, files });
    }
  }
  return cases;
}

/** Writes the files of a case below an existing directory. */
export function writeCase({ files }: ConfigCase, directory: string): void {
  for (const [path, text] of files) {
    const [first = "", ...rest] = text
      .replaceAll("@DIR@", directory)
      .replaceAll("@CR@", "\r")
      .split("@NOT-UTF-8@");
    const parts = rest.flatMap((part) => [Buffer.from([0xff, 0xfe]), Buffer.from(part)]);
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), Buffer.concat([Buffer.from(first), ...parts]));
  }
}
