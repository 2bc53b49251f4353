/**
 * Tables for people: aligned columns, a head, colours where they are wanted, the last column cut where the terminal ends.
 * @module
 */
import { type Colour, harmless, paint, type Screen } from "./screen.ts";

export interface Column {
  readonly title: string;
  readonly align?: "right";
}

/** A text, or one in a colour. Control characters are shown, not obeyed. */
export type Cell = string | { readonly text: string; readonly colour: Colour };

export interface TableScreen extends Pick<Screen, "hasColour"> {
  /** characters of a line of the terminal; `undefined`: no terminal, nothing is cut */
  readonly columns: number | undefined;
}

const GAP = "  ";
/** The last column keeps this much, however narrow the terminal is; characters. */
const LEAST_CHARS = 8;

/** The table as lines without line ends; the head alone where there are no rows. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  screen: TableScreen,
): string[] {
  const head = columns.map(({ title }): Cell => ({ text: title, colour: "bold" }));
  const lines = [head, ...rows];
  const widths = columns.map((_column, at) => Math.max(...lines.map((cells) => lengthOf(textOf(cells[at])))));
  return lines.map((cells) => lineOf(columns, cells, fitted(widths, screen), screen));
}

/** The widths with the last one as it fits. */
function fitted(widths: readonly number[], { columns }: TableScreen): readonly number[] {
  const before = widths.slice(0, -1);
  const room = (columns ?? Infinity) - before.reduce((sum, width) => sum + width + GAP.length, 0);
  return [...before, Math.min(widths.at(-1) ?? 0, Math.max(room, LEAST_CHARS))];
}

function lineOf(
  columns: readonly Column[],
  cells: readonly Cell[],
  widths: readonly number[],
  screen: TableScreen,
): string {
  const parts = columns.map(({ align }, at) => {
    const cell = cells[at];
    const width = widths[at] ?? 0;
    const text = cut(textOf(cell), width);
    const padding = " ".repeat(Math.max(0, width - lengthOf(text)));
    const painted = typeof cell === "object" ? paint(screen, cell.colour, text) : text;
    return align === "right" ? padding + painted : painted + padding;
  });
  return parts.join(GAP).trimEnd();
}

const textOf = (cell: Cell | undefined): string =>
  harmless(typeof cell === "object" ? cell.text : (cell ?? ""));

const lengthOf = (text: string): number => Array.from(text).length;

function cut(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join("")}…`;
}
