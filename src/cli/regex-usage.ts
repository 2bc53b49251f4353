/**
 * The usage and help texts of `gaoler regex`.
 * @module
 */
import { OPTION_SPECS, OWN_OPTION_SPECS } from "./regex-option-table.ts";

/** Column of the explanations. */
const HELP_COLUMN = 30;
const HELP_WIDTH = 100;

export function usageText(program: string): string {
  return `Usage: ${program} [OPTIONS] <LOG> <REGEX> [IGNOREREGEX]\n`;
}

const INPUTS = `
Tries a filter or a regex on a log and tells what it finds. Nothing is banned.

LOG:
  FILE                        a log file; a last line without its newline is not complete and is not read
  systemd-journal             the journal; with arguments of the backend: systemd-journal[journalflags=1]
  TEXT                        anything else is the log itself, a line or several (there is no stdin)

REGEX:
  NAME                        a jail or a filter of the configuration, with arguments: sshd[mode=aggressive]
  FILE                        a filter file: filter.d/sshd.conf
  TEXT                        anything else is a failregex

IGNOREREGEX:
  TEXT                        an ignoreregex, instead of the filter's own

Options:
`;

const ENDING = `
Messages of -l go to stderr; with --json mistakes do, too, and stdout stays empty or holds one whole document.

Exit codes:
  0    done, whether anything matched or not
  1    no such encoding or log level, or a filter that cannot be expanded
  2    a mistake in the options
  255  a wrong number of arguments, options that exclude one another, a regex, filter, date or zone that cannot be used
  141  nobody reads the output any more (| head)
`;

/** A text in rows of the help's width, each from the column of the explanations on. */
function wrapped(text: string): string {
  const rows: string[] = [];
  let row = "";
  for (const word of text.split(" ")) {
    if (row !== "" && HELP_COLUMN + row.length + 1 + word.length > HELP_WIDTH) {
      rows.push(row);
      row = word;
    } else row = row === "" ? word : `${row} ${word}`;
  }
  return [...rows, row].join(`\n${" ".repeat(HELP_COLUMN)}`);
}

function optionLine({ names, value, help }: (typeof OPTION_SPECS)[number]): string {
  const shown = names.map((name) =>
    value === undefined ? name : `${name}${name.startsWith("--") ? "=" : " "}${value}`,
  );
  const left = `  ${shown.join(", ")}`;
  const isShort = left.length < HELP_COLUMN - 1;
  return (isShort ? left.padEnd(HELP_COLUMN) : `${left}\n${" ".repeat(HELP_COLUMN)}`) + wrapped(help);
}

export function helpText(program: string): string {
  const their = OPTION_SPECS.map(optionLine).join("\n");
  const own = OWN_OPTION_SPECS.map(optionLine).join("\n");
  return `${usageText(program)}${INPUTS}${their}\n\nOptions that fail2ban-regex does not have:\n${own}\n${ENDING}`;
}
