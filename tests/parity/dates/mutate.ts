/**
 * Spoils a stamp: a character lost or doubled, another case, two stamps in one, digits of another script, and the like.
 * @module
 */
import type { Dice } from "../../dice.ts";

const INSERTED = [
  ..."0123456789 :-/.,TZ[]()<>+@aé\u0663\u00a0\u{1f600}\t",
  "Nov",
  "fri",
  "2026",
  "UTC",
  "  ",
  "am",
];

const arabic = (text: string): string =>
  text.replaceAll(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)));

/** @param other writes another stamp */
export function mutated(dice: Dice, text: string, other: () => string): string {
  let result = text;
  const count = 1 + dice.few(1, 3);
  for (let index = 0; index < count; index++) {
    const at = dice.below(result.length + 1);
    const to = at + 1 + dice.below(3);
    switch (dice.below(11)) {
      case 0:
        result = result.slice(0, at) + result.slice(at + 1);
        break;
      case 1:
        result = result.slice(0, at) + dice.pick(INSERTED) + result.slice(at);
        break;
      case 2:
        result = result.slice(0, at) + dice.pick(INSERTED) + result.slice(at + 1);
        break;
      case 3:
        result = result.slice(0, at);
        break;
      case 4:
        result = result.slice(at);
        break;
      case 5:
        result = dice.once(2) ? result.toUpperCase() : result.toLowerCase();
        break;
      case 6:
        result = result.slice(0, at) + other().slice(dice.below(8));
        break;
      case 7:
        result = result.slice(0, to) + result.slice(at);
        break;
      case 8:
        result = result.slice(0, at) + arabic(result.slice(at, to)) + result.slice(to);
        break;
      case 9:
        result = result.slice(0, at) + " ".repeat(1 + dice.below(40)) + result.slice(at);
        break;
      default:
        result = result + other();
    }
  }
  return result.replaceAll(/[\n\r]/g, " ");
}
