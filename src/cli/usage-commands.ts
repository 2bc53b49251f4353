/**
 * The command overview of the usage text. The command words are fail2ban's, since completion scripts read them; the rest is ours.
 * @module
 */

interface CommandSection {
  readonly title: string;
  readonly commands: readonly (readonly [command: string, text: string])[];
}

export const COMMAND_SECTIONS: readonly CommandSection[] = [
  {
    title: "BASIC",
    commands: [
      ["start", "start the server with its jails"],
      ["restart", "stop the server and start it again"],
      ["restart [--unban] [--if-exists] <JAIL>", "make the jail anew, as 'reload --restart' does"],
      [
        "reload [--restart] [--unban] [--all]",
        "read the configuration again; '--restart' makes the jails anew, '--unban' lifts all bans",
      ],
      ["reload [--restart] [--unban] [--if-exists] <JAIL>", "read the configuration of one jail again"],
      ["stop", "stop all jails and end the server"],
      ["unban --all", "lift all bans, in the database too"],
      ["unban <IP> ... <IP>", "lift the bans of <IP> in all jails"],
      ["banned", "list the bans of each jail"],
      ["banned <IP> ... <IP>]", "list the jails that ban each <IP>"],
      ["status", "list the jails"],
      ["status --all [FLAVOR]", "show the state of all jails"],
      ["stat[istic]s", "show the figures of all jails as a table"],
      ["ping", "ask whether the server is there"],
      ["echo", "give back what is given (internal)"],
      ["help", "print this text"],
      ["version", "print the version of the server"],
    ],
  },
  {
    title: "LOGGING",
    commands: [
      [
        "set loglevel <LEVEL>",
        "least level to log: CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG, TRACEDEBUG, HEAVYDEBUG or a number (50-5)",
      ],
      ["get loglevel", "show the log level"],
      ["set logtarget <TARGET>", "log to STDOUT, STDERR, SYSOUT, SYSLOG, SYSTEMD-JOURNAL or a file"],
      ["get logtarget", "show where the log goes"],
      ["set syslogsocket auto|<SOCKET>", "socket for the target SYSLOG"],
      ["get syslogsocket", "show the socket of syslog"],
      ["flushlogs", "close and open the log file, after it was rotated"],
    ],
  },
  {
    title: "DATABASE",
    commands: [
      ["set dbfile <FILE>", "keep bans in <FILE>; None: nowhere"],
      ["get dbfile", "show the file of the database"],
      ["set dbmaxmatches <INT>", "most log lines kept for a ban"],
      ["get dbmaxmatches", "show that number"],
      ["set dbpurgeage <SECONDS>", "age at which old bans are forgotten"],
      ["get dbpurgeage", "show that age"],
    ],
  },
  {
    title: "JAIL CONTROL",
    commands: [
      ["add <JAIL> <BACKEND>", "make a jail that reads by <BACKEND>"],
      ["start <JAIL>", "start a jail"],
      ["stop <JAIL>", "stop a jail and remove it"],
      ["status <JAIL> [FLAVOR]", "show the state of a jail; FLAVOR is basic, short, stats or cymru"],
    ],
  },
  {
    title: "JAIL CONFIGURATION",
    commands: [
      ["set <JAIL> idle on|off", "neither read nor ban, or go on"],
      ["set <JAIL> ignoreself true|false", "never ban the machine's own addresses"],
      ["set <JAIL> addignoreip <IP>", "never ban <IP>"],
      ["set <JAIL> delignoreip <IP>", "ban <IP> again"],
      ["set <JAIL> ignorecommand <VALUE>", "command that decides whom to ignore"],
      ["set <JAIL> ignorecache <VALUE>", "how to remember its answers"],
      ["set <JAIL> addlogpath <FILE> ['tail']", "read <FILE>, from its 'head' or its 'tail' on"],
      ["set <JAIL> dellogpath <FILE>", "read <FILE> no more"],
      ["set <JAIL> logencoding <ENCODING>", "encoding of the log files"],
      ["set <JAIL> addjournalmatch <MATCH>", "read what matches in the journal"],
      ["set <JAIL> deljournalmatch <MATCH>", "read it no more"],
      ["set <JAIL> addfailregex <REGEX>", "count what matches as a failure"],
      ["set <JAIL> delfailregex <INDEX>", "drop a failregex by its number"],
      ["set <JAIL> addignoreregex <REGEX>", "never count what matches"],
      ["set <JAIL> delignoreregex <INDEX>", "drop an ignoreregex by its number"],
      ["set <JAIL> findtime <TIME>", "time within which failures add up"],
      ["set <JAIL> bantime <TIME>", "how long a ban lasts; -1: for ever"],
      ["set <JAIL> datepattern <PATTERN>", "how dates are written in the log"],
      ["set <JAIL> usedns <VALUE>", "yes, warn, no or raw: what to do with host names"],
      ["set <JAIL> attempt <IP> [<failure1> ... <failureN>]", "count failures of <IP> by hand"],
      ["set <JAIL> banip <IP> ... <IP>", "ban by hand"],
      ["set <JAIL> unbanip [--report-absent] <IP> ... <IP>", "lift bans by hand"],
      ["set <JAIL> maxretry <RETRY>", "number of failures that makes a ban"],
      ["set <JAIL> maxmatches <INT>", "most log lines kept in memory for an ID"],
      ["set <JAIL> maxlines <LINES>", "number of lines that a failregex sees at once"],
      ["set <JAIL> addaction <ACT>[ <PYTHONFILE> <JSONKWARGS>]", "add an action to the jail"],
      ["set <JAIL> delaction <ACT>", "remove an action from the jail"],
    ],
  },
  {
    title: "COMMAND ACTION CONFIGURATION",
    commands: [
      ["set <JAIL> action <ACT> actionstart <CMD>", "command that prepares the firewall"],
      ["set <JAIL> action <ACT> actionstop <CMD>", "command that undoes it"],
      ["set <JAIL> action <ACT> actioncheck <CMD>", "command that tells whether all is in place"],
      ["set <JAIL> action <ACT> actionban <CMD>", "command that bans"],
      ["set <JAIL> action <ACT> actionunban <CMD>", "command that lifts a ban"],
      ["set <JAIL> action <ACT> timeout <TIMEOUT>", "longest run of a command, seconds"],
    ],
  },
  {
    title: "GENERAL ACTION CONFIGURATION",
    commands: [
      ["set <JAIL> action <ACT> <PROPERTY> <VALUE>", "set a property of the action"],
      ["set <JAIL> action <ACT> <METHOD>[ <JSONKWARGS>]", "call a method of the action"],
    ],
  },
  {
    title: "JAIL INFORMATION",
    commands: [
      ["get <JAIL> banned", "list the bans"],
      ["get <JAIL> banned <IP> ... <IP>]", "1 for each <IP> that is banned, else 0"],
      ["get <JAIL> logpath", "list the files that are read"],
      ["get <JAIL> logencoding", "show the encoding of the log files"],
      ["get <JAIL> journalmatch", "show what is read of the journal"],
      ["get <JAIL> ignoreself", "whether own addresses are ignored"],
      ["get <JAIL> ignoreip", "list whom the jail ignores"],
      ["get <JAIL> ignorecommand", "show the command that decides it"],
      ["get <JAIL> failregex", "list the failregexes"],
      ["get <JAIL> ignoreregex", "list the ignoreregexes"],
      ["get <JAIL> findtime", "time within which failures add up, seconds"],
      ["get <JAIL> bantime", "how long a ban lasts, seconds"],
      ["get <JAIL> datepattern", "how dates are written in the log"],
      ["get <JAIL> usedns", "what is done with host names"],
      [
        "get <JAIL> banip [<SEP>|--with-time]",
        "list the bans by their end, with <SEP> between them or with their times",
      ],
      ["get <JAIL> maxretry", "number of failures that makes a ban"],
      ["get <JAIL> maxmatches", "most log lines kept in memory for an ID"],
      ["get <JAIL> maxlines", "number of lines that a failregex sees at once"],
      ["get <JAIL> actions", "list the actions"],
    ],
  },
  {
    title: "COMMAND ACTION INFORMATION",
    commands: [
      ["get <JAIL> action <ACT> actionstart", "command that prepares the firewall"],
      ["get <JAIL> action <ACT> actionstop", "command that undoes it"],
      ["get <JAIL> action <ACT> actioncheck", "command that tells whether all is in place"],
      ["get <JAIL> action <ACT> actionban", "command that bans"],
      ["get <JAIL> action <ACT> actionunban", "command that lifts a ban"],
      ["get <JAIL> action <ACT> timeout", "longest run of a command, seconds"],
    ],
  },
  {
    title: "GENERAL ACTION INFORMATION",
    commands: [
      ["get <JAIL> actionproperties <ACT>", "list the properties of the action"],
      ["get <JAIL> actionmethods <ACT>", "list its methods"],
      ["get <JAIL> action <ACT> <PROPERTY>", "show a property"],
    ],
  },
];
