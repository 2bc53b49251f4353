/**
 * The journal as input of `gaoler regex`: one run of `journalctl`, read no faster than its lines are used (A§4.2, A§5.6).
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { LineDecoder } from "../backend/decode.ts";
import { JournalExportParser } from "../backend/journal-export.ts";
import { ENTRY_FIELDS, journalLine, LINE_FIELDS } from "../backend/journal-line.ts";
import { queryArguments } from "../backend/journal-reader.ts";
import { messageOf } from "../base/error-text.ts";
import type { LocalZone } from "../base/local-time.ts";
import { ConfigMistake } from "../config/findings.ts";
import { parseItem } from "../config/items.ts";
import { TracedText } from "../config/traced-text.ts";
import type { InputLine } from "./regex-lines.ts";

/** Whether a LOG argument means the journal. */
export function meansJournal(log: string): boolean {
  return log.startsWith("systemd-journal");
}

/** The journal cannot be read; the message says why. */
export class JournalInputError extends Error {}

export interface JournalInput {
  /** as given: `systemd-journal[journalflags=1]` */
  readonly log: string;
  readonly matches: readonly (readonly string[])[];
  readonly decoder: LineDecoder;
  readonly zone: LocalZone;
  /** the program */
  readonly command: string;
}

function backendOptions(log: string): ReadonlyMap<string, string> {
  const item = parseItem(TracedText.of(log));
  if (item instanceof ConfigMistake)
    throw new JournalInputError(`${item.message}\n       while parsing: ${log}`);
  return new Map(Array.from(item.options, ([name, value]) => [name, value.text]));
}

/**
 * All entries that match, oldest first.
 *
 * @throws {JournalInputError} wrong arguments, or `journalctl` fails
 */
export async function* linesOfJournal(input: JournalInput): AsyncGenerator<InputLine, void> {
  const { log, matches, decoder, zone, command } = input;
  const { where, what } = queryArguments({ options: backendOptions(log), matches });
  const output = ["--quiet", "--no-pager", "--output=export", `--output-fields=${LINE_FIELDS.join(",")}`];
  const child = spawn(command, [...output, ...where, "--", ...what], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close").then(
    ([code]) => (code === 0 ? undefined : `${command} ended with ${code}`),
    messageOf,
  );
  const parser = new JournalExportParser(new Set([...LINE_FIELDS, ...ENTRY_FIELDS]));
  let number = 0;
  const decode = (bytes: Uint8Array): string => decoder.decodeLine(log, bytes);
  try {
    for await (const bytes of child.stdout) {
      if (!(bytes instanceof Uint8Array)) continue;
      for (const fields of parser.push(bytes)) {
        const line = journalLine(fields, decode, zone);
        if (line !== undefined) yield { number: ++number, text: line.text, at: line.at, atText: line.atText };
      }
    }
  } finally {
    child.kill();
  }
  const complaint = await ended;
  if (complaint !== undefined) throw new JournalInputError(complaint);
}
