/**
 * What the filter `sshd` looks for, as one regex for `rg`: a ceiling, not a peer, for it knows no time, no session and no host.
 * @module
 */

const HOST = String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]+)`;
const FAILURES = [
  String.raw`Failed \S+ for (?:invalid user )?.* from ${HOST}(?: port \d+)?`,
  `(?:Invalid|Illegal) user .* from ${HOST}`,
  `User .+ from ${HOST} not allowed because`,
  `ROOT LOGIN REFUSED FROM ${HOST}`,
  `maximum authentication attempts exceeded for .* from ${HOST}`,
  `Too many authentication failures for .* from ${HOST}`,
  `Disconnecting (?:invalid|authenticating) user .* ${HOST}`,
  `Received disconnect from ${HOST}.*: 3: .*: Auth fail`,
  String.raw`refused connect from \S+ \(${HOST}\)`,
  `[Aa]uthentication (?:failure|error) for .* from ${HOST}`,
];

/** @see {@link https://docs.rs/regex/latest/regex/#syntax | the syntax of rg} */
export const SSHD_ALTERNATION = `${String.raw`sshd(?:-session)?\[\d+\]: (?:error: )?(?:PAM: )?`}(?:${FAILURES.join("|")})`;
