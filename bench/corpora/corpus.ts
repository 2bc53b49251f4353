/**
 * A log to measure with: the same bytes from the same seed, at the same time of day, on every machine.
 * @module
 */

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { Dice } from "../../tests/dice.ts";

/** Whom lines are about. */
export interface People {
  readonly dice: Dice;
  /** somebody who attacks; a few hosts do much of it */
  attacker(): string;
  /** somebody who does not */
  visitor(): string;
  port(): number;
}

/** Makes the text of a line. */
export type LineOf = (people: People) => string;

export interface Corpus {
  readonly name: string;
  readonly seed: number;
  /** the line with that number and time, without its newline */
  line(people: People, at: Date, index: number): string;
  /** of the log's own time; `LINES_A_SECOND` unless told */
  readonly linesASecond?: number;
}

const SHARE_OF_IPV6 = 7;
const VISITORS = 300;

function addressOf(dice: Dice): string {
  const quad = (): string => dice.below(65_536).toString(16);
  if (dice.once(SHARE_OF_IPV6)) return `2001:db8:${quad()}:${quad()}::${quad()}`;
  return `${1 + dice.below(222)}.${dice.below(256)}.${dice.below(256)}.${1 + dice.below(254)}`;
}

function peopleOf(dice: Dice, lines: number): People {
  const attackers = Array.from({ length: Math.max(200, Math.floor(lines / 20)) }, () => addressOf(dice));
  const visitors = Array.from({ length: VISITORS }, () => addressOf(dice));
  return {
    dice,
    // of two dice the lower: the first ones come up most
    attacker: () => attackers[Math.min(dice.below(attackers.length), dice.below(attackers.length))] ?? "",
    visitor: () => dice.pick(visitors),
    port: () => 1024 + dice.below(64_000),
  };
}

/** Lines a second of the log's own time. */
const LINES_A_SECOND = 25;

/**
 * The lines one after the other, without their newlines.
 *
 * @param end the time of the last line, milliseconds since the epoch
 */
export function* corpusLines(
  { seed, line, linesASecond = LINES_A_SECOND }: Corpus,
  lines: number,
  end: number,
): Generator<string, void> {
  const people = peopleOf(new Dice(seed), lines);
  for (let index = 0; index < lines; index++) {
    yield line(people, new Date(end - Math.floor((lines - index) / linesASecond) * 1000), index);
  }
}

/** Writes them all to a file. */
export async function writeCorpus(path: string, corpus: Corpus, lines: number, end: number): Promise<void> {
  const out = createWriteStream(path);
  let text = "";
  for (const line of corpusLines(corpus, lines, end)) {
    text += `${line}\n`;
    if (text.length < 1 << 20) continue;
    if (!out.write(text)) await once(out, "drain");
    text = "";
  }
  out.end(text);
  await once(out, "finish");
}
