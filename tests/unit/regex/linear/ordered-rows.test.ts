import { expect, test } from "vitest";
import { orderedProgramOf } from "../../../../src/regex/linear/ordered-program.ts";
import { OrderedRows, UNKNOWN } from "../../../../src/regex/linear/ordered-rows.ts";
import { Places } from "../../../../src/regex/linear/places.ts";
import { patternTree } from "../../../../src/regex/pattern-tree.ts";

/** The rows of a pattern, and the classes of characters of ASCII. */
function rowsOf(pattern: string) {
  const program = orderedProgramOf(patternTree(pattern).root);
  if (program === undefined) throw new Error("no program");
  const places = new Places(program);
  const classOf = (character: string): number => places.lowClasses[character.charCodeAt(0)] ?? -1;
  return { rows: new OrderedRows(program, places, true), classOf };
}

test("a step is found once for all characters that no open way tells apart", () => {
  const { rows, classOf } = rowsOf("^[^:]*:[0-4]+[5-9]x");
  const { row } = rows.first(undefined);
  const moveOver = (character: string): number | undefined => rows.moves[row + classOf(character)];
  expect(new Set(["a", "0", "5", "x", ":"].map(classOf)).size).toBe(5);
  const move = rows.build(row, classOf("a"));
  expect(["a", "0", "5", "x"].map(moveOver)).toEqual([move, move, move, move]);
  expect(moveOver(":")).toBe(UNKNOWN);
  expect(rows.build(row, classOf(":"))).not.toBe(move);
});

test("where a way asks for the character before it, each class has its own step", () => {
  const { rows, classOf } = rowsOf("^[^:]*(?<=[5-9])b");
  const { row } = rows.first(undefined);
  rows.build(row, classOf("5"));
  expect(rows.moves[row + classOf("a")]).toBe(UNKNOWN);
});
