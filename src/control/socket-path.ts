/**
 * The place of the control socket: who may have put something there, and whether what lies there is alive. Whoever can write to
 * the socket rules the daemon, so its directory must be ours.
 * @module
 */
import { lstat, mkdir, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { dirname } from "node:path";

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

/**
 * Makes the last level of the socket's directory if need be (0700), and refuses one that others can tamper with: writable for
 * group or others (unless sticky, as `/tmp` is: there nobody can remove our socket), or somebody else's.
 *
 * @throws {SocketPathError}
 */
export async function prepareDirectory(socketPath: string): Promise<void> {
  const directory = dirname(socketPath);
  const present = await statOf(`${directory}/.`);
  if (present === undefined) {
    await mkdir(directory, { mode: PRIVATE_MODE });
    return;
  }
  const mode = Number(present.mode);
  if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0) {
    throw new SocketPathError(
      `Directory '${directory}' of the socket can be written by others: chmod go-w it`,
    );
  }
  if (!isOurs(present.uid)) {
    throw new SocketPathError(`Directory '${directory}' of the socket belongs to another user`);
  }
}

/** Whether somebody accepts connections at a socket file. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    const finish = (alive: boolean): void => {
      probe.destroy();
      resolve(alive);
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
