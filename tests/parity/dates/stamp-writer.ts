/**
 * Writes stamps: a moment of a zone as the fields of a date template, each in one of the forms that the field may have. Walks the
 * template's regex, so whatever a template takes is written. Knows no logs.
 * @module
 */
import type { CivilTime } from "../../../src/base/local-time.ts";
import type { Seconds } from "../../../src/base/units.ts";
import { dayNumber, weekdayOf } from "../../../src/date/calendar.ts";
import { MONTHS, WEEKDAYS } from "../../../src/date/tokens.ts";
import type { Dice } from "../../dice.ts";
import { TextTree } from "../lines/from-tree.ts";

/** What a stamp says. */
export interface StampMoment {
  /** by the clock of the stamp's zone */
  readonly civil: CivilTime;
  /** of that zone */
  readonly offset: Seconds;
  /** of a count such as an epoch */
  readonly at: number;
}

/**
 * `plain`: two digits where there are two, zones that fit the offset, so that the stamp means its moment and nothing else; `any`: each
 * form that might come, be it wrong.
 */
export type Forms = "plain" | "any";

/** Abbreviations by their hours. */
const ZONE_NAMES: ReadonlyMap<number, readonly string[]> = new Map([
  [0, ["UTC", "GMT", "Z"]],
  [1, ["CET", "DFT", "A"]],
  [2, ["CEST", "EET", "B"]],
  [-5, ["EST", "COT", "R"]],
  [-4, ["EDT", "Q"]],
  [5.5, ["SLT"]],
  [5.75, ["NPT"]],
  [9, ["JST", "I"]],
]);

/** Offsets that have a name as well. */
export const NAMED_OFFSETS: readonly Seconds[] = Array.from(ZONE_NAMES.keys(), (hours) => hours * 3600);

const ODD_ZONES = [
  ...["UTC", "GMT", "Z", "CET", "EST", "PDT", "JST", "NPT", "A", "utc", "cet", "abc", "info", "MSK"],
  ...[
    "+0200",
    "-05:00",
    "+05",
    "-0730",
    "+0530",
    "+1945",
    "+00:00",
    "-1200",
    "EST+0100",
    "UTC-01:00",
    "+0160",
  ],
];

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

/** As most logs write a number of two digits, or as some do. */
function short(dice: Dice, forms: Forms, value: number, blank = false): string {
  if (forms === "plain" || dice.below(3) > 0) return pad(value);
  return blank && dice.once(2) ? String(value).padStart(2, " ") : String(value);
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function named(dice: Dice, forms: Forms, name: string): string {
  if (forms === "plain" || dice.below(4) > 0) return capital(name);
  return dice.once(2) ? name : name.toUpperCase();
}

function offsetText(dice: Dice, forms: Forms, offset: Seconds): string {
  const minutes = Math.abs(offset) / 60;
  const hours = pad(Math.floor(minutes / 60));
  const rest = pad(minutes % 60);
  const sign = offset < 0 ? "-" : "+";
  if (forms === "plain") return sign + hours + rest;
  return sign + dice.pick([`${hours}${rest}`, `${hours}:${rest}`, ...(rest === "00" ? [hours] : [])]);
}

function zoneText(dice: Dice, forms: Forms, offset: Seconds, wants: "offset" | "name" | "either"): string {
  if (forms === "any" && dice.once(3)) return dice.pick(ODD_ZONES);
  const names = ZONE_NAMES.get(offset / 3600) ?? [];
  if (wants === "offset") {
    const words = offset === 0 ? ["Z", "UTC", "GMT"] : [];
    return dice.once(3) && words.length > 0 ? dice.pick(words) : offsetText(dice, forms, offset);
  }
  const long = wants === "name" ? names.filter((name) => name.length > 2 || name === "Z") : names;
  return wants === "either" && dice.once(2) ? offsetText(dice, forms, offset) : dice.pick(long);
}

/** Week of the year: days before the first such weekday are week 0. */
const weekOf = (dayOfYear: number, weekday: number): number => Math.floor((dayOfYear + 7 - weekday) / 7);

/** Texts of the fields of one stamp. */
class StampFields {
  readonly #dice: Dice;
  readonly #forms: Forms;
  readonly #moment: StampMoment;
  readonly #dayOfYear: number;
  /** 0 = Monday */
  readonly #weekday: number;

  constructor(dice: Dice, forms: Forms, moment: StampMoment) {
    const { year, month, day } = moment.civil;
    const today = dayNumber({ year, month, day });
    this.#dice = dice;
    this.#forms = forms;
    this.#moment = moment;
    this.#dayOfYear = today - dayNumber({ year, month: 1, day: 1 });
    this.#weekday = weekdayOf(today);
  }

  /** `undefined`: no field of that name. */
  textOf(name: string): string | undefined {
    const [dice, forms, { civil, offset, at }] = [this.#dice, this.#forms, this.#moment];
    const two = (value: number, blank = false): string => short(dice, forms, value, blank);
    switch (name) {
      case "Y":
      case "G":
        return pad(civil.year, 4);
      case "y":
        return pad(civil.year % 100);
      case "m":
        return two(civil.month);
      case "d":
        return two(civil.day, true);
      case "b":
        return named(dice, forms, MONTHS[civil.month - 1]?.slice(0, 3) ?? "");
      case "B":
        return named(dice, forms, MONTHS[civil.month - 1] ?? "");
      case "a":
        return named(dice, forms, WEEKDAYS[this.#weekday]?.slice(0, 3) ?? "");
      case "A":
        return named(dice, forms, WEEKDAYS[this.#weekday] ?? "");
      case "H":
        return forms === "any" && dice.once(60) ? String(24 + dice.below(3)) : two(civil.hour);
      case "I":
        return forms === "any" && dice.once(2)
          ? two(civil.hour % 12, true)
          : String(civil.hour % 12 === 0 ? 12 : civil.hour % 12);
      case "p":
        return named(dice, forms, civil.hour < 12 ? "am" : "pm");
      case "M":
        return two(civil.minute);
      case "S":
        return forms === "any" && dice.once(60) ? "60" : two(civil.second);
      case "f":
        return String(dice.below(10 ** (1 + dice.below(6))));
      case "j":
        return forms === "any" && dice.once(3) ? String(this.#dayOfYear + 1) : pad(this.#dayOfYear + 1, 3);
      case "U":
        return two(weekOf(this.#dayOfYear, (this.#weekday + 1) % 7));
      case "W":
        return two(weekOf(this.#dayOfYear, this.#weekday));
      case "V":
        return two(1 + Math.floor(this.#dayOfYear / 7));
      case "w":
        return String((this.#weekday + 1) % 7);
      case "u":
        return String(this.#weekday + 1);
      case "z":
        return zoneText(dice, forms, offset, "offset");
      case "Z":
        return zoneText(dice, forms, offset, "name");
      case "_epoch":
        return String(at);
      default:
        return undefined;
    }
  }
}

/** One template that stamps can be written for. */
export class StampWriter {
  readonly #tree: TextTree;

  /** @param regex of the template. @throws {RegexSyntaxError} */
  constructor(regex: string) {
    this.#tree = new TextTree(regex);
  }

  write(dice: Dice, moment: StampMoment, forms: Forms): string {
    const fields = new StampFields(dice, forms, moment);
    return this.#tree.write(dice, (name) => fields.textOf(name)).text;
  }
}
