/**
 * The grammar of `filter =`, `action =` and `backend =`: `NAME[opt=val, opt="val"][more=…]` (A§1.8), with the recovery of an
 * opening quote that is never closed. Knows nothing of files.
 * @module
 */
import { ConfigMistake } from "./findings.ts";
import { isBlankAt, reprText, skipBlanks } from "./python-text.ts";
import type { TracedText } from "./traced-text.ts";

export interface ConfigItem {
  readonly name: TracedText;
  /** by name, case kept; the name may carry a condition: `blocktype?family=inet6` */
  readonly options: ReadonlyMap<string, TracedText>;
  /** opening quotes that were dropped because nothing closes them, each at its place */
  readonly loneQuotes: readonly TracedText[];
}

const OPTION = /\s*((?:[\p{L}\p{N}_\-.])+(?:\?[\p{L}\p{N}_\-.]+=[\p{L}\p{N}_\-.]+)?)=/uy;
const REST = /\s*,?\s*$/y;
const NEXT_GROUP = /\]\s*\[/y;
/** Characters of the wrong text that the message repeats. */
const SHOWN_CHARS = 25;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** End of a quoted value that begins at `at`, behind its closing quote; -1 if it is none. */
function quotedEnd(text: string, at: number): number {
  const quote = text.charAt(at);
  if (quote !== '"' && quote !== "'") return -1;
  const close = text.indexOf(quote, at + 1);
  return close === -1 ? -1 : close + 1;
}

/** End of a bare value: before the next `,` or `]`. */
function bareEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && text[end] !== "," && text[end] !== "]") end += 1;
  return end;
}

/** Options without the brackets around them, as in `ignorecache`: `key="<ip>", max-count=100`. */
export function parseOptions(inner: TracedText): Omit<ConfigItem, "name"> | ConfigMistake {
  const { text } = inner;
  const options = new Map<string, TracedText>();
  const loneQuotes: TracedText[] = [];
  let at = 0;
  while (matchAt(REST, text, at) === null) {
    const option = matchAt(OPTION, text, at);
    const name = option?.[1];
    if (option === null || name === undefined) {
      const shown = text.slice(at, at + SHOWN_CHARS);
      const origin = inner.originAt(skipBlanks(text, at));
      return new ConfigMistake(
        `expected option, wrong syntax at ${at}: ${shown}`,
        origin,
        "write 'option=value'",
      );
    }
    const start = at + option[0].length;
    const closed = quotedEnd(text, start);
    const end = closed === -1 ? bareEnd(text, start) : closed;
    if (closed !== -1) options.set(name, inner.slice(start + 1, end - 1).strip());
    else {
      const bare = inner.slice(start, end).strip();
      const isLone = /^["']/.test(bare.text);
      if (isLone) loneQuotes.push(bare);
      options.set(name, isLone ? bare.slice(1).strip() : bare);
    }
    const group = matchAt(NEXT_GROUP, text, end);
    if (end === text.length) break;
    if (text[end] === ",") at = end + 1;
    else if (group !== null) at = end + group[0].length;
    else {
      const shown = text.slice(end, end + SHOWN_CHARS);
      const what = `unexpected syntax at ${end} after option ${reprText(name)}: ${shown}`;
      return new ConfigMistake(what, inner.originAt(end), "a quote too many or too few?");
    }
  }
  return { options, loneQuotes };
}

/**
 * Parses one item.
 *
 * @returns the item, or the mistake in fail2ban's words (without the `Invalid … definition` before it)
 */
export function parseItem(value: TracedText): ConfigItem | ConfigMistake {
  const { text } = value;
  const open = text.indexOf("[");
  if (open === -1 && text !== "") return { name: value, options: new Map(), loneQuotes: [] };
  const bare = value.stripEnd();
  if (open <= 0 || !bare.text.endsWith("]") || bare.text.length <= open + 1) {
    return new ConfigMistake(
      "unexpected option syntax",
      value.originAt(Math.max(0, open)),
      "write 'name[option=value]'",
    );
  }
  const parsed = parseOptions(bare.slice(open + 1, bare.text.length - 1));
  return parsed instanceof ConfigMistake ? parsed : { name: value.slice(0, open), ...parsed };
}

/** End of a well-formed `[…]` group that begins at `at`; -1 if it is none. */
function groupEnd(text: string, at: number): number {
  if (text[at] !== "[") return -1;
  let from = at + 1;
  for (;;) {
    const option = matchAt(OPTION, text, from);
    if (option === null) {
      const bracket = skipBlanks(text, from);
      return text[bracket] === "]" ? bracket + 1 : -1;
    }
    const start = from + option[0].length;
    const closed = quotedEnd(text, start);
    const follower = closed === -1 ? "" : text[closed];
    // a quote that is closed elsewhere than at the end of a value was never closed: the next action is not part of it
    const end = follower === "," || follower === "]" ? closed : bareEnd(text, start);
    if (end >= text.length) return -1;
    if (text[end] === "]") return end + 1;
    from = end + 1;
  }
}

/** Splits the value of `action` into items: at blanks outside of well-formed groups. */
export function splitItems(value: TracedText): readonly TracedText[] {
  const { text } = value;
  const items: TracedText[] = [];
  let start = skipBlanks(text);
  while (start < text.length) {
    let at = start;
    for (;;) {
      const group = groupEnd(text, skipBlanks(text, at));
      if (group !== -1) at = group;
      else if (at >= text.length || isBlankAt(text, at)) break;
      else at += 1;
    }
    items.push(value.slice(start, at));
    start = skipBlanks(text, at);
  }
  return items;
}
