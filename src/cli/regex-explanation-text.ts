/**
 * An explanation of `gaoler regex --explain` for people: a few lines under the line, with a caret where it stopped.
 * @module
 */
import { formatCivil, type LocalZone } from "../base/local-time.ts";
import type { Cause, DateNote, Explanation, Stop } from "./regex-explanation.ts";
import { harmless, paint, type Screen } from "./screen.ts";

type Painter = Pick<Screen, "hasColour">;

/** Characters shown before and after the place where it stopped. */
const SHOWN_BEFORE = 60;
const SHOWN_AFTER = 40;
/** Characters of a text quoted in a sentence. */
const QUOTED_CHARS = 60;
/** Characters of a template's name shown behind a date. */
const TEMPLATE_CHARS = 36;
const INDENT = "    ";
const LABEL_WIDTH = 11;

const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

/** Columns that a text takes on a terminal. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (character < "\u0300") width += 1;
    else if (!NO_WIDTH.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

const cut = (text: string, chars: number): string =>
  text.length > chars ? `${text.slice(0, chars)}…` : text;
const quoted = (text: string): string => `'${cut(harmless(text), QUOTED_CHARS)}'`;
const named = (template: string): string => cut(template, TEMPLATE_CHARS);
const labelled = (label: string, text: string): string => INDENT + label.padEnd(LABEL_WIDTH) + text;

const MARGIN = " ".repeat(INDENT.length + LABEL_WIDTH);

/** A piece of a text as shown; `…` stands for what is left out before or behind it. */
const cutHead = (text: string, from: number, to: number): string =>
  (from > 0 ? "…" : "") + harmless(text.slice(from, to));
const cutTail = (text: string, from: number): string =>
  harmless(text.slice(from, from + SHOWN_AFTER)) + (from + SHOWN_AFTER < text.length ? "…" : "");

/** A text with what fitted underlined and a caret where it stopped. */
function caretRows(
  { text, from, at }: { readonly text: string; readonly from: number; readonly at: number },
  remark: string,
  screen: Painter,
): readonly string[] {
  const shownFrom = Math.max(0, at - SHOWN_BEFORE);
  const fittedFrom = Math.max(shownFrom, Math.min(from, at));
  const skipped = cutHead(text, shownFrom, fittedFrom);
  const fitted = harmless(text.slice(fittedFrom, at));
  const [stopper = ""] = text.slice(at, at + 2);
  const rest = cutTail(text, at + stopper.length);
  const tildes = paint(screen, "green", "~".repeat(widthOf(fitted)));
  return [
    `${MARGIN}${skipped}${paint(screen, "green", fitted)}${paint(screen, "red", harmless(stopper))}${rest}`,
    `${MARGIN}${" ".repeat(widthOf(skipped))}${tildes}${paint(screen, "red", `^ ${remark}`)}`,
  ];
}

/** The regex with the piece that does not fit underlined. */
function pieceRows({ regex, piece, pieceAt }: Stop, screen: Painter): readonly string[] {
  const before = cutHead(regex, Math.max(0, pieceAt - SHOWN_BEFORE), pieceAt);
  const shown = harmless(piece);
  const carets = "^".repeat(Math.max(1, widthOf(shown)));
  return [
    MARGIN + before + paint(screen, "red", shown) + cutTail(regex, pieceAt + piece.length),
    MARGIN + " ".repeat(widthOf(before)) + paint(screen, "red", carets),
  ];
}

function stopRows(stop: Stop, screen: Painter): readonly string[] {
  const isAtEnd = stop.at >= stop.text.length;
  const piece = quoted(stop.piece);
  const remark = isAtEnd ? `the text ends, ${piece} should follow` : `${piece} does not fit here`;
  return [...caretRows(stop, remark, screen), ...pieceRows(stop, screen)];
}

function dateRows(note: DateNote, line: string, zone: LocalZone, screen: Painter): readonly string[] {
  switch (note.kind) {
    case "of the journal":
      return [labelled("date", "the journal's")];
    case "not sought":
      return [labelled("date", "none is looked for; the line is searched whole")];
    case "found": {
      const at = formatCivil(zone.civilAt(Math.floor(note.at)));
      return [labelled("date", `${quoted(note.text)} is ${at} by ${named(note.template)}`)];
    }
    case "not convertible":
      return [labelled("date", `${quoted(note.text)} is none, though of the form ${named(note.template)}`)];
    case "not found": {
      const { nearest } = note;
      if (nearest === undefined) return [labelled("date", "none found; the line is searched whole")];
      return [
        labelled("date", "none found; the line is searched whole. The template that comes furthest:"),
        labelled("", cut(nearest.template, QUOTED_CHARS)),
        ...caretRows({ text: line, ...nearest }, "does not fit here", screen),
      ];
    }
  }
}

function causeRows(cause: Cause, failregexes: number, screen: Painter): readonly string[] {
  const failregex = (text: string): readonly string[] => [labelled("failregex", text)];
  switch (cause.kind) {
    case "prefregex":
      return cause.stop === undefined
        ? [labelled("prefregex", "takes too many steps and counts as not matching")]
        : [labelled("prefregex", "does not match; it stops here:"), ...stopRows(cause.stop, screen)];
    case "failregex": {
      const which = `${cause.regex} of ${failregexes}`;
      const said =
        failregexes === 1
          ? "does not match; it stops here:"
          : cause.isNear
            ? `none matches; number ${which} comes furthest and stops here:`
            : `none matches or comes near; number ${which} stops here:`;
      return [...failregex(said), ...stopRows(cause.stop, screen)];
    }
    case "no failregex":
      return failregex("none matches");
    case "ignoreregex":
      return [labelled("ignored", `by ignoreregex ${cause.regex}: ${harmless(cause.source)}`)];
    case "harmless":
      return failregex(`number ${cause.regex} matches; the line is harmless by itself (nofail)`);
    case "waits":
      return failregex(
        `number ${cause.regex} matches; the line waits for one of its session that has an address`,
      );
    case "no id":
      return failregex(
        `number ${cause.regex} matches, but captured nobody: no address, name or id took part`,
      );
    case "too many steps":
      return failregex(`number ${cause.regex} takes too many steps on this line and counts as not matching`);
    case "no address":
      return failregex(
        `number ${cause.regex} matches, but ${quoted(cause.text)} looks like an address and is none`,
      );
    case "name refused":
      return failregex(
        `number ${cause.regex} matches, but ${quoted(cause.text)} is a name, and usedns is no`,
      );
    case "name unknown":
      return failregex(`number ${cause.regex} matches, but the name ${quoted(cause.text)} has no address`);
    case "matched":
      return failregex(`number ${cause.regex} matches: ${harmless(cause.ids.join(", "))}`);
  }
}

export interface ExplanationContext {
  readonly line: string;
  /** how many there are */
  readonly failregexes: number;
  readonly zone: LocalZone;
  readonly screen: Painter;
}

/** The rows of an explanation. */
export function explanationRows(
  { date, content, cause }: Explanation,
  { line, failregexes, zone, screen }: ExplanationContext,
): readonly string[] {
  return [
    ...dateRows(date, line, zone, screen),
    ...(content === undefined ? [] : [labelled("prefregex", `matches and leaves ${quoted(content)}`)]),
    ...causeRows(cause, failregexes, screen),
  ];
}
