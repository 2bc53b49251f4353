/**
 * Strangers who write what the service writes: in every line that a filter matches, the name of a person, a mail address or a HELO
 * is replaced by pieces of the filter's own lines that carry the bystander's address. It must never become the one that is banned.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filterNameOf, readSamples, type SampleLog, wordsOf } from "../../src/filter/sample-log.ts";
import { BYSTANDER, SAMPLE_NOW } from "../../src/filter/sample-trial.ts";
import { stockFilter } from "../unit/stock/stock-jails.ts";

const SAMPLES = join(import.meta.dirname, "../../stock/samples");

/** What strangers choose in the sample lines: people, their addresses, what a client calls itself. */
const STRANGERS =
  /(?<![\w/])(?:alice|bob|carol|root|admin|foo)(?:@[\w.]*\w)?\b|\b[ab]@example\.(?:net|org)\b|(?<=\()(?:host|x|User)(?=\))/g;
/** What a stranger may write around such a piece, to end and to begin what the service puts around a name. */
const BEFORE = ["", "x ", "x", "x' ", 'x" ', "x) ", "x] ", "x, ", "x> "];
const BEHIND = ["", " y", "'", '"', ">", ")"];
/** Services that write \" for a quote, so that none ends a field; JSON does so, too. */
const ESCAPING = new Set(["apache-badbots", "apache-fakegooglebot", "apache-pass", "authelia", "grafana"]);
/** Logs whose services rule such words out, and how. */
const IMPOSSIBLE: Readonly<Record<string, string>> = {
  "sendmail-reject.log":
    "within a mail address Sendmail leaves a > only between quotes, of which the pieces know nothing",
};
/** Of the many ways to put pieces together, for each log. */
const MAX_TRIES = 1500;
/** Of words at which a piece may begin and end. */
const MAX_EDGES = 9;

interface MatchLine {
  readonly text: string;
  readonly host: string;
}

/** The lines that count for somebody, but for those that are hostile already. */
function matchLines({ samples }: SampleLog): MatchLine[] {
  return samples
    .filter(({ kind }) => kind === "match")
    .map(({ text, expected }) => ({ text, host: new Map(wordsOf(expected)).get("host") ?? "" }))
    .filter(({ text, host }) => host !== "" && host !== "198.51.100.1" && text.includes(host));
}

/** What stands around the address in a line, cut at many places, with the bystander's address instead. */
function pieces({ text, host }: MatchLine): string[] {
  const at = text.lastIndexOf(host);
  const after = at + BYSTANDER.length;
  const line = text.slice(0, at) + BYSTANDER + text.slice(at + host.length);
  const begins = [...line.slice(0, at + 1).matchAll(/(?<=[\s"'(<[=])\S/g)].map(({ index }) => index);
  const ends = [...line.slice(after).matchAll(/(?<=\S)(?=\s|$)|(?<=[\])>"':])/g)].map(
    (end) => after + end.index,
  );
  const edges = [0, Math.max(0, at - 1), Math.max(0, at - 2), ...begins.slice(-MAX_EDGES)];
  return edges.flatMap((begin) =>
    [line.length, after, ...ends.slice(0, MAX_EDGES)].map((end) => line.slice(begin, end)),
  );
}

/** Where a stranger's word stands in a line. */
function placesIn(
  name: string,
  { text }: MatchLine,
): readonly [before: string, behind: string, quotes: string][] {
  const quotes = ESCAPING.has(name) || text.startsWith("{") ? '\\"' : '"';
  return [...text.matchAll(STRANGERS)].map(({ index, 0: word }) => [
    text.slice(0, index),
    text.slice(index + word.length),
    quotes,
  ]);
}

for (const file of readdirSync(SAMPLES).filter((name) => name.endsWith(".log") && !(name in IMPOSSIBLE))) {
  test(`no stranger's words in ${file} ban another`, () => {
    const banned: string[] = [];
    for (const log of readSamples(readFileSync(join(SAMPLES, file), "utf8")).logs) {
      const lines = matchLines(log);
      const places = lines.flatMap((line) => placesIn(filterNameOf(log.item), line));
      const parts = [...new Set(lines.flatMap(pieces))];
      const ways = places.length * parts.length * BEFORE.length * BEHIND.length;
      if (ways === 0) continue;
      const filter = stockFilter(log.item);
      const at = log.item.includes("logtype=journal") ? { at: SAMPLE_NOW } : {};
      // a step without a divisor in common with the lists goes through all of them
      const step = ways <= MAX_TRIES ? 1 : Math.floor(ways / MAX_TRIES) * 2 + 1;
      for (let way = 0; way < ways; way += step) {
        const [before = "", behind = "", quote = ""] = places[way % places.length] ?? [];
        const rest = Math.floor(way / places.length);
        const part = parts[rest % parts.length] ?? "";
        const around = Math.floor(rest / parts.length);
        const words = `${BEFORE[around % BEFORE.length]}${part}${BEHIND[Math.floor(around / BEFORE.length)]}`;
        const line = before + words.replaceAll('"', quote) + behind;
        const { failures } = filter.process(line, { now: SAMPLE_NOW, inOperation: false, ...at });
        if (failures.some(({ id, host }) => id === BYSTANDER || host === BYSTANDER)) {
          banned.push(`${log.item}: ${line}`);
        }
      }
    }
    expect(banned.slice(0, 5)).toEqual([]);
  });
}
