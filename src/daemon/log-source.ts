/**
 * Makes the source of a jail's lines: files watched or polled, or the journal.
 * @module
 */
import { findTime } from "../backend/bisect.ts";
import { LineDecoder } from "../backend/decode.ts";
import { FileSource } from "../backend/file-source.ts";
import { JournalSource } from "../backend/journal-source.ts";
import type { OpenFile } from "../backend/open-log.ts";
import type { Clock } from "../base/clock.ts";
import type { Observe } from "../base/event.ts";
import type { LocalZone } from "../base/local-time.ts";
import type { JailSource, SourceRequest } from "../jail/jail-ports.ts";

export interface LogSourceDeps {
  readonly clock: Clock;
  readonly zone: LocalZone;
  readonly observe: Observe;
  /** how to open log files; as the system does unless told */
  readonly openFile?: OpenFile;
}

/** Builds the source that a jail asks for. */
export function makeLogSource(request: SourceRequest, deps: LogSourceDeps): JailSource {
  return request.kind === "systemd" ? journalSource(request, deps) : fileSource(request, deps);
}

function journalSource(request: SourceRequest, deps: LogSourceDeps): JailSource {
  const { settings, options, sink, resume } = request;
  const decoder = new LineDecoder(settings.logencoding, deps);
  return new JournalSource({
    jail: settings.name,
    findtime: settings.findtime,
    options,
    matches: settings.journalmatch,
    sink,
    clock: deps.clock,
    zone: deps.zone,
    resume,
    decode: (bytes) => decoder.decodeLine("systemd-journal", bytes),
  });
}

function fileSource(request: SourceRequest, { clock, openFile }: LogSourceDeps): JailSource {
  const { settings, kind, sink, resume } = request;
  return new FileSource({
    patterns: settings.logpaths,
    mode: kind === "polling" ? "polling" : "pyinotify",
    encoding: settings.logencoding,
    sink,
    resume,
    openFile,
    firstRelevantOffset: async (path, size, readLineAt, from) =>
      await findTime({
        from,
        size,
        since: clock.now() - settings.findtime,
        readLineAt,
        timeOfLine: (bytes) => request.timeOfLine(path, bytes),
      }),
  });
}
