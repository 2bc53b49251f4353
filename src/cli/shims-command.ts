/**
 * `gaoler shims`: puts small scripts by the names of fail2ban's programs into a directory, for scripts and fingers that know no other,
 * and takes them away again. Files that are not ours are never touched.
 * @module
 */
import { chmodSync, lstatSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getSystemErrorMessage } from "node:util";
import { FAILURE, type Outlet, readWords, refuseWords, SUCCESS } from "./own-face.ts";

/** What the shims stand for; each is a file in `packaging/shims`. */
const NAMES = ["fail2ban-client", "fail2ban-server", "fail2ban-regex"];
/** The words that show whose file it is. */
const MARK = "Written by: gaoler shims";
const EXECUTABLE = 0o755;
const USAGE = `Usage: gaoler shims install DIR   put ${NAMES.join(", ")} there
       gaoler shims remove DIR    take them away again
Files that are not ours are never touched.
`;
const FACE = { name: "shims", usage: USAGE, options: {}, takesWords: true } as const;

/** Where scripts and fingers look. */
const ADVICE = "take one that programs are looked for in, such as /usr/local/bin";

export interface ShimsIo extends Outlet {
  /** where the shims are that ship with gaoler */
  readonly sourceDirectory: string;
  /** the absolute path of the program that the installed ones call */
  readonly launcher: string;
}

/** Runs `gaoler shims` with the words after it. @returns the exit code: 0, 1 where something is in the way, 2 for wrong words */
export function runShimsCommand(argv: readonly string[], io: ShimsIo): number {
  const read = readWords(FACE, argv, io);
  if (typeof read === "number") return read;
  const [verb, directory = "", ...rest] = read.words;
  if (verb !== "install" && verb !== "remove")
    return refuseWords(FACE, "it takes install or remove, and a directory", io);
  if (directory === "") return refuseWords(FACE, `${verb} needs a directory`, io);
  if (rest.length > 0) return refuseWords(FACE, "one directory at a time", io);
  try {
    const present = statSync(directory, { throwIfNoEntry: false });
    if (present === undefined) return complain(io, `there is no directory ${directory}; ${ADVICE}`);
    if (!present.isDirectory()) return complain(io, `${directory} is no directory; ${ADVICE}`);
    return verb === "install" ? install(directory, io) : remove(directory, io);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    return complain(io, `${directory}: ${reason}`);
  }
}

/** What the system said, for people; `undefined`: it was not the system. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error && "code" in error && "errno" in error)) return undefined;
  const { code, errno } = error;
  if (code === "EACCES" || code === "EPERM") return "no permission; are you root?";
  return typeof errno === "number" ? getSystemErrorMessage(errno) : undefined;
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
  let code: number = SUCCESS;
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
