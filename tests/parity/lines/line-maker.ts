/**
 * Makes the log of a filter: lines that its regexes should match, lines that nearly do, spoiled ones and hostile ones, with stamps
 * of many kinds and sessions that interleave. Everything follows from the dice.
 * It does not know what the lines come to.
 * @module
 */
import type { FilterSource } from "../../../src/cli/regex-filter-source.ts";
import { DateDetector } from "../../../src/date/detector.ts";
import { systemLocalZone } from "../../../src/exec/local-zone.ts";
import { expandTags } from "../../../src/filter/tags.ts";
import type { Dice } from "../../dice.ts";
import { type GroupWriter, TextTree, type WrittenText } from "./from-tree.ts";
import { type ByteLine, bytesOfText, mutated } from "./mutations.ts";
import {
  addressText,
  formattedStamp,
  hostName,
  ip6Text,
  oddStamp,
  quadText,
  strangersText,
} from "./odd-texts.ts";

/** Longest line, bytes. */
const MAX_LINE_BYTES = 6000;
/** Sessions of a log that go on at the same time. */
const SESSIONS = 5;

/** Groups whose text ties lines together. */
const isSessionGroup = (name: string): boolean => name === "mlfid" || name.startsWith("__");

const PREFIXES = [" h app[12]: ", " host sshd[4]: ", " kernel: [ 12.5] ", ": ", " [x] ", " ", ""] as const;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun) $/i;
const MONTH_NAME = /jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec/i;

/**
 * A stamp as a tree gave it, made likelier: TAI64N of this millennium; a stamp without a year from the last months, for there the
 * rule of the nearest year and fail2ban's come to the same.
 */
function likelyStamp(walked: string, dice: Dice): string {
  if (dice.once(40)) return walked;
  const stamp = walked
    .replaceAll(/[^\x00-\x7f]/g, (odd) => (/\p{Nd}/u.test(odd) ? "1" : " "))
    // a zone before a stamp has the weekday of each one behind it taken for a zone
    .replace(/^[a-z]{1,5} (?=[a-z]{3} (?:[a-z]{3} )? ?\d)/i, (zone) => (WEEKDAY.test(zone) ? zone : ""));
  // a stamp of the future as the last date stands in for each missing one behind it
  const past = (year: string): string => (Number(year) > 2025 ? `20${10 + (Number(year) % 10)}` : year);
  const seconds = 1_262_304_000 + dice.below(500_000_000);
  if (/^@[\da-f]{24}$/.test(stamp)) return `@40000000${seconds.toString(16)}${stamp.slice(17)}`;
  if (/^\d{10,11}(?!\d)/.test(stamp)) return stamp.replace(/^\d+/, String(seconds));
  if (/^\d{6} /.test(stamp)) return `${10 + dice.below(15)}${stamp.slice(2)}`;
  if (/\d{4}/.test(stamp)) return stamp.replace(/(?<!\d)20\d\d(?!\d)/, past);
  if (!MONTH_NAME.test(stamp)) return stamp;
  const month = new Date().getUTCMonth() + 12 - 1 - dice.below(4);
  return stamp.replace(MONTH_NAME, MONTHS[month % 12] ?? "Jan");
}

export class LineMaker {
  readonly #dice: Dice;
  readonly #prefix: TextTree | undefined;
  readonly #failures: readonly TextTree[];
  readonly #ignores: readonly TextTree[];
  readonly #stamps: readonly TextTree[];
  readonly #year: number;
  readonly #keys = new Map<string, string[]>();
  /** how lines are stamped at the moment; it changes within a log */
  #stamp: TextTree | undefined;
  #user = "bob";

  constructor(source: FilterSource, dice: Dice, year: number) {
    const { prefregex, failregex, ignoreregex, datepattern, maxlines = 1 } = source;
    const tree = (regex: string, multiline: boolean): TextTree =>
      new TextTree(expandTags(regex, "raw"), { multiline });
    this.#dice = dice;
    this.#year = year;
    this.#prefix = prefregex === undefined ? undefined : tree(prefregex, false);
    this.#failures = failregex.map((regex) => tree(regex, maxlines > 1));
    this.#ignores = ignoreregex.map((regex) => tree(regex, false));
    const detector = new DateDetector({
      zone: systemLocalZone,
      startYear: year,
      ...(datepattern === undefined ? {} : { datepattern }),
    });
    this.#stamps = detector.hits().map(({ regex }) => new TextTree(regex));
    this.#stamp = this.#stamps[0];
  }

  /** At least `count` lines. */
  lines(count: number): ByteLine[] {
    const lines: ByteLine[] = [];
    while (lines.length < count) lines.push(...this.#next());
    return lines;
  }

  /** One line, or the few that a regex over several lines wants. */
  #next(): readonly ByteLine[] {
    const dice = this.#dice;
    if (dice.once(40)) this.#stamp = dice.pick(this.#stamps);
    if (dice.once(15))
      this.#user = dice.once(3) ? strangersText(dice) : dice.pick(["root", "bob", "eve", "a b"]);
    const body = this.#body();
    return body
      .split("\n")
      .filter((line, index) => line !== "" || index === 0)
      .map((line) => this.#finish(line));
  }

  #finish(text: string): ByteLine {
    const dice = this.#dice;
    const line = bytesOfText(this.#stamped(text));
    return (dice.once(5) ? mutated(line, dice) : line).slice(0, MAX_LINE_BYTES).replaceAll("\n", " ");
  }

  /** What stands behind the stamp. */
  #body(): string {
    const dice = this.#dice;
    const kind = dice.below(20);
    if (kind < 11) return this.#written().text;
    if (kind < 15) return this.#nearly(this.#written());
    if (kind < 17) {
      const first = this.#written();
      const second = this.#written();
      return first.text.slice(0, this.#cutOf(first)) + second.text.slice(this.#cutOf(second));
    }
    if (kind === 17 && this.#ignores.length > 0)
      return dice.pick(this.#ignores).write(dice, this.#group).text;
    if (kind === 18) return this.#written().text + strangersText(dice);
    if (dice.once(6)) return dice.pick(["", " ", "\t", "x", " -- MARK --", " last message repeated 3 times"]);
    return dice.pick(PREFIXES) + dice.pick(this.#failures).write(dice, this.#group).text;
  }

  /** A text that should match: a failregex, within the prefregex where there is one. */
  #written(): WrittenText {
    const dice = this.#dice;
    const failure = dice.pick(this.#failures);
    if (this.#prefix === undefined) return failure.write(dice, this.#group);
    return this.#prefix.write(dice, (name, walk) =>
      name === "content" ? failure.write(dice, this.#group).text : this.#group(name, walk),
    );
  }

  #cutOf({ text, cuts }: WrittenText): number {
    const { length } = cuts;
    return length === 0 ? this.#dice.below(text.length + 1) : this.#dice.pick(cuts);
  }

  /** A piece dropped, doubled, or replaced by something else; or the tail cut. */
  #nearly(written: WrittenText): string {
    const dice = this.#dice;
    const { text } = written;
    const [start = 0, end = 0] = [this.#cutOf(written), this.#cutOf(written)].sort((a, b) => a - b);
    switch (dice.below(4)) {
      case 0:
        return text.slice(0, start) + text.slice(end);
      case 1:
        return text.slice(0, end) + text.slice(start);
      case 2:
        return text.slice(0, start) + strangersText(dice) + text.slice(end);
      default:
        return text.slice(0, end);
    }
  }

  readonly #group: GroupWriter = (name, walk) => {
    const dice = this.#dice;
    if (isSessionGroup(name)) return this.#sessionKey(name, walk);
    switch (name) {
      case "ip4":
        return dice.once(12) ? (dice.once(2) ? addressText(dice) : undefined) : quadText(dice);
      case "ip6":
        return dice.once(12) ? (dice.once(2) ? addressText(dice) : undefined) : ip6Text(dice);
      case "dns":
        return dice.once(12) ? undefined : dice.once(2) ? hostName(dice) : addressText(dice);
      case "user":
        return dice.once(3) ? (dice.once(3) ? strangersText(dice) : undefined) : this.#user;
      default:
        return dice.once(12) ? strangersText(dice) : undefined;
    }
  };

  #sessionKey(name: string, walk: () => string): string {
    const dice = this.#dice;
    const keys = this.#keys.get(name) ?? [];
    this.#keys.set(name, keys);
    if (keys.length < SESSIONS || dice.once(25)) {
      keys.push(walk());
      if (keys.length > SESSIONS) keys.shift();
      return keys.at(-1) ?? "";
    }
    return dice.pick(keys);
  }

  /** The text with its stamp, where the pattern wants it. */
  #stamped(text: string): string {
    const dice = this.#dice;
    if (dice.once(25)) return oddStamp(dice) + text;
    if (dice.once(20)) return formattedStamp(dice, this.#year) + text;
    if (dice.once(40) || this.#stamp === undefined) return text;
    const { before, cut: walked, after } = this.#stamp.writeCut(dice);
    const cut = likelyStamp(walked, dice);
    if (before === "" || dice.once(10)) {
      const joint = /^\w/.test(after + text) && !dice.once(10) ? " " : "";
      return before + cut + joint + (dice.once(10) ? after : "") + text;
    }
    // the pattern keeps what stands before the stamp: look for its last character in the text
    const last = before.slice(-1);
    const empty = ["[]", "()", "<>", '""'].find((pair) => pair.startsWith(last) && text.includes(pair));
    const at = empty === undefined ? text.indexOf(last) : text.indexOf(empty);
    if (at < 0) return before + cut + after + text;
    return text.slice(0, at + 1) + cut + text.slice(at + 1);
  }
}
