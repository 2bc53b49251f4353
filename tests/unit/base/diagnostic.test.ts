/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDiagnostic, formatOrigin } from "../../../src/base/diagnostic.ts";

const origin = { file: "jail.local", line: 12, column: 9, text: "maxretry = five" };

test("an origin reads file:line:column", () => {
  expect(formatOrigin(origin)).toBe("jail.local:12:9");
});

test("a full diagnostic tells what, where, who, what now and what to do", () => {
  const text = formatDiagnostic({
    severity: "error",
    message: "maxretry is not a number",
    origin,
    jail: "sshd",
    consequence: "the jail is left out",
    remedy: "write a number",
  });
  expect(text.split("\n")).toEqual([
    "jail.local:12:9: error: [sshd] maxretry is not a number",
    "    maxretry = five",
    "            ^",
    "    now: the jail is left out",
    "    try: write a number",
  ]);
});

test("a diagnostic without a place is one line", () => {
  expect(formatDiagnostic({ severity: "notice", message: "m" })).toBe("notice: m");
});

test("an origin without its text shows no caret", () => {
  const place = { file: "f", line: 1, column: 1 };
  expect(formatDiagnostic({ severity: "warning", message: "m", origin: place })).toBe("f:1:1: warning: m");
});

test("tabs stay tabs before the caret", () => {
  const text = formatDiagnostic({
    severity: "error",
    message: "m",
    origin: { ...origin, column: 3, text: "\t\tx" },
  });
  expect(text.split("\n").slice(1)).toEqual(["    \t\tx", "    \t\t^"]);
});

test("a long line is cut so that the caret stays in sight", () => {
  const long = `${"a".repeat(5000)}X${"b".repeat(5000)}`;
  const text = formatDiagnostic({
    severity: "error",
    message: "m",
    origin: { ...origin, column: 5001, text: long },
  });
  const [, shown = "", caret = ""] = text.split("\n");
  expect(shown.length).toBeLessThanOrEqual(164);
  expect(shown.charAt(caret.indexOf("^"))).toBe("X");
});

test("the excerpt never carries control characters to the terminal", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 200 }), (line, column) => {
      const text = formatDiagnostic({
        severity: "error",
        message: "m",
        origin: { file: "f", line: 1, column, text: line.replaceAll("\n", "") },
      });
      return !/[\0-\x08\x0b-\x1f\x7f]/.test(text) && text.split("\n").length === 3;
    }),
  );
});
