/**
 * The IPv4 addresses by their shapes: how many digits each of the four numbers has. Where a walk makes the same of all digits, it comes
 * to the same over all addresses of one shape, so that one leap goes over any of them. Knows no memory, and not what rows are.
 * @module
 */

/** The most digits of a number, and how many numbers an address has. */
const MAX_DIGITS = 3;
const NUMBERS = 4;

/** Shapes that there are; they are told by numbers below this one. */
export const SHAPES = MAX_DIGITS ** NUMBERS;

/** In a leap over addresses as it is laid down, instead of how many bytes a stretch has; no stretch is so long. */
export const IS_QUAD = 0xff;
/** There, instead of the byte behind, where any may stand; none is so high. */
const ANY_BEHIND = 0xff;

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const SPACE = 0x20;
const HIGHEST_BYTE = 0x7e;

/** An address in a text. */
export interface Quad {
  readonly shape: number;
  /** behind its last digit */
  readonly end: number;
}

/** Over addresses, each with the byte behind it. */
export interface QuadLeap {
  /** the byte behind; -1: none, the leap ends before it */
  readonly behind: number;
  /** by shape: the row that it comes to, -1 where that is not known */
  readonly ends: readonly number[];
}

/** The byte behind an address as a leap that is laid down has it. */
export const laidBehind = ({ behind }: QuadLeap): number => (behind < 0 ? ANY_BEHIND : behind);

interface QuadSteps {
  next(row: number, byte: number): number;
  kind(row: number, byte: number): number;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

/** The address that begins at a place, with neither digit nor dot behind it; as assembly/leaps.ts finds it. */
export function quadAt(text: Uint8Array, from: number): Quad | undefined {
  let at = from;
  let shape = 0;
  let weight = 1;
  for (let number = 0; number < NUMBERS; number++) {
    const start = at;
    while (isDigit(text[at])) at++;
    const digits = at - start;
    if (digits < 1 || digits > MAX_DIGITS) return undefined;
    shape += (digits - 1) * weight;
    weight *= MAX_DIGITS;
    const hasDot = text[at] === DOT;
    if (hasDot !== number < NUMBERS - 1) return undefined;
    if (hasDot) at++;
  }
  return { shape, end: at };
}

/** Bytes of an address of a shape. */
export function bytesOfShape(shape: number): readonly number[] {
  const bytes: number[] = [];
  let rest = shape;
  for (let number = 0; number < NUMBERS; number++) {
    if (number > 0) bytes.push(DOT);
    for (let digit = rest % MAX_DIGITS; digit >= 0; digit--) bytes.push(ZERO);
    rest = Math.floor(rest / MAX_DIGITS);
  }
  return bytes;
}

/**
 * A leap over addresses from a row.
 *
 * @param behind the bytes behind addresses that came there; `undefined` for a text's end
 * @returns `undefined`: it leads nowhere
 */
export function quadLeap(
  row: number,
  behind: readonly (number | undefined)[],
  steps: QuadSteps,
): QuadLeap | undefined {
  const alike = new Map<number, boolean>();
  const isAlike = (at: number): boolean => {
    const known = alike.get(at);
    if (known !== undefined) return known;
    let isSame = true;
    for (let digit = ZERO + 1; digit <= NINE; digit++)
      isSame &&= steps.kind(at, digit) === steps.kind(at, ZERO);
    alike.set(at, isSame);
    return isSame;
  };
  const common = mostOf(behind);
  const last = common !== undefined && common >= SPACE && common <= HIGHEST_BYTE ? common : -1;
  const ends = new Array<number>(SHAPES).fill(-1);
  // what shapes begin with alike is walked over once
  const walk = (from: number, number: number, shape: number, weight: number): void => {
    let at = from;
    for (let more = 0; more < MAX_DIGITS && at >= 0 && isAlike(at); more++) {
      at = steps.next(at, ZERO);
      if (at < 0) return;
      const begun = shape + more * weight;
      if (number === NUMBERS) ends[begun] = last < 0 ? at : steps.next(at, last);
      else walk(steps.next(at, DOT), number + 1, begun, weight * MAX_DIGITS);
    }
  };
  walk(row, 1, 0, 1);
  return ends.some((end) => end >= 0) ? { behind: last, ends } : undefined;
}

/** What more than half of them are, if they are. */
function mostOf(values: readonly (number | undefined)[]): number | undefined {
  let candidate: number | undefined;
  let votes = 0;
  for (const value of values) {
    if (value === candidate) votes++;
    else if (votes > 0) votes--;
    else {
      candidate = value;
      votes = 1;
    }
  }
  return candidate;
}
