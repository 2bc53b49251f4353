/**
 * `gaoler status`: all jails in a table, or one with its terms and its latest bans.
 * @module
 */
import { formatDuration } from "../base/duration.ts";
import type { Seconds } from "../base/units.ts";
import { banTable } from "./banned-command.ts";
import { type OwnIo, type OwnRun, UsageError } from "./own-io.ts";
import { banFacts, type JailFacts, jailFacts, listOf } from "./own-values.ts";
import { type Colour, harmless, paint } from "./screen.ts";
import { type Cell, type Column, tableLines } from "./table.ts";

/** Bans of a jail that are shown with it. */
const SHOWN_BANS = 20;

const COLUMNS: readonly Column[] = [
  { title: "JAIL" },
  { title: "STATE" },
  { title: "BANNED", align: "right" },
  { title: "IN ALL", align: "right" },
  { title: "FAILING", align: "right" },
  { title: "IN ALL", align: "right" },
  { title: "READS" },
];

const STATE_COLOURS: ReadonlyMap<string, Colour> = new Map([
  ["running", "green"],
  ["idle", "yellow"],
]);

const stateCell = ({ state, problem }: JailFacts): Cell => ({
  text: problem === undefined ? state : "broken",
  colour: problem === undefined ? (STATE_COLOURS.get(state) ?? "red") : "red",
});

/** A figure; nothing is grey, so that the eye finds what is there. */
const figure = (count: number, colour?: Colour): Cell =>
  count === 0
    ? { text: "0", colour: "grey" }
    : colour === undefined
      ? String(count)
      : { text: String(count), colour };

function readsOf({ reads, problem }: JailFacts): Cell {
  if (problem !== undefined) return { text: problem, colour: "red" };
  const [first = "nothing", ...more] = reads;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

function rowOf(jail: JailFacts): readonly Cell[] {
  const { name, bans, failures } = jail;
  return [
    name,
    stateCell(jail),
    figure(bans.now, "red"),
    figure(bans.total),
    figure(failures.now, "yellow"),
    figure(failures.total),
    readsOf(jail),
  ];
}

/** `gaoler status [JAIL]` */
export const runStatus: OwnRun = async (words, session, io) => {
  const [name, ...rest] = words;
  if (rest.length > 0 || name?.startsWith("-") === true) throw new UsageError();
  if (name === undefined) {
    const value = listOf(await session.ask(["jails"]));
    const jails = value.map(jailFacts).sort((a, b) => (a.name < b.name ? -1 : 1));
    const lines =
      jails.length === 0
        ? ["no jail; gaoler doctor says how to enable one"]
        : tableLines(COLUMNS, jails.map(rowOf), io);
    return { value: { jails: value }, lines };
  }
  const [jail] = listOf(await session.ask(["jails", name]));
  const bans = listOf(await session.ask(["bans", name]));
  return { value: { jail, bans }, lines: jailLines(jailFacts(jail), bans, io) };
};

function jailLines(jail: JailFacts, bans: readonly unknown[], io: OwnIo): string[] {
  const { name, backend, failures, bans: counts, terms, reads, problem } = jail;
  const state = stateCell(jail);
  const title = paint(io, "bold", harmless(name));
  const painted = typeof state === "string" ? state : paint(io, state.colour, state.text);
  if (problem !== undefined) return [`${title}  ${painted}`, `  ${harmless(problem)}`];
  const latest = bans
    .map(banFacts)
    .sort((a, b) => b.at - a.at)
    .slice(0, SHOWN_BANS);
  const hidden = bans.length - latest.length;
  return [
    `${title}  ${painted}`,
    `  failures  ${failures.now} counted now, ${failures.total} in all`,
    `  bans      ${counts.now} now, ${counts.total} in all`,
    `  terms     ${terms.maxretry} failures in ${formatDuration(terms.findtime)} ban ${lengthOf(terms.bantime)}`,
    ...reads.map((path, at) => `  ${at === 0 ? "reads     " : "          "}${harmless(path)}`),
    ...(reads.length === 0 ? ["  reads     nothing"] : []),
    `  by        ${harmless(backend)}`,
    ...(latest.length === 0 ? [] : ["", ...banTable(latest, io, false)]),
    ...(hidden > 0 ? [`and ${hidden} before: gaoler banned shows all`] : []),
  ];
}

const lengthOf = (bantime: Seconds): string => (bantime < 0 ? "for ever" : `for ${formatDuration(bantime)}`);
