/**
 * Where the code is kept that V8 made of the bundle's parts: by the machine's kind, by the version of the runtime, and by face, for each runs
 * other functions of the same parts, and what it does not run it shall not load.
 * @module
 */
import { join } from "node:path";

export type Face = "client" | "regex" | "server";

/** Which face a command is. */
export function faceOf(command: string | undefined): Face {
  switch (command) {
    case "server":
    case "run":
      return "server";
    case "regex":
      return "regex";
    default:
      return "client";
  }
}

/** The directory for code made and used by this very runtime. */
export function codeDirectory(programs: string, face: Face): string {
  return join(programs, "../code", `${process.arch}-${process.version}`, face);
}
