/**
 * An explanation of `gaoler regex --explain --json` as data. Offsets count characters from 0.
 * @module
 */
import type { Cause, DateNote, Explanation, Stop } from "./regex-explanation.ts";
import type { Json } from "./regex-json.ts";

/** The number of characters before a UTF-16 offset. */
const charactersBefore = (text: string, offset: number): number => Array.from(text.slice(0, offset)).length;

function dateJson(note: DateNote): Json {
  switch (note.kind) {
    case "found":
      return { found: true, text: note.text, at: note.at, template: note.template };
    case "not convertible":
      return { found: false, text: note.text, template: note.template };
    case "not found":
      return note.nearest === undefined ? { found: false } : { found: false, nearest: { ...note.nearest } };
    case "not sought":
    case "of the journal":
      return { found: false, why: note.kind };
  }
}

function stopJson({ text, from, at, regex, piece, pieceAt }: Stop): Json {
  return {
    text,
    from: charactersBefore(text, from),
    at: charactersBefore(text, at),
    regex,
    piece,
    pieceAt: charactersBefore(regex, pieceAt),
  };
}

function causeJson(cause: Cause): Readonly<Record<string, Json>> {
  switch (cause.kind) {
    case "prefregex":
      return { why: "prefregex", stop: cause.stop === undefined ? null : stopJson(cause.stop) };
    case "failregex":
      return { why: "failregex", failregex: cause.regex, stop: stopJson(cause.stop) };
    case "no failregex":
      return { why: "failregex" };
    case "ignoreregex":
      return { why: "ignoreregex", ignoreregex: cause.regex };
    case "no address":
    case "name refused":
    case "name unknown":
      return { why: cause.kind, failregex: cause.regex, text: cause.text };
    default:
      return { why: cause.kind, failregex: cause.regex };
  }
}

/** The member `explain` of a missed line. */
export function explanationJson({ date, content, cause }: Explanation): Json {
  return { date: dateJson(date), content: content ?? null, ...causeJson(cause) };
}
