/**
 * What is known beforehand of the regexes of default templates.
 * @module
 */
import { expect, test } from "vitest";
import { templatesOf } from "../../../src/date/template-list.ts";
import { compiledForTexts, compiledOf } from "../../../src/date/template-regex.ts";
import { compileRegex } from "../../../src/regex/compile.ts";

test.each([1999, 2000, 2026, 2039, 2099])(
  "V8 searches every default template of %d in linear time, as who works it out says",
  (year) => {
    for (const template of templatesOf(undefined, year)) {
      const { engine, cost } = compileRegex(template.regex);
      expect([template.name, engine, cost]).toEqual([template.name, "native", "linear"]);
      for (const made of [compiledOf(template), compiledForTexts(template)])
        expect([made.engine, made.cost]).toEqual([engine, cost]);
    }
  },
);
