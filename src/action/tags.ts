/**
 * The two kinds of tag replacement: configured properties, recursively and once (static); values of a ban, in one pass whose
 * results are never scanned again (dynamic). Knows no names of tags and no shell.
 * @module
 */
import { reprText } from "../config/python-text.ts";

/** Uses of one tag in one value before it counts as a reference to itself (B§4.2). */
const MAX_USES = 26;
/** Passes over one value; each must change something. */
const MAX_PASSES = 25;
/** Longest expanded value; doubling tags would otherwise grow without end. */
const MAX_EXPANDED_CHARS = 1 << 20;
/** Of such a value shown in the message. */
const MAX_SHOWN_CHARS = 1000;

/** `<` and `>` with neither blank nor bracket between, so the innermost tag of a nest is found first. */
const TAG = /<([^ <>]+)>/g;

/** Properties that refer to themselves; the text is fail2ban's, where it is a `ValueError`. */
export class TagRecursionError extends Error {
  constructor(owner: string, tag: string, uses: ReadonlyMap<string, number>, value: string) {
    const counts = [...uses].map(([name, count]) => `${reprText(name)}: ${count}`).join(", ");
    super(
      "properties contain self referencing definitions and cannot be resolved, " +
        `fail tag: ${owner}, found: ${tag} in {${counts}}, value: ${value}`,
    );
    this.name = "TagRecursionError";
  }
}

/** Value of a tag, or `undefined` where the tag stays as it stands. */
export type TagLookup = (tag: string) => string | undefined;

/** One walk from left to right; what a replacement brings in is seen. */
function expandOnce(text: string, owner: string, lookup: TagLookup, uses: Map<string, number>): string {
  let value = text;
  const pattern = new RegExp(TAG);
  for (let match = pattern.exec(value); match !== null; match = pattern.exec(value)) {
    const [whole, tag = ""] = match;
    const replacement = lookup(tag);
    if (replacement === undefined) continue;
    const count = uses.get(tag) ?? 0;
    const parts = value.split(whole);
    const length = value.length + (parts.length - 1) * (replacement.length - whole.length);
    if (tag === owner || count >= MAX_USES || length > MAX_EXPANDED_CHARS) {
      throw new TagRecursionError(owner, tag, uses, value.slice(0, MAX_SHOWN_CHARS));
    }
    uses.set(tag, count + 1);
    value = parts.join(replacement);
    pattern.lastIndex = match.index;
  }
  return value;
}

/**
 * Replaces tags by properties until nothing changes; nested tags (`<a_<b>>`) work from the inside out, unknown ones stay.
 *
 * @param owner the property that the text belongs to; it may not occur in its own value
 * @throws {TagRecursionError}
 * @see compat B§4.2 step 2
 */
export function expandStatic(text: string, owner: string, lookup: TagLookup): string {
  const uses = new Map<string, number>();
  let value = text;
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const next = expandOnce(value, owner, lookup, uses);
    if (next === value) return value;
    value = next;
  }
  throw new TagRecursionError(owner, owner, uses, value.slice(0, MAX_SHOWN_CHARS));
}

/**
 * Replaces tags by the values of a ban; a value that looks like a tag stays text.
 *
 * @param lookup gets the character behind the tag too (empty at the end), since a variable's name must not run into it
 */
export function replaceDynamic(
  text: string,
  lookup: (tag: string, next: string) => string | undefined,
): string {
  return text.replace(
    TAG,
    (whole, tag: string, offset: number) => lookup(tag, text.charAt(offset + whole.length)) ?? whole,
  );
}

/** The tags that occur in a text. */
export function tagsIn(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(TAG), ([, tag = ""]) => tag));
}
