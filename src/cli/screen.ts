/**
 * Writing for people: colours where they are wanted, text from outside made harmless for the terminal.
 * @module
 */

export interface Screen {
  write(text: string): void;
  readonly hasColour: boolean;
}

export type Colour = "red" | "green" | "yellow" | "blue" | "grey" | "bold";

const CODES: Readonly<Record<Colour, number>> = {
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  grey: 90,
  bold: 1,
};

/** Whether a log target is the screen of whoever started the daemon in the foreground. */
export function isScreenTarget(logtarget: string): boolean {
  return /^(?:STDOUT|STDERR|SYSOUT|INHERITED)\b/i.test(logtarget);
}

/** Colour only on a terminal, never with NO_COLOR, always with FORCE_COLOR. */
export function wantsColour(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  if ((env["FORCE_COLOR"] ?? "") !== "") return true;
  return isTerminal && env["TERM"] !== "dumb";
}

/** The text in a colour, if the screen has colours. */
export function paint(screen: Pick<Screen, "hasColour">, colour: Colour, text: string): string {
  return screen.hasColour ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
}

/** Control characters of text from outside, shown instead of obeyed. */
export function harmless(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
  });
}
