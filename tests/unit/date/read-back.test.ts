/**
 * A date written by any template is read back: the same moment, the same cut, whatever stands around it; by the template alone and by the
 * detector with its memory (A§2.4–2.9).
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DateDetector, type FoundDate } from "../../../src/date/detector.ts";
import type { DateTemplate } from "../../../src/date/template.ts";
import { templatesOf } from "../../../src/date/template-list.ts";
import { Dice } from "../../dice.ts";
import { type SoundPattern, soundPattern } from "../../parity/dates/random-patterns.ts";
import { NAMED_OFFSETS, type StampMoment, StampWriter } from "../../parity/dates/stamp-writer.ts";
import { berlin, fixedZone, NOON } from "./fixed-zones.ts";

const DAY = 86_400;
/** Lines of one log. */
const LINES = 4;
const HALF_YEAR = 180 * DAY;

const BOUNDARIES = /\^\(\?:\\W\{0,2\}\)\?|\(\?=\^\|\\b\|\\W\)|\(\?=\\b\|\\W\|\$\)/g;
const unbounded = (regex: string): string => regex.replace(BOUNDARIES, "");

/** Text before and after that is no stamp and no part of one. */
const BEFORE = ["", "", "[", "- - [", "host app: ", "<", "(x) ", "é ", "\u{1f600} ", "x=", "«", "q w\t"];
const BEFORE_EPOCH = ["", "", "[", "type=X msg=audit("];
const BEFORE_AT_BEGIN = ["", "", "[", "- ", "<(", "\u{1f600} "];
const AFTER = ["", " host app[77]: text", "] x", ": y", ")", ">", " \u{1f600}", "\t-", "»"];

/** Whether month and day of such a template could be taken for each other. */
const isTwoFaced = (name: string): boolean => /Day\(\?P<_sep>\[-\/\]\)Month|Month-Day-/.test(name);

/** A moment near enough for a year to be left out, or one of the day that has passed. */
function momentOf(dice: Dice, offset: number, isToday: boolean): StampMoment {
  const at = isToday ? NOON - dice.below(DAY - 3600) : NOON - HALF_YEAR + dice.below(2 * HALF_YEAR);
  return { civil: fixedZone(offset).civilAt(at), offset, at };
}

/** A moment whose day is no month. */
function lateInMonth(moment: StampMoment): StampMoment {
  const { civil, offset, at } = moment;
  return civil.day > 12 ? moment : { civil: { ...civil, day: civil.day + 12 }, offset, at: at + 12 * DAY };
}

function placesOf({ name, isAnchored }: DateTemplate): readonly string[] {
  if (name === "Epoch") return BEFORE_EPOCH;
  if (name.startsWith("{^LN-BEG}")) return BEFORE_AT_BEGIN;
  return isAnchored ? [""] : BEFORE;
}

const shown = (found: FoundDate | undefined): object => ({
  at: found?.at,
  text: found?.text,
  start: found?.start,
});

for (const template of templatesOf(undefined, 2026)) {
  const isTimeOnly = !/Day|Epoch|TAI/.test(template.name);
  const isZoneFirst = /^(?:\{\^LN-BEG\})?\(\?:Zone/.test(template.name);
  const writer = template.kind === "fields" ? new StampWriter(unbounded(template.regex)) : undefined;
  const write = (dice: Dice, moment: StampMoment): string => {
    if (template.kind === "tai64n") return `@4${moment.at.toString(16).padStart(15, "0")}0123abcd`;
    return writer?.write(dice, moment, "plain") ?? String(moment.at);
  };
  test(`what is written by the default template ${template.name} is read back`, () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (seed, form) => {
        const dice = new Dice(seed);
        const offset = dice.pick(NAMED_OFFSETS);
        const detector = new DateDetector({ zone: fixedZone(offset), startYear: 2026 });
        const usual = dice.pick(placesOf(template));
        for (let index = 0; index < LINES; index++) {
          const any = momentOf(dice, offset, isTimeOnly);
          const moment = isTwoFaced(template.name) ? lateInMonth(any) : any;
          // a log has one form: the same parts that may be left out are left out in each line
          // a zone at the front is overlooked where stamps begin now here, now there
          const before = isZoneFirst ? usual : dice.pick(placesOf(template));
          const text = write(new Dice(form), moment);
          const line = before + text + dice.pick(AFTER);
          const seen = { line, ...shown(detector.find(line, NOON)) };
          expect(seen).toEqual({ line, at: moment.at, text, start: before.length });
        }
      }),
      { numRuns: 30 },
    );
  });
}

/** The moment as far as the pattern tells it. */
function cutTo({ civil, at, offset }: StampMoment, precision: SoundPattern["precision"]): StampMoment {
  const isHour = precision === "hour";
  const left = (precision === "second" ? 0 : civil.second) + (isHour ? civil.minute * 60 : 0);
  return { civil, offset, at: at - left };
}

test("what is written by a pattern of any tokens is read back", { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const dice = new Dice(seed);
      const pattern = soundPattern(dice);
      const offset = dice.pick(NAMED_OFFSETS);
      const full = momentOf(dice, offset, !pattern.hasDate);
      const moment = cutTo(full, pattern.precision);
      const [template] = templatesOf(pattern.datepattern, 2026);
      if (template === undefined) throw new Error("no template");
      const text = new StampWriter(unbounded(template.regex)).write(dice, full, "plain");
      const isOutside = pattern.isUnbounded && dice.once(2);
      const before = isOutside ? "(" : dice.pick(placesOf(template));
      const line = before + text + dice.pick(AFTER);
      // a stamp with its zone means the same wherever it is read
      const zone = pattern.hasZone && pattern.hasDate && pattern.hasYear ? berlin : fixedZone(offset);
      const found = new DateDetector({ datepattern: pattern.datepattern, zone, startYear: 2026 }).find(
        line,
        NOON,
      );
      const seen = { pattern: pattern.datepattern, line, at: found?.at, text: found?.text.trim() };
      expect(seen).toEqual({ pattern: pattern.datepattern, line, at: moment.at, text: text.trim() });
    }),
    { numRuns: 150 },
  );
});

test("stamps of several patterns in one log are read back by one detector", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const dice = new Dice(seed);
      const datepattern =
        "{^LN-BEG}%Y-%m-%d %H:%M:%S\n%d/%b/%Y:%H:%M:%S %z\n<%a %b %d %H:%M:%S %Y>\nt=%Y%m%dT%H%M%S,";
      const detector = new DateDetector({ datepattern, zone: fixedZone(3600), startYear: 2026 });
      const writers = templatesOf(datepattern, 2026).map(
        (template) => [template, new StampWriter(unbounded(template.regex))] as const,
      );
      let [template, writer] = dice.pick(writers);
      for (let index = 0; index < 12; index++) {
        if (dice.once(3)) [template, writer] = dice.pick(writers);
        const moment = momentOf(dice, 3600, false);
        const text = writer.write(dice, moment, "plain");
        const before = dice.pick(placesOf(template));
        const line = before + text + dice.pick(AFTER);
        expect({ line, ...shown(detector.find(line, NOON)) }).toEqual({
          line,
          at: moment.at,
          text,
          start: before.length,
        });
      }
    }),
    { numRuns: 60 },
  );
});
