/**
 * One log for both programs: its settings and its lines, written with dice. Most lines hold a stamp of one of the templates that the
 * settings ask for, or what is left of one; a log keeps to few forms, as real ones do, so that the detector's memory is at work.
 * Judges nothing.
 * @module
 */
import type { LocalZone } from "../../../src/base/local-time.ts";
import type { EpochSeconds } from "../../../src/base/units.ts";
import { DatePatternError } from "../../../src/date/pattern-error.ts";
import { templatesOf } from "../../../src/date/template-list.ts";
import { parseZone } from "../../../src/date/zones.ts";
import { RegexSyntaxError } from "../../../src/regex/errors.ts";
import type { Dice } from "../../dice.ts";
import { mutated } from "./mutate.ts";
import { anyPattern } from "./random-patterns.ts";
import { type Forms, type StampMoment, StampWriter } from "./stamp-writer.ts";

/** What both are told, and what they read. As JSON it is the input of a difference. */
export interface Batch {
  /** `undefined`: the default templates */
  readonly datepattern?: string | undefined;
  /** zone of the machine */
  readonly machine: string;
  /** `--timezone` */
  readonly timezone?: string | undefined;
  readonly lines: readonly string[];
}

export const MACHINES = [
  ...[
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
  ],
];

const TIMEZONES = [
  ...[
    "UTC",
    "Z",
    "CET",
    "EST",
    "JST",
    "NPT",
    "A",
    "+0530",
    "-05",
    "+02:00",
    "UTC+02:00",
    "GMT-0100",
    "EST+0100",
    "-1200",
    "+1400",
  ],
  ...["Europe/Paris", "utc", "UTC+2", "+200", "XYZ", "+0160", "Zulu", "-00", "CEST-0030"],
];

const BEFORE = [
  ...[
    "",
    "",
    "",
    "",
    "[",
    "- ",
    "(",
    "<",
    "   ",
    "x y ",
    "- - [",
    "host app[77]: ",
    "1.2.3.4 - - [",
    "id=",
    "q",
    "é ",
    "\u{1f600}",
    "time=",
  ],
  ...[
    "type=X msg=audit(",
    "**",
    "\t",
    "<34>1 ",
    "7",
    "\u0663",
    "_",
    "[[",
    "2026-01-02 ",
    "\u00a0",
    "a -- b -- - ",
  ],
];
const AFTER = [
  "",
  "",
  "]",
  "] x",
  " host x",
  ": y",
  ")",
  ">",
  "q",
  " - - -",
  "7",
  ":",
  ".5",
  ";",
  "\u{1f600}",
  "é",
  ":88): x",
];
const NOTHING = [
  ...[
    "",
    "no stamp here",
    "1.2.3.4 port 22",
    "-",
    "2026",
    "Nov",
    "error 12:30",
    "10:20",
    "123456789",
    "20:20:20:20",
    "a.b.c",
  ],
];

/** Days about which clocks change, and others that are the first or the last. */
const EDGES = [
  ...[
    1774746000, 1792890000, 1772953200, 1793512800, 1775314800, 1790434800, 1767225600, 1798761599,
    1709164800, 1740700800, 951782400,
  ],
];

const DAY = 86_400;
const OLDEST = 1_105_000_000;

/** A moment that is not within a minute of now or of the same time of another day: what depends on the second cannot be compared. */
function momentOf(dice: Dice, zone: LocalZone, now: EpochSeconds): StampMoment {
  const kind = dice.below(4);
  let at = OLDEST + dice.below(now - OLDEST);
  if (kind === 0) at = dice.pick(EDGES) - 7200 + dice.below(4 * 3600);
  if (kind === 1) at = now - DAY * 200 + dice.below(DAY * 400);
  const quarter = 900;
  const fromNow = (((at - now) % quarter) + quarter) % quarter;
  if (fromNow < 90 || fromNow > 810) at += 200;
  const offset = dice.pick([0, 3600, 7200, -18_000, 20_700, 19_800]);
  return { civil: zone.civilAt(at), offset, at };
}

function randomCount(dice: Dice): string {
  const seconds = String(OLDEST + dice.below(690_000_000));
  return seconds + dice.pick(["", ".123", ".12", ".123456", "000", "123456", "123.456", "1", "12345"]);
}

const label = (dice: Dice): string =>
  `@4${(OLDEST + dice.below(690_000_000)).toString(16).padStart(15, "0")}0b3d1f2e`;

type LineWriter = (dice: Dice) => string;

/** A word where a template looks for a zone. */
const ZONE_PLACE = /(?<![A-Za-z])([A-Z]{3,5}) +(?:[A-Za-z]{3} +)?[A-Za-z]{3} +\d/g;

/** The original breaks off at a word that looks like a zone and is none: the rest of the log would not be compared. */
function breaksOff(line: string): boolean {
  return Array.from(line.matchAll(ZONE_PLACE)).some(([, word = ""]) => parseZone(word) === undefined);
}

interface Writer {
  write(dice: Dice, moment: StampMoment, forms: Forms): string;
}

/** Writers of stamps for the settings; those of the default templates where none can be had. */
function writersOf(batch: Pick<Batch, "datepattern">, startYear: number): readonly Writer[] {
  const written = (datepattern: string | undefined): readonly Writer[] =>
    templatesOf(datepattern, startYear).map(({ regex, kind }) =>
      kind === "tai64n" ? { write: label } : new StampWriter(regex),
    );
  try {
    return written(batch.datepattern);
  } catch (error) {
    if (error instanceof DatePatternError || error instanceof RegexSyntaxError) return written(undefined);
    throw error;
  }
}

export interface BatchShape {
  readonly lines: number;
  /** the defaults, or patterns of an operator */
  readonly isCustom: boolean;
  readonly zoneOf: (machine: string) => LocalZone;
  readonly now: EpochSeconds;
}

/** What differs between the versions is kept out: a compact date with a dash before its time, or with colons in it. */
export const NEWER_ONLY = /\p{Nd}{8}(?:-|[ T]*\p{Nd}{1,4}:)/u;

/** What the original prints in another form, or skips. */
const UNPRINTABLE = /^#|[\0\n\r]/;

/** Patterns that the original reads otherwise, each with an entry in the list of known differences: nothing more is learnt from them. */
const READ_OTHERWISE = new RegExp(
  [
    ...[
      "%%%[aAbBpc]",
      "\\{DEFAULT\\}[^]*\\n|\\n[^]*\\{DEFAULT\\}",
      "^(?:\\{UNB\\}|\\{\\^LN-BEG\\}).*\\{L?EPOCH\\}",
    ],
    ...[
      "\\((?!\\?).*\\{L?EPOCH\\}",
      "^(?:\\{\\^LN-BEG\\}|\\{UNB\\})?%(?:Ex)?[kl]",
      "\\\\\\$$",
      "\\*\\*\\)*\\$",
    ],
  ].join("|"),
  "im",
);

function plainPattern(dice: Dice): string {
  for (;;) {
    const pattern = anyPattern(dice);
    if (!READ_OTHERWISE.test(pattern)) return pattern;
  }
}

export function makeBatch(dice: Dice, shape: BatchShape): Batch {
  const { now } = shape;
  const machine = dice.pick(MACHINES);
  const zone = shape.zoneOf(machine);
  const settings = {
    machine,
    ...(shape.isCustom ? { datepattern: plainPattern(dice) } : {}),
    ...(dice.once(3) ? { timezone: dice.pick(TIMEZONES) } : {}),
  };
  const writers = writersOf(settings, zone.civilAt(now).year);
  const stamp: LineWriter = (random) => {
    if (random.once(25)) return randomCount(random);
    if (random.once(40)) return label(random);
    return random.pick(writers).write(random, momentOf(random, zone, now), random.once(3) ? "plain" : "any");
  };
  const lines: string[] = [];
  const change = dice.pick([1, 4, 40]);
  const spoiled = dice.pick([3, 10, 50]);
  let [writer, before, after] = [dice.pick(writers), "", ""];
  while (lines.length < shape.lines) {
    if (dice.once(change))
      [writer, before, after] = [dice.pick(writers), dice.pick(BEFORE), dice.pick(AFTER)];
    let text = dice.once(12)
      ? stamp(dice)
      : writer.write(dice, momentOf(dice, zone, now), dice.once(2) ? "plain" : "any");
    if (dice.once(spoiled)) text = mutated(dice, text, () => stamp(dice));
    const second = dice.once(6) ? ` ${stamp(dice)} ` : "";
    const line = dice.once(25) ? dice.pick(NOTHING) : before + text + after + second;
    if (!breaksOff(line) && !NEWER_ONLY.test(line) && line.isWellFormed() && !UNPRINTABLE.test(line))
      lines.push(line);
  }
  return { ...settings, lines };
}
