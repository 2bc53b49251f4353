import fc from "fast-check";
import { expect, test } from "vitest";
import { type Cell, tableLines } from "../../../src/cli/table.ts";

const COLUMNS = [{ title: "NAME" }, { title: "N", align: "right" as const }, { title: "PATH" }];
const PIPE = { hasColour: false, columns: undefined };

test("columns are as wide as their widest cell, figures stand to the right, no line ends in blanks", () => {
  const rows = [
    ["a", "1", "/x"],
    ["longer", "1000", ""],
  ];
  expect(tableLines(COLUMNS, rows, PIPE)).toEqual(["NAME       N  PATH", "a          1  /x", "longer  1000"]);
  expect(tableLines(COLUMNS, [], PIPE)).toEqual(["NAME  N  PATH"]);
});

test("the last column ends where the terminal ends, and is cut no shorter than it can be read", () => {
  const rows = [["name", "1", "/var/log/a/very/long/path.log"]];
  const [, cut = ""] = tableLines(COLUMNS, rows, { hasColour: false, columns: 24 });
  expect(cut).toBe("name  1  /var/log/a/ver\u2026");
  expect(tableLines(COLUMNS, rows, { hasColour: false, columns: 5 })[1]).toBe("name  1  /var/lo\u2026");
});

test("colours do not count as width, and are there only where they are wanted", () => {
  const rows: Cell[][] = [
    [{ text: "a", colour: "red" }, "1", "x"],
    ["bbbb", { text: "2", colour: "grey" }, "y"],
  ];
  const painted = tableLines(COLUMNS, rows, { hasColour: true, columns: 80 });
  expect(painted[1]).toBe("\u001b[31ma\u001b[0m     1  x");
  const bare = painted.map((line) =>
    line.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g"), ""),
  );
  expect(bare).toEqual(tableLines(COLUMNS, rows, { hasColour: false, columns: 80 }));
});

test("whatever is in a cell, a row is one line without control characters, as wide as the terminal at most", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.integer({ min: 30, max: 80 }),
      (text, columns) => {
        const [, row = ""] = tableLines([{ title: "A" }, { title: "B" }], [["x", text]], {
          hasColour: false,
          columns,
        });
        expect(Array.from(row).length).toBeLessThanOrEqual(columns);
        expect(/\p{Cc}/u.test(row)).toBe(false);
      },
    ),
  );
});
