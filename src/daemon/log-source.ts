/**
 * Makes the source of a jail's lines: files watched or polled, or the journal.
 * @module
 */
import { findTime } from "../backend/bisect.ts";
import { FileSource } from "../backend/file-source.ts";
import type { Clock } from "../base/clock.ts";
import type { JailSource, SourceRequest } from "../jail/jail-ports.ts";

/** Builds the source that a jail asks for. */
export function makeLogSource(request: SourceRequest, clock: Clock): JailSource {
  const { settings, kind, sink } = request;
  return new FileSource({
    patterns: settings.logpaths,
    mode: kind === "polling" ? "polling" : "pyinotify",
    encoding: settings.logencoding,
    sink,
    resume: request.resume,
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
