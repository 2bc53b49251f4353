/**
 * Lines as logs of all kinds have them, and as no log should: for tests that compare two ways through the same log.
 * @module
 */
import fc from "fast-check";

const stamps = [
  "Nov 22 10:20:30",
  "Nov  2 01:02:03",
  "nov 22 1:02:03.25",
  "Sun Nov 22 10:20:30",
  "Sun Nov 22 10:20:30.123456 2026",
  "Wed Oct 11 14:32:52.123456 2000",
  "Nov 22 2026 10:20:30",
  "2026-11-22 10:20:30",
  "2026-11-22T10:20:30.981746+02:00",
  "2026-11-22T10:20:30Z",
  "2026/11/22 10:20:30,5 -0500",
  "2026-11-22 10:20:30 utc",
  "2026.11.22 10:20:30   GMT",
  "2026-11/22 10:20:30",
  "22/11/2026 10:20:30",
  "22-11-26 10:20:30",
  "22/Nov/2026:10:20:30 +0000",
  "22/Nov/2026 10:20:30.5",
  "11/22/2026:10:20:30",
  "11-22-2026 10:20:30.5",
  "1795342830",
  "1795342830.123",
  "17953428301",
  "1795342830.25",
  "audit(1795342830.123:45)",
  "10:20:30",
  "1:2:3",
  "<11/22/26@10:20:30>",
  "261122 10:20:30",
  "Nov 22, 2026 10:20:30 PM",
  "Nov-22-26 10:20:30",
  "20261122102030",
  "20261122T10:20:30.5Z",
  "20261122-102030",
  "CEST Nov 22 10:20:30",
  "abc Nov 22 10:20:30",
  "+0200 Nov 22 10:20:30",
  "z nov 22 10:20:30",
  "@4000000045ec1a3c0b3d1f2e",
  "@4fffffffffffffff0b3d1f2e",
];
/** Stamps of a form, but of no time, or of none that every year has. */
const oddStamps = [
  "Nov 31 10:20:30",
  "Feb 29 10:20:30",
  "Nov 22 24:20:30",
  "Nov 22 29:20:30 2026",
  "Nov 22 10:60:30",
  "Nov 22 10:20:60",
  "Nov 22 10:20:61 2026",
  "Okt 22 10:20:30",
  "2026-13-22 10:20:30",
  "2026-02-30T10:20:30Z",
  "2026-11-22 10:20:60",
  "1999-11-22 10:20:30",
  "2026-11-22 24:20:30",
  "31/Feb/2026:10:20:30",
  "Nov 22, 2026 13:20:30 PM",
  "Nov 2\u0662 10:20:30",
  "2026-11-22T10:20:3\uff10",
  "\u017fun Nov 22 10:20:30",
];
const beginnings = [
  "",
  "",
  "",
  "[",
  "(",
  "[ ",
  "  ",
  " ",
  "--",
  "---",
  "<",
  "\u00e9",
  "\u2603",
  "\ufeff",
  "x",
  "a.b ",
];
const ends = [
  " host app[12]: Failed password for root from 192.0.2.1 port 22",
  "] [error] client denied",
  "",
  ":",
  " ",
  ".",
  ".5",
  ".1234567 x",
  ",25",
  "7",
  "77 x",
  "_",
  "x",
  "Z",
  " Z",
  " +0200 x",
  " +02",
  "+02:0",
  " 2026 x",
  " 2026",
  " 20265",
  " 20\u0662\u0666",
  " 2099 x",
  "\u00e9",
  " \u00e9",
  " \u{1f600} x",
  "\u{1d7d8}",
  " and Nov 22 10:20:30 and 2026-11-22 10:20:30",
  " - 1795342830 -",
  '] "GET / HTTP/1.1" 200',
];
/** What may stand before and behind a stamp in the middle of a line. */
const frames = [
  ["192.0.2.1 - - [", '] "GET / HTTP/1.1" 200 7 "-" "Gecko/20100101 Firefox/115.0"'],
  ["2001:db8::1 - root [", '] "GET /?at=12:30:45 HTTP/1.1" 404 12345678'],
  ["host:80 192.0.2.1 - - [", '] "POST /id/1795342830 HTTP/1.1" 200'],
  ["a [b] [", "] [c]"],
  ["a [b] [", "] [2026-11-22 10:20:30]"],
  ["caf\u00e9 [", '] "GET /"'],
  ["192.0.2.1 [", '] "GET /\u00e9"'],
  [". [", "] x"],
  ["-[", "] x"],
  ["[", "] x"],
  ["x (", ") y"],
  ["some text (", ") y"],
  ["<34>", " host"],
  ["x=", ";"],
  ["x=", "."],
  ["x at ", ""],
  ["x at ", " y"],
  ["x since ", " Z y"],
  ["x at [", ""],
  ['{"id":1,"time":"', '","msg":"x"}'],
  ['{"id":1,"time":"', '","msg":"\\"time\\":\\"2026-11-22T10:20:30Z"}'],
  ['{"id":1,"time":"', '","time":"2026-11-22T10:20:30Z"}'],
  ['{"time":"x","time":"', '","msg":"caf\u00e9"}'],
  ['time="', '" level=error'],
  ["logger=a lvl=b t=", " c=d t=2026-11-22T10:20:30Z e f=g"],
  ["a b -- c -- - ", " x -- y -- - 2026-11-22T10:20:30Z"],
  ["x 20261122 [", "] 20261122 101112 @4000000045ec1a3c0b3d1f2e"],
] as const;
const undated = [
  "",
  "x",
  "kernel: no stamp",
  "1.2.3.4 - - nothing 12:30",
  "\u00e9t\u00e9",
  "1:2:",
  "12345678",
];

const anyLine = fc.oneof(
  {
    arbitrary: fc
      .tuple(
        fc.constantFrom(...beginnings),
        fc.oneof(
          { arbitrary: fc.constantFrom(...stamps), weight: 5 },
          { arbitrary: fc.constantFrom(...oddStamps), weight: 1 },
        ),
        fc.constantFrom(...ends),
      )
      .map((pieces) => pieces.join("")),
    weight: 6,
  },
  { arbitrary: fc.constantFrom(...undated), weight: 1 },
);

const character = fc.constantFrom(..."0123456789 :-/.,+TZ[]x\u00e9\u0662");
/** A line with one character another one, one more or one less. */
const marred = fc
  .tuple(anyLine, fc.nat(40), fc.nat(1), fc.oneof(character, fc.constant("")))
  .map(([line, at, taken, put]) => line.slice(0, at) + put + line.slice(at + taken));

/** Some lines one after the other that are much alike, as in a log, with a few strangers. */
export const logLines: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    fc.constantFrom(...beginnings),
    fc.constantFrom(...stamps),
    fc.array(
      fc.oneof(
        { arbitrary: fc.constantFrom(...ends).map((end) => ({ end, line: undefined })), weight: 4 },
        { arbitrary: fc.oneof(anyLine, marred).map((line) => ({ end: "", line })), weight: 1 },
      ),
      { minLength: 1, maxLength: 12 },
    ),
  )
  .map(([begin, stamp, tails]) => tails.map(({ end, line }) => line ?? begin + stamp + end));

/** Some lines with the stamp inside, at varying places. */
const innerLines: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    fc.constantFrom(...frames),
    fc.constantFrom(...stamps.filter((stamp) => stamp.length > 15)),
    fc.array(
      fc.oneof(
        {
          arbitrary: fc.tuple(
            fc.oneof(
              { arbitrary: fc.constant(undefined), weight: 4 },
              fc.constantFrom(...stamps, ...oddStamps),
            ),
            fc.oneof({ arbitrary: fc.constant(undefined), weight: 6 }, fc.constantFrom(...frames)),
            fc.nat(4),
          ),
          weight: 6,
        },
        { arbitrary: fc.oneof(anyLine, marred), weight: 1 },
      ),
      { minLength: 1, maxLength: 12 },
    ),
  )
  .map(([frame, stamp, lines]) =>
    lines.map((line) => {
      if (typeof line === "string") return line;
      const [ownStamp = stamp, [before, behind] = frame, longer] = line;
      return "9".repeat(longer) + before + ownStamp + behind;
    }),
  );

/** Sequences of such. */
export const anyLog: fc.Arbitrary<readonly string[]> = fc
  .array(fc.oneof(logLines, innerLines), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.flat());
