/**
 * Makes datepatterns: sound ones of every token, whose stamps mean one moment, and any other ones that an operator might come up with.
 * Knows no lines.
 * @module
 */
import type { Dice } from "../../dice.ts";

/** A pattern and what its stamps leave of a moment. */
export interface SoundPattern {
  readonly datepattern: string;
  /** the smallest field */
  readonly precision: "second" | "minute" | "hour";
  readonly hasYear: boolean;
  /** has month and day, or what stands for them */
  readonly hasDate: boolean;
  /** has the offset of the stamp */
  readonly hasZone: boolean;
  /** at the begin of the line alone; perhaps after two signs */
  readonly isLineBegin: boolean;
  /** letters may stand beside it */
  readonly isUnbounded: boolean;
}

const GAPS = [" ", "-", "/", ", ", "_", "\\.", "%%", " at ", ":", " - ", "\\s+", "[ T]", "(?:;|,)"];

function dateTokens(dice: Dice, hasYear: boolean): string {
  const gap = dice.pick(GAPS);
  const year = hasYear ? [dice.pick(["%Y", "%ExY", "%y", "%Exy"])] : [];
  const kind = dice.below(8);
  if (kind === 0) return [...year, "%j"].join(gap);
  if (kind === 1) return [...year, dice.pick(["%U", "%W"]), dice.pick(["%a", "%A", "%w"])].join(gap);
  if (kind === 2 && hasYear) return dice.once(2) ? "%x" : `%Y${gap}%m${gap}%d`;
  const month = dice.pick(["%m", "%Exm", "%b", "%B"]);
  const day = dice.pick(["%d", "%Exd"]);
  const parts = dice.pick([
    [...year, month, day],
    [month, day, ...year],
    [day, month, ...year],
  ]);
  const weekday = dice.once(4) ? `${dice.pick(["%a", "%A"])}${dice.pick([" ", ", "])}` : "";
  return weekday + parts.join(gap);
}

function timeTokens(dice: Dice): readonly [tokens: string, precision: SoundPattern["precision"]] {
  const gap = dice.pick([":", ":", "\\.", "-", "h"]);
  if (dice.once(8)) return ["%X", "second"];
  const isHalf = dice.once(4);
  const hour = isHalf ? dice.pick(["%I", "%l", "%Exl"]) : dice.pick(["%H", "%ExH", "%k", "%Exk"]);
  const half = isHalf ? `${dice.pick([" ", ""])}%p` : "";
  if (dice.once(10)) return [hour + half, "hour"];
  const minute = dice.pick(["%M", "%ExM"]);
  if (dice.once(5)) return [hour + gap + minute + half, "minute"];
  const fraction = dice.once(3) ? "\\.%f" : "";
  return [hour + gap + minute + gap + dice.pick(["%S", "%ExS"]) + fraction + half, "second"];
}

/** Prefix of the pattern, and what it means for the line. */
const BEGINNINGS = [
  ["", false, false],
  ["", false, false],
  ["{^LN-BEG}", true, false],
  ["^", true, false],
  ["{UNB}", false, true],
] as const;

/** A pattern whose stamp means its moment and nothing else. */
export function soundPattern(dice: Dice): SoundPattern {
  const [beginning, isLineBegin, isUnbounded] = dice.pick(BEGINNINGS);
  const traits = { isLineBegin, isUnbounded };
  if (dice.once(15)) {
    const datepattern = `${beginning}%c`;
    return { datepattern, precision: "second", hasYear: true, hasDate: true, hasZone: false, ...traits };
  }
  const hasDate = !dice.once(8);
  const hasYear = hasDate && !dice.once(4);
  const [clock, precision] = timeTokens(dice);
  // an hour that nothing ends is read as its first digit
  const time = isUnbounded && precision === "hour" ? `${clock}!` : clock;
  const gap = dice.pick([" ", "T", ", ", "_", " at ", "@"]);
  const zone = dice.once(3) ? dice.pick([" %z", "%z", " %Exz", " %Z", " %ExZ", " \\(%Z\\)"]) : "";
  const extra = hasYear && dice.once(8) ? dice.pick([" %G", " %V", " w%V", " %u"]) : "";
  const date = hasDate ? dateTokens(dice, hasYear) : "";
  const datepattern = beginning + (hasDate ? date + gap : "") + time + zone + extra;
  return { datepattern, precision, hasYear, hasDate, hasZone: zone !== "", ...traits };
}

const TOKENS = [
  ...[
    "%Y",
    "%ExY",
    "%y",
    "%Exy",
    "%m",
    "%Exm",
    "%d",
    "%Exd",
    "%b",
    "%B",
    "%a",
    "%A",
    "%H",
    "%ExH",
    "%k",
    "%Exk",
  ],
  ...[
    "%I",
    "%l",
    "%Exl",
    "%M",
    "%ExM",
    "%S",
    "%ExS",
    "%f",
    "%p",
    "%j",
    "%U",
    "%W",
    "%w",
    "%z",
    "%Exz",
    "%Z",
    "%ExZ",
  ],
  ...["%c", "%x", "%X", "%G", "%V", "%u", "%%"],
];
const PIECES = [
  ...[
    "-",
    ":",
    " ",
    "/",
    "T",
    "\\s*",
    "(?:",
    ")",
    "(",
    ")?",
    "|",
    "\\[",
    "\\]",
    ".*",
    "\\d+",
    "^",
    "$",
    "**",
    "\\b",
    "(?i)",
    "%Q",
    "%",
    "[",
  ],
  ...[
    "x",
    "{DATE}",
    "{EPOCH}",
    "{LEPOCH}",
    "(?P<Y>20\\d\\d)",
    "(?P<_sep>[-/])",
    "(?P=_sep)",
    "(?:^|x)",
    "(?=x)",
    "\\W",
  ],
];
const ODD_BEGINNINGS = [
  ...[
    "",
    "",
    "",
    "{^LN-BEG}",
    "{UNB}",
    "^",
    "**",
    "{*WD-BEG}",
    "(?:",
    "(",
    "^\\[",
    "^[^\\[]*\\[(",
    "(?i)",
    "{^LN-BEG}^",
    "^(?:\\w+ )?",
  ],
];
const ODD_ENDS = ["", "", "", "$", "**", "\\b", "\\s", ")", "\\]", "$)", "\\$", "(?:\\.%f)?"];
const SPECIAL = [
  ...[
    "{DEFAULT}",
    "{default}",
    "{^LN-BEG}",
    "{^ln-beg}",
    "{NONE}",
    "EPOCH",
    "Epoch",
    "^EPOCH",
    "{^LN-BEG}EPOCH",
    "LEPOCH",
    "^LEPOCH",
  ],
  ...[
    "{^LN-BEG}LEPOCH",
    "TAI64N",
    "^TAI64N",
    "{^LN-BEG}TAI64N",
    "ISO8601",
    "^\\[{DATE}\\]",
    "^[^\\[]*\\[({DATE})",
    "^<\\d+>\\d+\\s+{DATE}",
  ],
  ...[
    "^[^\\[]*(\\[{DATE}\\s*\\])",
    "^\\w+ {DATE}",
    "time={EPOCH};",
    "time=({EPOCH})",
    "{UNB}{EPOCH}",
    "{LEPOCH}",
    "^[^-]+ -- [^-]+ -- - ({DATE})",
  ],
];

/** Whatever might stand in one line of a datepattern. */
function anyLine(dice: Dice): string {
  const kind = dice.below(6);
  if (kind < 2) return dice.pick(SPECIAL);
  if (kind < 4) return soundPattern(dice).datepattern;
  let text = dice.pick(ODD_BEGINNINGS);
  const count = 1 + dice.few(4, 9);
  for (let index = 0; index < count; index++)
    text += dice.pick(dice.once(3) ? PIECES : TOKENS) + dice.pick(["", "", "-", ":", " "]);
  return text + dice.pick(ODD_ENDS);
}

/** Whatever an operator might set, one pattern or several. */
export function anyPattern(dice: Dice): string {
  return Array.from({ length: 1 + (dice.once(3) ? 1 + dice.below(3) : 0) }, () => anyLine(dice)).join("\n");
}
