/**
 * A mail as data: to whom, through which server, with which text, before anybody sends it. All text in it is clean and bounded already.
 * @module
 */

/** A mail server and how to speak to it. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** the connection is encrypted by STARTTLS, or nothing is sent */
  readonly tls: boolean;
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

export interface MailPlan {
  readonly server: MailServer;
  readonly sender: { readonly name: string; readonly address: string };
  readonly recipients: readonly string[];
  /** one line */
  readonly subject: string;
  readonly body: string;
}

/** Tags whose values are lines of logs. */
export const MATCHES_TAGS = ["matches", "ipmatches", "ipjailmatches"] as const;
export type MatchesTag = (typeof MATCHES_TAGS)[number];

/** What is configured of the mails of one action. */
export interface SmtpTerms {
  readonly server: MailServer;
  readonly sender: MailPlan["sender"];
  readonly recipients: readonly string[];
  readonly matches: MatchesTag | undefined;
  /** the machine's name in the subjects */
  readonly machine: string;
}

/** Longest header text, characters. */
const MAX_HEADER_CHARS = 250;
/** Longest body, characters. */
const MAX_BODY_CHARS = 200_000;
const CUT_MARK = "\n[...]";

/** Ends of lines, controls, and what turns the direction of writing: none has a place in a header. */
const NOT_IN_HEADER = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
const LINE_END = /\r\n?|[\u2028\u2029]/g;
/** All controls but the tab and the end of a line. */
const NOT_IN_BODY = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Text as it may stand in a header: one line, no controls, bounded. */
export function headerText(text: string): string {
  const head = text.length > MAX_HEADER_CHARS ? `${text.slice(0, MAX_HEADER_CHARS)}...` : text;
  return head.toWellFormed().replace(NOT_IN_HEADER, " ").trim();
}

/** Text as it may stand in a body: lines without controls, bounded. */
export function bodyText(text: string): string {
  const head = text.length > MAX_BODY_CHARS ? text.slice(0, MAX_BODY_CHARS) + CUT_MARK : text;
  return head.toWellFormed().replace(LINE_END, "\n").replace(NOT_IN_BODY, "");
}
