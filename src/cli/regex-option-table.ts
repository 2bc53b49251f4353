/**
 * The options of `gaoler regex` as a table: names, values, what the help says (A§4.1).
 * @module
 */

export interface OptionSpec {
  readonly key: string;
  readonly names: readonly string[];
  /** name of the value in the help; `undefined`: a switch */
  readonly value?: string;
  readonly isNumber?: boolean;
  readonly help: string;
}

/** Every option of `fail2ban-regex`, in the order of the help. */
export const OPTION_SPECS: readonly OptionSpec[] = [
  { key: "version", names: ["--version"], help: "print the version and exit" },
  { key: "help", names: ["-h", "--help"], help: "print this text and exit" },
  { key: "config", names: ["-c", "--config"], value: "CONFIG", help: "directory of the configuration" },
  {
    key: "datepattern",
    names: ["-d", "--datepattern"],
    value: "DATEPATTERN",
    help: "pattern of the dates in the log",
  },
  { key: "timezone", names: ["--timezone", "--TZ"], value: "TIMEZONE", help: "zone of dates that name none" },
  {
    key: "encoding",
    names: ["-e", "--encoding"],
    value: "ENCODING",
    help: "encoding of the log; the locale's by default",
  },
  { key: "raw", names: ["-r", "--raw"], help: "take host names as they stand, resolve nothing" },
  { key: "usedns", names: ["--usedns"], value: "USEDNS", help: "host names: yes, warn, no or raw" },
  {
    key: "maxlines",
    names: ["-L", "--maxlines"],
    value: "MAXLINES",
    isNumber: true,
    help: "lines that a regex may look at together",
  },
  {
    key: "journalmatch",
    names: ["-m", "--journalmatch"],
    value: "JOURNALMATCH",
    help: "which journal entries, instead of the filter's own match",
  },
  {
    key: "logLevel",
    names: ["-l", "--log-level"],
    value: "LOG_LEVEL",
    help: "tell messages of this level and above: critical (default), error, warning, notice, info, debug, ...",
  },
  { key: "shortVersion", names: ["-V"], help: "print the version as numbers and exit" },
  {
    key: "verbose",
    names: ["-v", "--verbose"],
    help: "tell more: hits, all regexes with their engines; -vv filter options",
  },
  {
    key: "verbosity",
    names: ["--verbosity"],
    value: "VERBOSE",
    isNumber: true,
    help: "how much to tell, 0 to 4",
  },
  { key: "verboseDate", names: ["--verbose-date", "--VD"], help: "show the regexes of the date patterns" },
  {
    key: "debuggex",
    names: ["-D", "--debuggex"],
    help: "print a debuggex.com address for each line and regex",
  },
  {
    key: "noCheckAll",
    names: ["--no-check-all"],
    help: "stop at the first regex that matches, as the server does",
  },
  {
    key: "out",
    names: ["-o", "--out"],
    value: "OUT",
    help: "print failures only: row, id, ip, msg, a group's name, or a text with <tags>",
  },
  { key: "invert", names: ["-i", "--invert"], help: "with -o: print the lines that are no failures" },
  { key: "noMissed", names: ["--print-no-missed"], help: "print no missed lines" },
  { key: "noIgnored", names: ["--print-no-ignored"], help: "print no ignored lines" },
  { key: "allMatched", names: ["--print-all-matched"], help: "print all matched lines" },
  { key: "allMissed", names: ["--print-all-missed"], help: "print all missed lines, however many" },
  { key: "allIgnored", names: ["--print-all-ignored"], help: "print all ignored lines, however many" },
  { key: "traceback", names: ["-t", "--log-traceback"], help: "accepted for compatibility" },
  { key: "fullTraceback", names: ["--full-traceback"], help: "accepted for compatibility" },
];

/** Options that `fail2ban-regex` does not have. */
export const OWN_OPTION_SPECS: readonly OptionSpec[] = [
  {
    key: "json",
    names: ["--json"],
    help: "print one JSON document: all failures (of the first regex, as in the server), ignored and missed lines, counts",
  },
  {
    key: "explain",
    names: ["--explain"],
    help: "say of each printed line why it was missed or ignored: its date, and where which regex stopped",
  },
  { key: "allLines", names: ["--all-lines"], help: "do not skip empty lines and lines that begin with #" },
];
