/**
 * `gaoler ban` and `gaoler unban`: by hand. A ban is refused that would hit this machine, somebody whom the jail ignores, the one
 * who types it, or because of a slip of the keyboard nobody.
 * @module
 */
import { parseAddress } from "../address/address.ts";
import { MAX_ASKED } from "../control/own-commands.ts";
import type { Outcome, OwnIo, OwnRun } from "./own-io.ts";
import { UsageError } from "./own-io.ts";
import type { OwnSession } from "./own-session.ts";
import { listOf, textIn } from "./own-values.ts";
import { harmless } from "./screen.ts";

const countOf = (value: unknown): number => (typeof value === "number" ? value : 0);

/** A slip of the keyboard in an option is nobody's name. */
const isOption = (word: string): boolean => word.startsWith("-");

/** `gaoler ban [--force] JAIL IP…` */
export const runBan: OwnRun = async (words, session, io) => {
  const isForced = words.includes("--force");
  const [jail, ...ids] = words.filter((word) => word !== "--force");
  if (jail === undefined || ids.length === 0 || [jail, ...ids].some(isOption)) throw new UsageError();
  const refusal = isForced ? undefined : await refusalOf(jail, ids, session, io);
  if (refusal !== undefined) return refusal;
  const banned = countOf(await session.ask(["set", jail, "banip", ...ids]));
  const already = new Set(ids).size - banned;
  const rest = already > 0 ? `, ${already} already` : "";
  return { value: { jail, banned, already }, lines: [`${banned} banned in ${harmless(jail)}${rest}`] };
};

async function refusalOf(
  jail: string,
  ids: readonly string[],
  session: Pick<OwnSession, "ask">,
  io: OwnIo,
): Promise<Outcome | undefined> {
  const sessions = io.sessions();
  const refused: unknown[] = ids.flatMap(slipIn);
  for (let from = 0; from < ids.length; from += MAX_ASKED) {
    const asked = ids.slice(from, from + MAX_ASKED);
    refused.push(...listOf(await session.ask(["objections", jail, asked, sessions])));
  }
  if (refused.length === 0) return undefined;
  const complaints = refused.map((objection) => {
    const [id, rule, text] = ["id", "rule", "text"].map((name) => textIn(objection, name));
    return harmless(`${id} is not to be banned in ${jail}: ${text} (${rule})`);
  });
  return {
    value: { jail, banned: 0, already: 0, refused },
    lines: [],
    complaints: [...complaints, "nobody was banned; --force bans all the same"],
  };
}

/** What shall be an address: digits with dots or a slash, or with colons. Other IDs are names, users, sessions. */
const ADDRESS_LIKE = /^\d[\d./]*[./][\d./]*$|^\[?[\da-f.]*:[\da-f:./]*\]?$/i;

/** Any ID can be banned, but one like this would be banned in the list alone: no firewall takes it. */
function slipIn(id: string): readonly object[] {
  if (!ADDRESS_LIKE.test(id) || parseAddress(id) !== undefined) return [];
  return [{ id, rule: "no address", text: "it looks like an address and is none" }];
}

/** `gaoler unban IP…`, `gaoler unban --all` */
export const runUnban: OwnRun = async (words, session) => {
  const isAll = words.includes("--all");
  if (words.length === 0 || (isAll ? words.length > 1 : words.some(isOption))) throw new UsageError();
  const lifted = countOf(await session.ask(["unban", ...words]));
  return { value: { lifted }, lines: [lifted === 1 ? "1 ban lifted" : `${lifted} bans lifted`] };
};
