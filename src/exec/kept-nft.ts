/**
 * An `nft -i` that is kept open: one ban takes it a fraction of a millisecond. Knows how nft complains.
 * @module
 */
import { KeptTool } from "./kept-tool.ts";

/** The complaint about a mark: a line of its own, then the mark, then carets below it. */
const COMPLAINT = /(?:^|\n)Error: syntax error[^\n]*\n$/;
const CARETS = /^ *\^[\^~]*\n$/;

/** What nft said before it came to the mark. */
export function answerOfNft(said: string, mark: string): string | undefined {
  const at = said.indexOf(`${mark}\n`);
  if (at < 0 || !CARETS.test(said.slice(at + mark.length + 1))) return undefined;
  const before = said.slice(0, at);
  const complaint = COMPLAINT.exec(before);
  // not what a mark leads to: nothing is certain then
  return complaint === null ? `?${before}` : before.slice(0, complaint.index);
}

/** It could not open the file that it was to read. */
export const couldNotRead = (said: string): boolean => /could not open file|file not found/i.test(said);

/** @param program as the scripts call it */
export function keepNft(program: string): KeptTool {
  // it would keep all that it is told in a file of the user's; nothing else of it looks for a home
  const fileLine = (path: string): string => `include "${path}"`;
  return new KeptTool({ program, args: ["-i"], env: { HOME: "/dev/null" }, answer: answerOfNft, fileLine });
}
