import { openSync } from "node:fs";
import { expect, test } from "vitest";
import { systemErrorText } from "../../../src/cli/system-error.ts";

function errorOf(doIt: () => unknown): unknown {
  try {
    return doIt();
  } catch (error) {
    return error;
  }
}

test("an error of the system is told as Python tells it", () => {
  const error = errorOf(() => openSync("/nowhere/at/all", "r"));
  expect(systemErrorText(error)).toBe("[Errno 2] No such file or directory");
  expect(systemErrorText(error, "/x")).toBe("[Errno 2] No such file or directory: '/x'");
});

test("what is none of the system's is not told", () => {
  expect(systemErrorText(new RangeError("x"))).toBeUndefined();
  expect(systemErrorText("x")).toBeUndefined();
});
