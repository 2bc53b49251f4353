/**
 * The place of the control socket: who may have put something there, and whether what lies there is alive. Whoever can write to
 * the socket rules the daemon, so its directory must be ours.
 * @module
 */
import { lstat, mkdir, realpath, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, resolve } from "node:path";

/** The socket cannot be made or is not as it must be. */
export class SocketPathError extends Error {
  override readonly name = "SocketPathError";
}

/** Longest wait for a peer behind an existing socket file, milliseconds. */
const PROBE_MS = 1000;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
const PRIVATE_MODE = 0o700;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

/** What lies at a path, links not followed; `undefined`: nothing. */
async function statOf(path: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isOurs = (uid: number | bigint): boolean => Number(uid) === 0 || Number(uid) === process.geteuid?.();

/** The directories above a path, from the top, the root itself left out: nobody can put another in its place. */
function above(path: string): string[] {
  const directories: string[] = [];
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) directories.push(at);
  return directories.reverse();
}

/** @throws {SocketPathError} whoever is not us and not root can put something else in the place of what lies in it */
async function checkDirectory(directory: string): Promise<void> {
  const present = await lstat(directory);
  if (!isOurs(present.uid)) {
    throw new SocketPathError(`Directory '${directory}' of the socket belongs to another user`);
  }
  const mode = Number(present.mode);
  if (!present.isSymbolicLink() && (mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0) {
    throw new SocketPathError(
      `Directory '${directory}' of the socket can be written by others: chmod go-w it`,
    );
  }
}

/**
 * Makes the last level of the socket's directory if need be (0700), and refuses a path that others can tamper with: a directory
 * anywhere above the socket, or a link on the way, that is somebody else's or that group or others can write to (unless it is sticky,
 * as `/tmp` is: there nobody can remove what is ours).
 *
 * @throws {SocketPathError}
 */
export async function prepareDirectory(socketPath: string): Promise<void> {
  const directory = dirname(resolve(socketPath));
  // asked for with the dot, a directory behind a link is seen itself
  if ((await statOf(`${directory}/.`)) === undefined) await mkdir(directory, { mode: PRIVATE_MODE });
  const places = [...above(`${directory}/s`), ...above(`${await realpath(directory)}/s`)];
  for (const place of new Set(places)) await checkDirectory(place);
}

/** Whether somebody accepts connections at a socket file. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect(path);
    const finish = (alive: boolean): void => {
      probe.destroy();
      done(alive);
    };
    probe.once("connect", () => finish(true));
    probe.once("error", (error) => finish("code" in error && error.code === "EAGAIN"));
    // A peer whose backlog is full does not answer, but it is there.
    probe.setTimeout(PROBE_MS, () => finish(true));
  });
}

/**
 * Removes a socket file that nobody listens at.
 *
 * @returns whether there was one
 * @throws {SocketPathError} somebody listens, or the file is no socket: neither is ours to remove
 */
export async function removeStaleSocket(path: string): Promise<boolean> {
  const present = await statOf(path);
  if (present === undefined) return false;
  if (!present.isSocket()) throw new SocketPathError(`'${path}' exists and is no socket`);
  if (await isAlive(path)) throw new SocketPathError("Fail2ban seems to be already running");
  await unlink(path);
  return true;
}

/**
 * Checks the socket that was just made.
 *
 * @throws {SocketPathError} it is not a socket of ours with mode 0700
 */
export async function verifySocket(path: string): Promise<void> {
  const present = await statOf(path);
  if (present === undefined || !present.isSocket() || !isOurs(present.uid)) {
    throw new SocketPathError(`'${path}' is not the socket that was made: somebody replaced it`);
  }
  const mode = Number(present.mode) & 0o777;
  if (mode !== PRIVATE_MODE) {
    throw new SocketPathError(
      `'${path}' has mode ${mode.toString(8)} instead of ${PRIVATE_MODE.toString(8)}`,
    );
  }
}
