/**
 * `gaoler ban`: bans by hand, unless that would hit this machine, somebody whom the jail ignores, or the one who types it.
 * @module
 */
import { complain, DONE, type OwnIo, REFUSED, USAGE_ERROR } from "./own-io.ts";
import { type OwnSession, OwnSessionError } from "./own-session.ts";
import { harmless } from "./screen.ts";

const USAGE = "gaoler ban [--force] JAIL IP...";
const FORCE = "--force bans all the same";

/**
 * Bans by hand.
 *
 * @param words those after `ban`
 * @returns the exit code
 * @throws {OwnSessionError}
 */
export async function runBanCommand(
  words: readonly string[],
  session: Pick<OwnSession, "ask">,
  io: OwnIo,
): Promise<number> {
  const isForced = words.includes("--force");
  const [jail, ...ids] = words.filter((word) => word !== "--force");
  if (jail === undefined || ids.length === 0) return complain(io, USAGE, USAGE_ERROR);
  if (!isForced && (await isRefused(jail, ids, session, io))) return REFUSED;
  const count = await session.ask(["set", jail, "banip", ...ids]);
  const fresh = typeof count === "number" ? count : 0;
  const before = new Set(ids).size - fresh;
  const already = before > 0 ? `, ${before} already` : "";
  io.out(`${fresh} banned in ${harmless(jail)}${already}\n`);
  return DONE;
}

/** Whether something speaks against it; says what. */
async function isRefused(
  jail: string,
  ids: readonly string[],
  session: Pick<OwnSession, "ask">,
  io: OwnIo,
): Promise<boolean> {
  const objections = await session.ask(["objections", jail, ids, io.sessions]);
  if (!Array.isArray(objections)) throw new OwnSessionError("the daemon does not say whom it ignores");
  if (objections.length === 0) return false;
  for (const objection of objections) {
    const [id, rule, text] = ["id", "rule", "text"].map((key) => fieldOf(objection, key));
    complain(io, harmless(`${id} is not to be banned in ${jail}: ${text} (${rule})`));
  }
  complain(io, `nobody was banned; ${FORCE}`);
  return true;
}

function fieldOf(value: unknown, key: string): string {
  const entry = Object.entries(value ?? {}).find(([name]) => name === key);
  return String(entry?.[1] ?? "?");
}
