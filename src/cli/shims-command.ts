/**
 * `gaoler shims`: puts small scripts by the names of fail2ban's programs into a directory, for scripts and fingers that know no other,
 * and takes them away again. Files that are not ours are never touched.
 * @module
 */
import { chmodSync, lstatSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the shims stand for; each is a file in `packaging/shims`. */
const NAMES = ["fail2ban-client", "fail2ban-server", "fail2ban-regex"];
/** The words that show whose file it is. */
const MARK = "Written by: gaoler shims";
const EXECUTABLE = 0o755;
const USAGE = `usage: gaoler shims install DIR   put ${NAMES.join(", ")} there
       gaoler shims remove DIR    take them away again
Files that are not ours are never touched.
`;
const [SUCCESS, FAILURE, USAGE_ERROR] = [0, 1, 2];

export interface ShimsIo {
  /** where the shims are that ship with gaoler */
  readonly sourceDirectory: string;
  /** the absolute path of the program that the installed ones call */
  readonly launcher: string;
  out(text: string): void;
  err(text: string): void;
}

/** Runs `gaoler shims` with the words after it. @returns the exit code: 0, 1 where something is in the way, 2 for wrong words */
export function runShimsCommand(words: readonly string[], io: ShimsIo): number {
  const [verb, directory, ...rest] = words;
  if (words.length === 1 && (verb === "--help" || verb === "-h")) {
    io.out(USAGE);
    return SUCCESS;
  }
  const isComplete = directory !== undefined && directory !== "" && rest.length === 0;
  if (!isComplete || (verb !== "install" && verb !== "remove")) {
    io.err(USAGE);
    return USAGE_ERROR;
  }
  try {
    if (!statSync(directory).isDirectory()) return complain(io, `${directory} is no directory`);
    return verb === "install" ? install(directory, io) : remove(directory, io);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return complain(io, error.message);
  }
}

/** All or nothing: one name that is taken, and none is written. */
function install(directory: string, io: ShimsIo): number {
  const taken = NAMES.map((name) => join(directory, name)).filter((path) => ownerOf(path) === "others");
  if (taken.length > 0)
    return complain(io, `nothing was written, as these are not ours: ${taken.join(", ")}`);
  for (const name of NAMES) {
    const path = join(directory, name);
    const shipped = readFileSync(join(io.sourceDirectory, name), "utf8");
    // the whole file at once, so that nobody runs half of it
    const fresh = `${path}.${process.pid}.new`;
    writeFileSync(
      fresh,
      shipped.replace(/^exec gaoler /m, () => `exec ${quoted(io.launcher)} `),
      { flag: "wx" },
    );
    chmodSync(fresh, EXECUTABLE);
    renameSync(fresh, path);
    io.out(`${path}\n`);
  }
  return SUCCESS;
}

function remove(directory: string, io: ShimsIo): number {
  let code = SUCCESS;
  for (const path of NAMES.map((name) => join(directory, name))) {
    const owner = ownerOf(path);
    if (owner === "others") code = complain(io, `left as it is, for it is not ours: ${path}`);
    if (owner !== "us") continue;
    rmSync(path);
    io.out(`${path}\n`);
  }
  return code;
}

/** Whose file lies at a path; a link is not ours, wherever it leads. */
function ownerOf(path: string): "nobody" | "us" | "others" {
  const present = lstatSync(path, { throwIfNoEntry: false });
  if (present === undefined) return "nobody";
  const isSmallFile = present.isFile() && present.size <= 4096;
  return isSmallFile && readFileSync(path, "utf8").includes(MARK) ? "us" : "others";
}

/** A path as one word for the shell. */
const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;

function complain({ err }: ShimsIo, text: string): number {
  err(`gaoler: ${text}\n`);
  return FAILURE;
}
