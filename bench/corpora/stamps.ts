/**
 * How logs write the time, and who appears in them.
 * @module
 */
export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
export const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
export const USERS = [
  "root",
  "admin",
  "test",
  "ubuntu",
  "oracle",
  "git",
  "postgres",
  "deploy",
  "backup",
  "nagios",
];
export const STAFF = ["alice", "bob", "carol", "dave", "erin"];

export const two = (count: number): string => String(count).padStart(2, "0");

/** `08:05:09` */
export const timeOf = (at: Date): string =>
  `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;

/** `Nov  3 08:05:09 host1 `, as syslog begins a line. */
export const syslogStamp = (at: Date): string =>
  `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${timeOf(at)} host1 `;
