/**
 * Text from logs on its way into a script that mails: made such that neither a mailer nor what writes for it (`printf %b`, the `echo`
 * of some shells) reads a command in it. What it loses or gains a reader hardly sees; other scripts get their values as they are.
 * @module
 */
import { MATCHES_TAGS } from "./mail-plan.ts";

/** A program that takes a mail, as a word of a script. */
const MAILER = /(?:^|[\s/;|&({`"'=])(?:sendmail|s-nail|mailx?|nail|mutt|msmtp|ssmtp|swaks)(?=[\s"'`;|&)}]|$)/;

/** `~!command` of mailx, the dot that ends a mail, the line that begins one in a mailbox, the one that begins a part of it. */
const COMMAND_LINE = /^(?=~|\.[ \t]*$|From |--)/gm;
const LINE_END = /\r\n?|[\x85\u2028\u2029]/g;
/** Controls but the end of a line and the tab, and what turns the direction of writing. */
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Whether a script hands something to a mailer. */
export function isMailing(script: string): boolean {
  return MAILER.test(script);
}

/**
 * A value for such a script. Lines of logs stay lines; whatever else is one line, since it may stand in a header.
 * A backslash is parted from what follows, so that it means itself everywhere; doubled it would show where nobody interprets.
 */
export function mailedText(tag: string, value: string): string {
  const lines = value.toWellFormed().replace(LINE_END, "\n").replace(CONTROLS, "").replaceAll("\\", "\\ ");
  const text = MATCHES_TAGS.some((name) => name === tag) ? lines : lines.replace(/\n+/g, " ");
  return text.replace(COMMAND_LINE, " ");
}
