/** What continuous integration says at its end of the tests that failed. */
import { expect, test } from "vitest";
import { readReport, renderReport, reportText } from "../../../scripts/test-report.ts";

const COUNTS = { passed: 7, failed: 1, skipped: 2 };

/** What is said of a report, as lines. */
const said = (report: string): readonly string[] => renderReport(readReport(report), "/src").split("\n");

/** A report as vitest writes it. */
function vitestReport(...testResults: readonly object[]): string {
  return JSON.stringify({ numPassedTests: 3, numFailedTests: 1, numPendingTests: 0, testResults });
}

const passed = { fullName: "that passes", status: "passed", failureMessages: [] };
const failed = {
  fullName: "outer: that fails",
  status: "failed",
  failureMessages: [
    "\u001b[31mAssertionError: expected 1 to be 2\u001b[39m\n    at file:///src/tests/a.test.ts:2:82\n    at file:///src/node_modules/@vitest/runner/x.js:302:11\n    at new Promise (<anonymous>)",
  ],
};

test("a failed test is told by file, name and message, without colours and the runner's own stack", () => {
  const file = {
    name: "/src/tests/a.test.ts",
    status: "failed",
    message: "",
    assertionResults: [passed, failed],
  };
  expect(said(vitestReport(file))).toEqual([
    "3 1 0",
    "FAILED: tests/a.test.ts > outer: that fails",
    "    AssertionError: expected 1 to be 2",
    "        at file:///src/tests/a.test.ts:2:82",
    "",
  ]);
});

test("of a test that did not end in time it is said how long it took", () => {
  const late = {
    fullName: "slow",
    status: "failed",
    duration: 60_000.4,
    failureMessages: ["Error: STACK_TRACE_ERROR\n    at file:///src/tests/a.test.ts:2:1"],
  };
  const file = { name: "/src/tests/a.test.ts", status: "failed", message: "", assertionResults: [late] };
  expect(said(vitestReport(file)).slice(1, 3)).toEqual([
    "FAILED: tests/a.test.ts > slow",
    "    no end after 60000 ms",
  ]);
});

test("a file that broke before its tests counts as one", () => {
  const file = {
    name: "/src/tests/b.test.ts",
    status: "failed",
    message: "Cannot find module",
    assertionResults: [],
  };
  expect(said(vitestReport(file))).toEqual([
    "3 2 0",
    "FAILED: tests/b.test.ts",
    "    Cannot find module",
    "",
  ]);
});

test("of what passed nothing is said but the counts", () => {
  const file = { name: "/src/tests/a.test.ts", status: "passed", message: "", assertionResults: [passed] };
  expect(said(vitestReport(file))).toEqual(["3 1 0", ""]);
});

test("what other runs report is read the same", () => {
  const failure = { file: "fuzz", name: "pickle", message: "it hangs\ninput: 12" };
  expect(said(reportText(COUNTS, [failure]))).toEqual([
    "7 1 2",
    "FAILED: fuzz > pickle",
    "    it hangs",
    "    input: 12",
    "",
  ]);
  expect(said(reportText({ ...COUNTS, failed: 0 }, []))).toEqual(["7 0 2", ""]);
});

test("messages and their number are bounded", () => {
  const message = Array.from({ length: 40 }, (_, line) => `${line} ${"x".repeat(1000)}`).join("\n");
  const failures = Array.from({ length: 50 }, (_, each) => ({ file: "f", name: `test ${each}`, message }));
  const lines = said(reportText({ ...COUNTS, failed: 50 }, failures));
  expect(lines.at(-2)).toBe("and 20 more");
  expect(lines).toHaveLength(1 + 30 * 16 + 2);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(310);
});

test("a report that is half written is an error", () => {
  expect(() => readReport(vitestReport().slice(0, -3))).toThrow(SyntaxError);
});
