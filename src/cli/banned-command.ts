/**
 * `gaoler banned`: all bans in force, or in which jails somebody is banned.
 * @module
 */
import { formatDuration } from "../base/duration.ts";
import { formatCivil } from "../base/local-time.ts";
import { type OwnIo, type OwnRun, UsageError } from "./own-io.ts";
import { type BanFacts, banFacts, listOf } from "./own-values.ts";
import { type Cell, tableLines } from "./table.ts";

/** Bans in a table: since when and how long yet. */
export function banTable(bans: readonly BanFacts[], io: OwnIo, hasJail = true): string[] {
  const jail = hasJail ? [{ title: "JAIL" }] : [];
  const columns = [{ title: "BANNED" }, ...jail, { title: "SINCE" }, { title: "LEFT" }];
  const rows = bans.map((ban): readonly Cell[] => [
    { text: ban.id, colour: "red" },
    ...(hasJail ? [ban.jail] : []),
    formatCivil(io.zone.civilAt(ban.at)),
    leftOf(ban, io),
  ]);
  return tableLines(columns, rows, io);
}

function leftOf({ until }: BanFacts, io: OwnIo): Cell {
  if (until === undefined) return { text: "for ever", colour: "yellow" };
  return formatDuration(Math.max(0, Math.round(until - io.now())));
}

/** `gaoler banned [IP…]` */
export const runBanned: OwnRun = async (words, session, io) => {
  if (words.some((word) => word.startsWith("-"))) throw new UsageError();
  if (words.length > 0) {
    const answers = listOf(await session.ask(["banned", ...words]));
    const asked = words.map((id, at) => ({ id, jails: listOf(answers[at]).map(String) }));
    const columns = [{ title: "ASKED" }, { title: "BANNED IN" }];
    const rows = asked.map(({ id, jails }): readonly Cell[] => [
      id,
      jails.length === 0 ? { text: "no jail", colour: "grey" } : { text: jails.join(", "), colour: "red" },
    ]);
    return { value: { asked }, lines: tableLines(columns, rows, io) };
  }
  const bans = listOf(await session.ask(["bans"]));
  const lines = bans.length === 0 ? ["nobody is banned"] : banTable(bans.map(banFacts), io);
  return { value: { bans }, lines };
};
