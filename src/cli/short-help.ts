/**
 * What `gaoler COMMAND --help` says of the short commands, which ask the daemon or start and end it.
 * @module
 */

interface ShortHelp {
  /** its words, without `gaoler` */
  readonly usage: string;
  readonly text: string;
}

const JSON_OPTION = "--json   the answer for programs (docs/protocol.md)";
const PLACES = `Before the command:
  -c, --conf DIR     configuration; else /etc/gaoler, else /etc/fail2ban, else what ships with gaoler
  -s, --socket FILE  control socket of the daemon; else as configured`;

const STATUS: ShortHelp = {
  usage: "status [JAIL] [--json]",
  text: `All jails in a table: state, bans, failures, what they read. Of one jail also its terms and its latest bans.

  ${JSON_OPTION}`,
};

const SHORT_HELP: ReadonlyMap<string, ShortHelp> = new Map([
  [
    "start",
    {
      usage: "[-f] [-x] start",
      text: `Starts the daemon in the background and returns once its jails run.

  -f       stay in the foreground (see also: gaoler run)
  -x       start although a killed daemon left its socket, and take that away`,
    },
  ],
  [
    "stop",
    { usage: "stop", text: "Ends the daemon. No rule stays in the firewall; the database keeps the bans." },
  ],
  [
    "restart",
    { usage: "restart [JAIL]", text: "Ends the daemon and starts it again, or makes one jail anew." },
  ],
  [
    "reload",
    {
      usage: "reload [--restart] [--unban] [--if-exists] [JAIL]",
      text: `Reads the configuration again: of all jails, or of one. What did not change runs on, bans are kept.
A jail with a new mistake runs on as before.

  --restart    make the jails anew, though nothing of them changed
  --unban      lift their bans
  --if-exists  it is no error that the jail does not run`,
    },
  ],
  ["status", STATUS],
  ["stats", STATUS],
  [
    "banned",
    {
      usage: "banned [IP...] [--json]",
      text: `Who is banned, since when and for how long yet; or by which jails each IP is.

  ${JSON_OPTION}`,
    },
  ],
  [
    "ban",
    {
      usage: "ban [--force] JAIL IP... [--json]",
      text: `Bans by hand, for as long as the jail bans. Nobody is banned where one of them is an address of this machine,
that of your own SSH session, or one that the jail ignores.

  --force  ban all the same
  ${JSON_OPTION}`,
    },
  ],
  [
    "unban",
    {
      usage: "unban IP... | --all [--json]",
      text: `Lets go, in all jails, and forgets the ban.

  --all    everybody
  ${JSON_OPTION}`,
    },
  ],
  [
    "ping",
    {
      usage: "ping [--json]",
      text: `Whether the daemon answers: exit code 0, else 1.

  ${JSON_OPTION}`,
    },
  ],
  [
    "version",
    {
      usage: "version [--json]",
      text: `Which gaoler this is, and which fail2ban the daemon says to be (gaoler --version asks no daemon).

  ${JSON_OPTION}`,
    },
  ],
  ["flushlogs", { usage: "flushlogs", text: "Opens the log file anew, after it was rotated." }],
]);

/** How a short command is written; `undefined`: it is none of these. */
export function shortUsage(command: string): string | undefined {
  const help = SHORT_HELP.get(command);
  return help === undefined ? undefined : `gaoler ${help.usage}`;
}

/** The help of a short command, with its final newline; `undefined`: it is none of these. */
export function shortHelp(command: string): string | undefined {
  const help = SHORT_HELP.get(command);
  return help === undefined ? undefined : `Usage: gaoler ${help.usage}\n\n${help.text}\n\n${PLACES}\n`;
}
