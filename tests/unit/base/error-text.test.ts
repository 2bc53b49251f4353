import { expect, test } from "vitest";
import { messageOf } from "../../../src/base/error-text.ts";

test.each([
  ["an error's message", new RangeError("too large"), "too large"],
  ["a text itself", "thrown", "thrown"],
  ["the word for nothing", undefined, "undefined"],
  ["the text of a number", 42, "42"],
])("%s", (_name, thrown, expected) => {
  expect(messageOf(thrown)).toBe(expected);
});
