/**
 * The compiled regex of a template: made when it is first asked for, and once for all who use the template, for most are never needed
 * and a jail has 31. What a template matched in a log is not known here.
 * @module
 */
import { compileRegex } from "../regex/compile.ts";
import type { CompiledRegex } from "../regex/compiled-regex.ts";
import type { DateTemplate } from "./template.ts";

const compiled = new WeakMap<DateTemplate, CompiledRegex>();
const compiledWithoutSpans = new WeakMap<DateTemplate, CompiledRegex>();

/** That V8 searches the default templates in linear time is known beforehand: to work it out takes longer than a thousand searches. */
const isDefault = ({ needs }: DateTemplate): boolean => needs !== undefined;

/** @throws {RegexSyntaxError} */
export function compiledOf(template: DateTemplate): CompiledRegex {
  let regex = compiled.get(template);
  if (regex === undefined) {
    regex = compileRegex(template.regex, { spans: true, isLinear: isDefault(template) });
    compiled.set(template, regex);
  }
  return regex;
}

/**
 * The same for those who ask for the texts of groups alone: it takes a fourth of the time.
 *
 * @throws {RegexSyntaxError}
 */
export function compiledForTexts(template: DateTemplate): CompiledRegex {
  let regex = compiledWithoutSpans.get(template);
  if (regex === undefined) {
    regex = compileRegex(template.regex, { isLinear: isDefault(template) });
    compiledWithoutSpans.set(template, regex);
  }
  return regex;
}

/** A look-around or a conditional: what the groups hold may depend on more than the matched text. */
const LOOKS_AROUND = /\(\?(?:<?[=!]|\()/;
/** The look-arounds of our own, which decide whether and where, never what. */
const OWN_BOUNDARIES = /\(\?=(?:\^\||)\\b\|\\W(?:\|\$)?\)|\(\?<=\^\\\[\)|\(\?<=\\baudit\\\(\)/g;

/** Whether the matched text alone decides what the groups hold. */
export function isTextBound(template: DateTemplate): boolean {
  return !LOOKS_AROUND.test(template.regex.replace(OWN_BOUNDARIES, ""));
}
