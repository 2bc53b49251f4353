/**
 * What the compatible face says of a configuration: the lines of `-d` and of `-t`, and their exit codes (A§1.14, B§1.17, B§1.18).
 * Formats no log line: level, logger and text are given, the clock and the process number are the printer's.
 * @module
 */
import type { Level } from "../base/event.ts";
import type { ConfigLogger } from "./findings.ts";
import type { LoadedConfiguration } from "./load.ts";
import { pythonPretty } from "./python-pretty.ts";
import { pythonRepr } from "./python-repr.ts";
import { reprText } from "./python-text.ts";
import { isStarted, streamOf } from "./stream.ts";

export type ReportLine =
  | { readonly stream: "stdout"; readonly text: string }
  | {
      readonly stream: "stderr";
      readonly level: Level;
      readonly logger: ConfigLogger;
      readonly text: string;
    };

export interface ConfigurationReport {
  readonly lines: readonly ReportLine[];
  readonly exitCode: 0 | 255;
}

const out = (text: string): ReportLine => ({ stream: "stdout", text });
const log = (level: Level, logger: ConfigLogger, text: string): ReportLine => ({
  stream: "stderr",
  level,
  logger,
  text,
});

/** How far fail2ban would have come: `early` and `fatal` ended the run, `bad` is a test that goes on to its end. */
interface Walk {
  readonly lines: ReportLine[];
  readonly outcome: "read" | "bad" | "fatal" | "early";
}

/** Replays the notes up to where fail2ban would have stopped. */
function walkNotes({ notes }: LoadedConfiguration, isTest: boolean): Walk {
  const lines: ReportLine[] = [];
  let outcome: Walk["outcome"] = "read";
  for (const note of notes) {
    switch (note.kind) {
      case "log":
        lines.push(log(note.level, note.logger, note.text));
        break;
      case "bad-jail":
        lines.push(
          log(
            "ERROR",
            "jailsreader",
            `Errors in jail ${reprText(note.jail)}.${isTest ? "" : " Skipping..."}`,
          ),
        );
        if (isTest) outcome = "bad";
        break;
      case "early-fatal":
        lines.push(out(`ERROR: ${note.text}`), log("ERROR", "", "Init of command line failed"));
        return { lines, outcome: "early" };
      case "fatal":
        lines.push(log("ERROR", "", `Failed during configuration: ${note.text}`));
        return { lines, outcome: "fatal" };
      case "missing-logs":
        if (isTest && !note.skipped) {
          lines.push(log("ERROR", "", `Failed during configuration: ${note.text}`));
          return { lines, outcome: "fatal" };
        }
        lines.push(log("WARNING", "jailreader", note.text));
        if (note.skipped) {
          const text = `Jail ${reprText(note.jail)} skipped, because of missing log files.`;
          lines.push(log("WARNING", "jailreader", text));
        }
        break;
      default:
        note satisfies never;
    }
  }
  return { lines, outcome };
}

/** `-d` (pretty: `--dp`): the stream as Python prints it. Missing logs are only warned about; bad jails are left out unless all are bad. */
export function dumpReport(loaded: LoadedConfiguration, isPretty = false): ConfigurationReport {
  const { lines, outcome } = walkNotes(loaded, false);
  if (outcome === "early") return { lines, exitCode: 255 };
  if (outcome === "fatal") {
    lines.push(
      log("ERROR", "", "Init of command line failed"),
      out("ERROR: The configuration stream failed because of the invalid syntax."),
    );
    return { lines, exitCode: 255 };
  }
  for (const { words } of streamOf(loaded))
    lines.push(out(isPretty ? pythonPretty(words) : pythonRepr(words)));
  const enabled = loaded.jails.filter((jail) => jail.enabled);
  const isHopeless = enabled.length > 0 && enabled.every((jail) => !isStarted(jail) && !jail.isSkipped);
  if (isHopeless) lines.push(log("ERROR", "", "Init of command line failed"));
  return { lines, exitCode: isHopeless ? 255 : 0 };
}

/** `-t`: whether fail2ban would take the configuration; strict about bad jails and missing logs, blind to regexes and times. */
export function testReport(loaded: LoadedConfiguration): ConfigurationReport {
  const { lines, outcome } = walkNotes(loaded, true);
  if (outcome === "early") return { lines, exitCode: 255 };
  if (outcome === "read") {
    lines.push(out("OK: configuration test is successful"));
    return { lines, exitCode: 0 };
  }
  lines.push(out("ERROR: test configuration failed"));
  return { lines, exitCode: 255 };
}
