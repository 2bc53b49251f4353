/**
 * The usage text of the compatible faces: their layout, since shell completion cuts words out of it (B§1.2, B§1.10), our wording.
 * @module
 */
import { COMMAND_SECTIONS } from "./usage-commands.ts";

/** Column at which descriptions begin. */
const TEXT_COLUMN = 45;
const TEXT_CHARS = 34;
const OPTION_COLUMN = 28;
const INDENT = "    ";

const OPTIONS: readonly (readonly [option: string, text: string])[] = [
  ["-c, --conf <DIR>", "directory of the configuration"],
  ["-s, --socket <FILE>", "path of the control socket"],
  ["-p, --pidfile <FILE>", "path of the pid file"],
  ["--pname <NAME>", "name that the server's process shows (fail2ban-server)"],
  ["--loglevel <LEVEL>", "least level that is logged"],
  ["--logtarget <TARGET>", "where to log: a file, stdout, stderr, sysout, syslog or systemd-journal"],
  ["--syslogsocket auto|<FILE>", ""],
  ["-d", "print the commands that the configuration yields"],
  ["--dp, --dump-pretty", "the same, long commands on several lines"],
  ["-t, --test", "test the configuration; a command that follows runs if it is good"],
  ["-i", "interactive: read commands from the terminal"],
  ["-v", "say more (repeat for more still)"],
  ["-q", "say less"],
  ["-x", "start although a socket file exists, and remove it"],
  ["-b", "start the server in the background (as usual)"],
  ["-f", "start the server in the foreground"],
  ["--async", "the server does not read the configuration (internal)"],
  ["--timeout <TIME>", "how long to wait for the server to come up or go down"],
  ["--str2sec <STRING>", "print a time such as 1d12h in seconds"],
  ["-h, --help", "print this text"],
  ["-V, --version", "print the version (-V: for machines)"],
];

/** Cuts a text into lines of at most {@link TEXT_CHARS} characters; no word of ours is longer. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > TEXT_CHARS) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

function commandLines(command: string, text: string): string[] {
  const [first = "", ...rest] = wrap(text);
  const head = `${INDENT}${command}`;
  const margin = " ".repeat(TEXT_COLUMN);
  if (head.length >= TEXT_COLUMN) return [head, ...[first, ...rest].map((line) => margin + line)];
  return [head.padEnd(TEXT_COLUMN) + first, ...rest.map((line) => margin + line)];
}

function overview(): string[] {
  return COMMAND_SECTIONS.flatMap(({ title, commands }, at) => [
    ...(at === 0 ? [] : [""]),
    " ".repeat(TEXT_COLUMN) + title,
    ...commands.flatMap(([command, text]) => commandLines(command, text)),
  ]);
}

/** The two lines that greet in interactive mode and explain in the usage. */
export function greeting(version: string): string {
  return [
    `Fail2Ban v${version} reads log file that contains password failure report`,
    "and bans the corresponding IP addresses using firewall rules.",
  ].join("\n");
}

/**
 * The usage, with final newline.
 *
 * @param version the one that is reported
 * @param hasCommands the client's, with the overview of commands
 */
export function usage(program: string, version: string, hasCommands: boolean): string {
  const lines = [
    `Usage: ${program} [OPTIONS]${hasCommands ? " <COMMAND>" : ""}`,
    "",
    greeting(version),
    "",
    "Options:",
  ];
  for (const [option, text] of OPTIONS) {
    lines.push(`${INDENT}${option}`.padEnd(text === "" ? 0 : OPTION_COLUMN) + text);
  }
  if (hasCommands) lines.push("", "Command:", ...overview());
  lines.push("", "Report bugs to https://github.com/fail2ban/fail2ban/issues", "");
  return lines.join("\n");
}
