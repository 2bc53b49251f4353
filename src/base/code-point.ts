/**
 * The character at a place of a text. The language's own `codePointAt` is wrong in hot code of V8 13.6 (Node.js 24): at the last unit of a
 * text that was cut out of a longer one it takes the unit behind the cut for the other half of a pair.
 * Hot: per character beyond Latin-1.
 * @module
 */

const FIRST_HIGH = 0xd800;
const FIRST_LOW = 0xdc00;
const LAST_LOW = 0xdfff;
const FIRST_ASTRAL = 0x10000;

const isHigh = (unit: number): boolean => unit >= FIRST_HIGH && unit < FIRST_LOW;
const isLow = (unit: number): boolean => unit >= FIRST_LOW && unit <= LAST_LOW;

/** @param place a UTF-16 unit of the text; where half of a pair stands alone, that is the character */
export function characterAt(text: string, place: number): number {
  const unit = text.charCodeAt(place);
  if (!isHigh(unit)) return unit;
  const low = text.charCodeAt(place + 1);
  return isLow(low) ? ((unit - FIRST_HIGH) << 10) + low - FIRST_LOW + FIRST_ASTRAL : unit;
}
