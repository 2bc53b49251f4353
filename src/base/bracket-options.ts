/**
 * Words with options in brackets, as backends and log targets are written: `systemd[journalflags=1, rotated=on]`.
 * Knows none of the options.
 * @module
 */

/** A word and its options; the last of equal names holds. */
export interface BracketedWord {
  readonly word: string;
  readonly options: ReadonlyMap<string, string>;
}

/** One option: name, `=`, a quoted or plain value. Sticky; each character is looked at a bounded number of times. */
const OPTION = /\s*([\w.-]+)=(?:"([^"]*)"|'([^']*)'|([^,\]]*))\s*(,|\]\s*\[|\]|$)/y;

/** Parses `WORD` or `WORD[name=value, …]`. What does not parse as an option, and all after it, is left out. */
export function parseBracketedWord(text: string): BracketedWord {
  const open = text.indexOf("[");
  const options = new Map<string, string>();
  if (open < 0) return { word: text.trim(), options };
  OPTION.lastIndex = open + 1;
  for (let found = OPTION.exec(text); found !== null; found = OPTION.exec(text)) {
    const [, name = "", double, single, plain = ""] = found;
    options.set(name, (double ?? single ?? plain).trim());
    if (OPTION.lastIndex >= text.length) break;
  }
  OPTION.lastIndex = 0;
  return { word: text.slice(0, open).trim(), options };
}
