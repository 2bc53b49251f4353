/**
 * All options of the configuration as data: name, type, defaults, unit and meaning, in the order in which they are read and
 * sent (A§1.7, A§1.11, A§1.12). One source for the reader, the command line and the documentation.
 * @module
 */

/** How a value is read: `bool` and `int` become Python's, everything else stays text. */
export type OptionType = "bool" | "int" | "text" | "lines" | "time" | "expression" | "list";

export interface OptionSpec {
  readonly name: string;
  readonly type: OptionType;
  /** what the reader takes where nothing is set; `undefined`: nothing is sent and the server's default holds */
  readonly readerDefault?: string | boolean;
  /** what holds where nothing is sent */
  readonly serverDefault?: string;
  readonly unit?: string;
  readonly doc: string;
}

/** Options of a jail, in table order. */
export const JAIL_OPTIONS: readonly OptionSpec[] = [
  { name: "enabled", type: "bool", readerDefault: false, doc: "whether the jail is started" },
  {
    name: "backend",
    type: "text",
    readerDefault: "auto",
    doc: "how logs are read: auto, pyinotify, polling, systemd",
  },
  {
    name: "maxretry",
    type: "int",
    serverDefault: "3",
    unit: "failures",
    doc: "failures within findtime that lead to a ban",
  },
  {
    name: "maxmatches",
    type: "int",
    serverDefault: "5",
    unit: "lines",
    doc: "matched lines kept with a ban; 0 keeps none",
  },
  {
    name: "findtime",
    type: "time",
    serverDefault: "600",
    unit: "seconds",
    doc: "time within which failures count together",
  },
  {
    name: "bantime",
    type: "time",
    serverDefault: "600",
    unit: "seconds",
    doc: "length of a ban; negative: for ever",
  },
  {
    name: "bantime.increment",
    type: "bool",
    serverDefault: "false",
    doc: "whether repeated bans get longer",
  },
  { name: "bantime.factor", type: "expression", serverDefault: "1", doc: "factor of the growing ban time" },
  { name: "bantime.formula", type: "expression", doc: "formula of the growing ban time" },
  {
    name: "bantime.multipliers",
    type: "list",
    doc: "multipliers of the ban time, one per earlier ban, the last one repeats",
  },
  { name: "bantime.maxtime", type: "time", unit: "seconds", doc: "longest ban that growth leads to" },
  {
    name: "bantime.rndtime",
    type: "time",
    unit: "seconds",
    doc: "random time at most added to a growing ban",
  },
  {
    name: "bantime.overalljails",
    type: "bool",
    serverDefault: "false",
    doc: "whether bans of all jails count for growth",
  },
  {
    name: "ignorecommand",
    type: "text",
    doc: "command that decides whether an address is ignored; empty: none",
  },
  {
    name: "ignoreself",
    type: "bool",
    serverDefault: "true",
    doc: "whether the machine's own addresses are ignored",
  },
  { name: "ignoreip", type: "list", doc: "addresses, networks and host names that are never banned" },
  {
    name: "ignorecache",
    type: "text",
    doc: 'cache of ignore decisions: key="<ip>", max-count=100, max-time=5m',
  },
  {
    name: "filter",
    type: "text",
    readerDefault: "",
    doc: "filter that recognises failures: NAME[option=value]",
  },
  { name: "logtimezone", type: "text", doc: "zone of log times that name none" },
  {
    name: "logencoding",
    type: "text",
    serverDefault: "auto",
    doc: "encoding of the log; auto: the locale's",
  },
  {
    name: "logpath",
    type: "lines",
    doc: "log files, one path or glob a line, each with head or tail behind it",
  },
  {
    name: "skip_if_nologs",
    type: "bool",
    readerDefault: false,
    doc: "whether the jail is left out where no log file is found",
  },
  {
    name: "systemd_if_nologs",
    type: "bool",
    readerDefault: true,
    doc: "whether backend auto turns to the journal where no log file is found and journalmatch is set",
  },
  {
    name: "action",
    type: "lines",
    readerDefault: "",
    doc: "what a ban does: NAME[option=value], several one after the other",
  },
  {
    name: "usedns",
    type: "text",
    serverDefault: "warn",
    doc: "host names instead of addresses: yes, warn, no, raw",
  },
  {
    name: "prefregex",
    type: "text",
    doc: "regex that every line must match first; its <F-CONTENT> is searched further",
  },
  { name: "ignoreregex", type: "lines", doc: "regexes, one a line, of lines that are no failures" },
  { name: "failregex", type: "lines", doc: "regexes, one a line, of failures" },
  { name: "maxlines", type: "int", serverDefault: "1", unit: "lines", doc: "lines that a regex may span" },
  { name: "datepattern", type: "lines", doc: "pattern of the log's time" },
  {
    name: "journalmatch",
    type: "lines",
    doc: "FIELD=value of the journal entries to read, alternatives one a line or with +",
  },
];

/** Options of a jail that are no settings of the server but steer the reading. */
export const READER_ONLY: ReadonlySet<string> = new Set([
  "enabled",
  "backend",
  "filter",
  "logpath",
  "skip_if_nologs",
  "systemd_if_nologs",
  "action",
]);

/** Standard options of a filter, in table order; a jail may set them too. */
export const FILTER_OPTIONS: readonly OptionSpec[] = [
  { name: "usedns", type: "text", doc: "host names instead of addresses" },
  { name: "prefregex", type: "text", doc: "regex that every line must match first" },
  { name: "ignoreregex", type: "lines", doc: "regexes of lines that are no failures" },
  { name: "failregex", type: "lines", doc: "regexes of failures" },
  { name: "maxlines", type: "int", unit: "lines", doc: "lines that a regex may span" },
  { name: "datepattern", type: "lines", doc: "pattern of the log's time" },
  { name: "journalmatch", type: "lines", doc: "journal entries to read" },
];

/** Standard options of an action, in table order. */
export const ACTION_OPTIONS: readonly OptionSpec[] = [
  { name: "actionstart", type: "text", doc: "prepares for bans, once per address family" },
  { name: "actionstart_on_demand", type: "bool", doc: "whether actionstart waits for the first ban" },
  { name: "actionstop", type: "text", doc: "undoes actionstart" },
  { name: "actionflush", type: "text", doc: "lifts all bans at once" },
  { name: "actionreload", type: "text", doc: "runs after a reload" },
  { name: "actioncheck", type: "text", doc: "tells whether the firewall still has what actionstart made" },
  { name: "actionrepair", type: "text", doc: "makes it again after a failed check" },
  { name: "actionrepair_on_unban", type: "bool", doc: "whether a failed unban is repaired too" },
  { name: "actionban", type: "text", doc: "bans" },
  { name: "actionprolong", type: "text", doc: "makes a ban longer" },
  { name: "actionreban", type: "text", doc: "repeats a ban that is lost" },
  { name: "actionunban", type: "text", doc: "lifts a ban" },
  { name: "norestored", type: "bool", doc: "whether bans restored at start are left alone" },
];

/** Options of `fail2ban.conf` that are sent, in the order of the stream. */
export const SERVER_OPTIONS: readonly OptionSpec[] = [
  { name: "syslogsocket", type: "text", readerDefault: "auto", doc: "socket of the system log, or auto" },
  { name: "loglevel", type: "text", readerDefault: "INFO", doc: "lowest level that is logged" },
  {
    name: "logtarget",
    type: "text",
    readerDefault: "STDERR",
    doc: "file, STDOUT, STDERR, SYSOUT, SYSLOG or SYSTEMD-JOURNAL",
  },
  {
    name: "allowipv6",
    type: "text",
    readerDefault: "auto",
    doc: "whether IPv6 addresses are handled: auto, yes, no",
  },
  {
    name: "dbfile",
    type: "text",
    readerDefault: "/var/lib/fail2ban/fail2ban.sqlite3",
    doc: "database, :memory: or None",
  },
  {
    name: "dbmaxmatches",
    type: "int",
    serverDefault: "10",
    unit: "lines",
    doc: "matched lines stored with a ban",
  },
  {
    name: "dbpurgeage",
    type: "time",
    readerDefault: "1d",
    unit: "seconds",
    doc: "age at which bans are forgotten",
  },
];

/** Options of `fail2ban.conf` that the programs read before all others, in the order of reading. */
export const EARLY_OPTIONS: readonly OptionSpec[] = [
  { name: "socket", type: "text", readerDefault: "/var/run/fail2ban/fail2ban.sock", doc: "control socket" },
  {
    name: "pidfile",
    type: "text",
    readerDefault: "/var/run/fail2ban/fail2ban.pid",
    doc: "process number of the server",
  },
  { name: "loglevel", type: "text", readerDefault: "INFO", doc: "lowest level that is logged" },
  { name: "logtarget", type: "text", readerDefault: "/var/log/fail2ban.log", doc: "where the log goes" },
  { name: "syslogsocket", type: "text", readerDefault: "auto", doc: "socket of the system log, or auto" },
];
