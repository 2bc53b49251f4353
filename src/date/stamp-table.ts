/**
 * A template's stamp as the table that a walk over bytes needs: states that go on alike are one, and so are bytes that no state tells apart.
 * Made once for all who use the template.
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import { ENDS, FIRST_STATE, NEXT_STATE, type OrdinaryStamp, REFUSES } from "./ordinary-stamp.ts";
import { stampShape } from "./stamp-shape.ts";
import { stampRows } from "./stamp-states.ts";
import { stampSteps } from "./stamp-steps.ts";
import { BEYOND_ASCII, LINE_END, symbolsOf } from "./stamp-symbols.ts";
import type { DateTemplate } from "./template.ts";

type StampTable = Omit<OrdinaryStamp, "prefix" | "inside">;

const BYTES = 256;

/** Texts before a stamp for which a template's ordinary stamp is kept: "", "[" and few others. */
const MAX_KEPT_PREFIXES = 8;

/** The ordinary stamps of a template by the text before; no table, no stamps. */
interface StampsOfTemplate {
  readonly table: StampTable | undefined;
  readonly byPrefix: BoundedMap<string, OrdinaryStamp>;
}

const stampsOfTemplates = new WeakMap<DateTemplate, StampsOfTemplate>();

/**
 * What an ordinary stamp of an anchored template looks like; always the same object for the same prefix.
 *
 * @param prefix the text before the stamp, none of whose characters is of a word
 * @returns `undefined` if no table can say what the template matches, or the prefix is not ASCII
 */
export function ordinaryStampOf(template: DateTemplate, prefix: string): OrdinaryStamp | undefined {
  let stamps = stampsOfTemplates.get(template);
  if (stamps === undefined) {
    stamps = { table: tableOf(template), byPrefix: new BoundedMap({ limit: MAX_KEPT_PREFIXES }) };
    stampsOfTemplates.set(template, stamps);
  }
  const { table, byPrefix } = stamps;
  const known = byPrefix.get(prefix);
  if (known !== undefined) return known;
  const codes = Uint8Array.from(prefix, (character) => Math.min(character.charCodeAt(0), BEYOND_ASCII));
  if (table === undefined || codes.includes(BEYOND_ASCII)) return undefined;
  const stamp = { prefix: codes, ...table };
  byPrefix.set(prefix, stamp);
  return stamp;
}

function tableOf(template: DateTemplate): StampTable | undefined {
  const shape = stampShape(template);
  const steps = shape === undefined ? undefined : stampSteps(shape);
  if (shape === undefined || steps === undefined) return undefined;
  const symbols = symbolsOf(steps);
  const rows = stampRows(steps, symbols, shape.mayFollowSigns);
  if (rows?.some((row) => row.some((entry) => (entry & ENDS) !== 0)) !== true) return undefined;
  return packed(merged(rows), symbols.classOf);
}

/** Merges states whose rows are alike, until none are. The first two keep their places. */
function merged(all: readonly Uint16Array[]): readonly Uint16Array[] {
  let rows = all;
  for (;;) {
    const numbers = new Map<string, number>();
    const kept: Uint16Array[] = [];
    const moved = rows.map((row, number) => {
      const key = number <= FIRST_STATE ? `first ${number}` : row.join();
      let place = numbers.get(key);
      if (place === undefined) {
        place = kept.push(row) - 1;
        numbers.set(key, place);
      }
      return place;
    });
    if (kept.length === rows.length) return rows;
    const flags = ENDS | REFUSES;
    rows = kept.map((row) => row.map((entry) => (entry & flags) | (moved[entry & NEXT_STATE] ?? 0)));
  }
}

function packed(rows: readonly Uint16Array[], classOf: Uint8Array): StampTable {
  const columns = new Map<string, number>();
  const kept: number[] = [];
  const moved = Array.from(rows[FIRST_STATE] ?? [], (_, column) => {
    const key = rows.map((row) => row[column]).join();
    const place = columns.get(key) ?? kept.push(column) - 1;
    columns.set(key, place);
    return place;
  });
  const stride = 2 ** Math.ceil(Math.log2(kept.length));
  const table = new Uint16Array(rows.length * stride);
  for (const [state, row] of rows.entries()) {
    for (const [place, column] of kept.entries()) table[state * stride + place] = row[column] ?? 0;
  }
  const classAt = (symbol: number): number => moved[classOf[symbol] ?? 0] ?? 0;
  const classes = Uint8Array.from({ length: BYTES }, (_, byte) => classAt(Math.min(byte, BEYOND_ASCII)));
  return { classes, endClass: classAt(LINE_END), stride, table };
}
