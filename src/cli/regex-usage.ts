/**
 * The usage and help texts of `gaoler regex`.
 * @module
 */
import { OPTION_SPECS, OWN_OPTION_SPECS } from "./regex-options.ts";

/** Column of the explanations. */
const HELP_COLUMN = 30;

export function usageText(program: string): string {
  return `Usage: ${program} [OPTIONS] <LOG> <REGEX> [IGNOREREGEX]\n`;
}

const INPUTS = `
Tries a filter or a regex on a log and tells what it finds. Nothing is banned.

LOG:
  FILE                        a log file
  systemd-journal             the journal; with arguments of the backend: systemd-journal[journalflags=1]
  TEXT                        anything else is the log itself, a line or several

REGEX:
  NAME                        a jail or a filter of the configuration, with arguments: sshd[mode=aggressive]
  FILE                        a filter file: filter.d/sshd.conf
  TEXT                        anything else is a failregex

IGNOREREGEX:
  TEXT                        an ignoreregex, instead of the filter's own

Options:
`;

function optionLine({ names, value, help }: (typeof OPTION_SPECS)[number]): string {
  const shown = names.map((name) =>
    value === undefined ? name : `${name}${name.startsWith("--") ? "=" : " "}${value}`,
  );
  const left = `  ${shown.join(", ")}`;
  return left.length < HELP_COLUMN - 1
    ? `${left.padEnd(HELP_COLUMN)}${help}`
    : `${left}\n${" ".repeat(HELP_COLUMN)}${help}`;
}

export function helpText(program: string): string {
  const their = OPTION_SPECS.map(optionLine).join("\n");
  const own = OWN_OPTION_SPECS.map(optionLine).join("\n");
  return `${usageText(program)}${INPUTS}${their}\n\nOptions that fail2ban-regex does not have:\n${own}\n`;
}
