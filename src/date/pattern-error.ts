/**
 * The operator's mistake in a datepattern or in a zone.
 * @module
 */

/** A datepattern or a zone that cannot be used; the message is fail2ban's text (A§2.6, A§2.7, A§2.10). */
export class DatePatternError extends Error {
  override readonly name = "DatePatternError";
}
