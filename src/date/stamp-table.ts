/**
 * A template's stamp as the table that a walk over bytes needs: states that go on alike are one, and so are bytes that no state tells apart.
 * Made once for all who use the template.
 * @module
 */
import type { Node } from "../regex/tree.ts";
import { widthOf } from "../regex/width.ts";
import { BEGINS, ENDS, FIRST_STATE, NEXT_STATE, type OrdinaryStamp, REFUSES } from "./ordinary-stamp.ts";
import { leadOf, type StampBegin, type StampShape, stampShape } from "./stamp-shape.ts";
import { stampRows } from "./stamp-states.ts";
import { stampSteps } from "./stamp-steps.ts";
import { BEYOND_ASCII, LINE_END, symbolsOf } from "./stamp-symbols.ts";
import type { DateTemplate } from "./template.ts";

/** All of an ordinary stamp but its place. */
export type StampTable = Pick<OrdinaryStamp, "classes" | "endClass" | "stride" | "table">;

export interface TemplateTable {
  readonly begin: StampBegin;
  readonly table: StampTable;
  /** whether all that changes with other digits in the fraction are these digits */
  readonly hasFreeFraction: boolean;
  /** characters that the template matches before the stamp and behind it; `undefined`: not always as many */
  readonly margins: StampMargins | undefined;
}

export interface StampMargins {
  readonly before: number;
  readonly behind: number;
}

const FLAGS = ENDS | REFUSES | BEGINS;

const BYTES = 256;

const tables = new WeakMap<DateTemplate, TemplateTable | "none">();

/** @returns `undefined` if no table can say what the template cuts out */
export function tableOf(template: DateTemplate): TemplateTable | undefined {
  let table = tables.get(template);
  if (table === undefined) {
    table = makeTable(template) ?? "none";
    tables.set(template, table);
  }
  return table === "none" ? undefined : table;
}

function makeTable(template: DateTemplate): TemplateTable | undefined {
  const shape = stampShape(template);
  return shape === undefined ? undefined : tableOfShape(shape);
}

/** The table of the stamp alone, whatever stands around it. */
export function bareTable(shape: StampShape): StampTable | undefined {
  return tableOfShape({ ...shape, begin: "line", behind: [], readsBehind: false })?.table;
}

function tableOfShape(shape: StampShape): TemplateTable | undefined {
  const steps = stampSteps(shape);
  if (steps === undefined) return undefined;
  const { begin } = shape;
  const symbols = symbolsOf(steps);
  // a sign might belong to what stands before
  const made = stampRows(steps, symbols, begin === "signs" || begin === "words");
  if (made === undefined || !made.canEnd) return undefined;
  const { rows, hasFreeFraction } = made;
  const margins = marginsOf(leadOf(begin)?.lead ?? [], shape.behind);
  // where a match ends has to be told
  if (shape.readsBehind && margins === undefined) return undefined;
  return { begin, table: packed(merged(rows), symbols.classOf), hasFreeFraction, margins };
}

function marginsOf(before: readonly Node[], behind: readonly Node[]): StampMargins | undefined {
  const widths = [before, behind].map((items) => widthOf({ kind: "sequence", items }, () => undefined));
  const [left = 0, right = 0] = widths.map(({ min }) => min);
  return widths.every(({ min, max }) => min === max) ? { before: left, behind: right } : undefined;
}

/** Merges states whose rows are alike, until none are. The first two keep their places. */
function merged(rows: readonly Uint16Array[]): readonly Uint16Array[] {
  const places = Uint16Array.from(rows.keys());
  let live = Array.from(rows.keys()).toReversed();
  for (;;) {
    // mostly states lead to later ones, so that one round from the end does nearly all
    const alike = new Map<string, number>();
    const left = live.filter((number) => {
      const row = rows[number] ?? new Uint16Array();
      moveTo(places, row);
      if (number <= FIRST_STATE) return true;
      const key = keyOf(row);
      const first = alike.get(key);
      places[number] = first ?? number;
      alike.set(key, first ?? number);
      return first === undefined;
    });
    if (left.length === live.length) break;
    live = left;
  }
  live.reverse();
  for (const [place, number] of live.entries()) places[number] = place;
  return live.map((number) => moveTo(places, rows[number] ?? new Uint16Array()));
}

/** Lets the entries of a row lead to where their states are now. */
function moveTo(places: Uint16Array, row: Uint16Array): Uint16Array {
  for (let column = 0; column < row.length; column++) {
    const entry = row[column] ?? 0;
    row[column] = (entry & FLAGS) | (places[entry & NEXT_STATE] ?? 0);
  }
  return row;
}

/** Rows that are alike have the same. */
const keyOf = (row: Uint16Array): string => Reflect.apply(String.fromCharCode, undefined, row);

function packed(rows: readonly Uint16Array[], classOf: Uint8Array): StampTable {
  const columns = new Map<string, number>();
  const kept: number[] = [];
  const moved = Array.from(rows[FIRST_STATE] ?? [], (_, column) => {
    const key = keyOf(Uint16Array.from(rows, (row) => row[column] ?? 0));
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
