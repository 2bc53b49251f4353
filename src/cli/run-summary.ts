/**
 * The first screen of `gaoler run`: what was found, what is watched, and what a ban will do.
 * @module
 */
import { accessSync, constants, statSync } from "node:fs";
import { formatDuration } from "../base/duration.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { ConfigFiles } from "../config/config-files.ts";
import type { JailSettings } from "../config/settings.ts";
import type { ConfigPlace } from "./config-place.ts";
import { enableHint } from "./enable-hint.ts";
import { harmless, paint, type Screen } from "./screen.ts";

export interface RunFacts {
  readonly version: string;
  readonly place: ConfigPlace;
  /** how the stock jails were chosen */
  readonly choices: readonly string[];
  readonly database: string;
  readonly control: string;
  readonly firewall: string;
  /** why nothing is banned for real; `undefined`: bans are real */
  readonly dryRunReason: string | undefined;
  readonly jails: readonly JailSettings[];
  /** jails that are enabled but cannot be made; why is told when the daemon starts */
  readonly leftOut: readonly string[];
  readonly now: EpochSeconds;
}

/** Logs shown of one jail. */
const MAX_SHOWN_LOGS = 4;
const LABEL_CHARS = 16;

/** Writes the summary. */
export function writeSummary(screen: Screen, files: ConfigFiles, facts: RunFacts): void {
  const line = (label: string, text: string): void =>
    screen.write(`  ${paint(screen, "grey", label.padEnd(LABEL_CHARS))}${text}\n`);
  screen.write(`${paint(screen, "bold", `gaoler ${facts.version}`)} watches this machine\n\n`);
  const { directory, isStock } = facts.place;
  line("configuration", isStock ? `${directory} (ships with gaoler)` : directory);
  for (const choice of facts.choices) line("", paint(screen, "grey", choice));
  line("database", facts.database);
  line("control", facts.control);
  const { dryRunReason: reason } = facts;
  const mode =
    reason === undefined
      ? paint(screen, "green", "bans are real")
      : paint(screen, "yellow", `dry run, nothing is banned: ${reason}`);
  line("firewall", `${facts.firewall}; ${mode}`);
  screen.write("\n");
  for (const jail of facts.jails) writeJail(screen, files, jail, facts);
  for (const jail of facts.leftOut) {
    const title = paint(screen, "bold", harmless(jail));
    screen.write(`  ${title}: ${paint(screen, "red", "left out, it has an error; see below")}\n`);
  }
  if (facts.jails.length + facts.leftOut.length === 0)
    for (const text of enableHint(facts.place)) screen.write(`${text === "" ? "" : `  ${text}`}\n`);
  screen.write("\n");
}

function writeJail(
  screen: Screen,
  files: ConfigFiles,
  jail: JailSettings,
  { now, dryRunReason }: RunFacts,
): void {
  const time = jail.bantime < 0 ? "for ever" : `for ${formatDuration(jail.bantime)}`;
  const actions = jail.actions.map(({ name }) => name).join(", ");
  const would = dryRunReason === undefined ? "ban" : "would ban";
  const times = `${jail.maxretry} failures in ${formatDuration(jail.findtime)}`;
  const does = actions === "" ? "nothing (no action)" : `${would} ${time} by ${actions}`;
  screen.write(`  ${paint(screen, "bold", harmless(jail.name))}: ${times} → ${does}\n`);
  for (const log of logLines(files, jail, now)) screen.write(`  ${"".padEnd(4)}${log}\n`);
}

/** The logs of a jail and how old they are. */
function logLines(files: ConfigFiles, jail: JailSettings, now: EpochSeconds): string[] {
  if (jail.backend.startsWith("systemd")) {
    const matches = jail.journalmatch.map((match) => match.join(" ")).join(" or ");
    return [`the journal${matches === "" ? "" : `: ${matches}`}`];
  }
  const lines: string[] = [];
  for (const { pattern } of jail.logpaths) {
    const paths = files.glob(pattern);
    if (paths.length === 0) lines.push(`${pattern}: not there yet, waited for`);
    else lines.push(...paths.map((path) => `${path}: ${ageOf(path, now)}`));
  }
  const more = lines.length - MAX_SHOWN_LOGS;
  return more > 1 ? [...lines.slice(0, MAX_SHOWN_LOGS), `and ${more} more`] : lines;
}

function ageOf(path: string, now: EpochSeconds): string {
  try {
    const stats = statSync(path);
    const { mtimeMs, size } = stats;
    if (!stats.isFile())
      return `${stats.isDirectory() ? "a directory" : "no regular file"}, watched once it is a log`;
    accessSync(path, constants.R_OK);
    const age = Math.max(0, Math.round(now - mtimeMs / 1000));
    if (size === 0) return "empty";
    return `last written ${age < 60 ? `${age}s` : formatDuration(age)} ago`;
  } catch {
    return "cannot be read by this user";
  }
}
