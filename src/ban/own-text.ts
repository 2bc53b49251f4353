/**
 * Texts that are kept as texts.
 * @module
 */

/** A copy that shares nothing with the text that it was cut from, which would stay in memory as a whole. */
export function ownText(text: string): string {
  const copy: unknown = JSON.parse(JSON.stringify(text));
  return typeof copy === "string" ? copy : text;
}
