/**
 * Jails, what their logs say and what clients command; each is run by the real server and by ours.
 * @module
 */
import type { PairJail } from "./pair-files.ts";
import type { JailStory, Side } from "./server-pair.ts";

/** A line and its own time: seconds from the moment when both have started, or from one before both for what is there by then. */
export type Line = readonly [at: number, text: string];

export interface Scenario extends PairJail {
  readonly what: string;
  /** in the log before the start */
  readonly before?: readonly Line[];
  /** written in one go while the servers run */
  readonly lines?: readonly Line[];
  /** sent to both once the lines are read; `set`, then the jail, stand before them */
  readonly commands?: readonly string[];
  /** written after the commands */
  readonly later?: readonly Line[];
  /** where we differ on purpose, what each side says instead, and why */
  readonly decision?: { readonly why: string } & Readonly<Record<Side, Partial<JailStory>>>;
}

const A = "192.0.2.1";
const B = "192.0.2.2";
const C = "198.51.100.3";
const D = "2001:db8::4";

/** Failures of an ID at times. */
const fails = (id: string, ...at: readonly number[]): Line[] => at.map((each) => [each, `fail from ${id}`]);

/** Multipliers that lead to ban times of every size, from ten seconds. */
const SIZES = [
  2, 358, 359, 360, 361, 400, 719, 3599, 8639, 8640, 8643, 9001, 17_639, 19_890, 60_479, 60_480, 61_000,
  3_153_599, 3_153_600, 3_369_600,
];

const OLD_FOUND = [-250, -200, -150]
  .map((at) => `INFO Found ${A} - begin${at}`)
  .concat([-100, -90].map((at) => `INFO Found ${B} - begin${at}`));

const GROWING = ["bantime.increment = true", "bantime = 40", "maxretry = 3"];

export const scenarios: readonly Scenario[] = [
  {
    jail: "retry1",
    what: "maxretry 1 bans at the first failure",
    options: ["maxretry = 1"],
    lines: fails(A, -5),
  },
  { jail: "retry0", what: "maxretry 0 does, too", options: ["maxretry = 0"], lines: fails(A, -5) },
  { jail: "retryneg", what: "a negative maxretry as well", options: ["maxretry = -1"], lines: fails(A, -5) },
  {
    jail: "retry3",
    what: "three of three within findtime",
    options: ["maxretry = 3"],
    lines: fails(A, -9, -6, -3),
  },
  {
    jail: "retry4",
    what: "three of four are not enough",
    options: ["maxretry = 4"],
    lines: fails(A, -9, -6, -3),
  },
  {
    jail: "five",
    what: "a banned ID is counted anew",
    options: ["maxretry = 2"],
    lines: fails(A, -9, -8, -7, -6, -5),
  },
  {
    jail: "rate20",
    what: "a rate, not a window: 0, 13, 26 of findtime 20",
    options: ["maxretry = 3", "findtime = 20"],
    lines: fails(A, -40, -27, -14),
  },
  {
    jail: "ratehalf",
    what: "halves are rounded to even: 0, 1, 2, then late",
    options: ["maxretry = 6", "findtime = 20"],
    lines: fails(A, -50, -49, -48, -47, -46, -30, -18, -16, -10, -9, -8),
  },
  {
    jail: "slow",
    what: "one in five sixths of findtime never bans",
    options: ["maxretry = 3", "findtime = 12"],
    lines: fails(A, -50, -40, -31, -22, -13, -4),
  },
  {
    jail: "almost",
    what: "gaps just below findtime",
    options: ["maxretry = 3", "findtime = 12"],
    lines: fails(A, -50, -39, -28, -17, -6),
  },
  {
    jail: "mixed",
    what: "a burst after slow ones",
    options: ["maxretry = 4", "findtime = 15"],
    lines: fails(A, -50, -39, -28, -20, -12, -11, -10, -9),
  },
  {
    jail: "fraction",
    what: "fractions of seconds",
    options: ["maxretry = 3", "findtime = 10"],
    lines: fails(A, -20.5, -14.25, -7.75, -7.5, -7.25),
  },
  {
    jail: "backwards",
    what: "times that go back: the ban counts from the latest",
    options: ["maxretry = 3"],
    lines: fails(A, -10, -20, -30),
  },
  {
    jail: "backrate",
    what: "a late line between others",
    options: ["maxretry = 4", "findtime = 20"],
    lines: fails(A, -40, -50, -25, -30, -10),
  },
  {
    jail: "pause",
    what: "a gap of findtime: ours forgets, theirs does unless no sweep came by",
    options: ["maxretry = 3", "findtime = 15"],
    lines: fails(A, -50, -30, -29),
    decision: {
      why: "the same lines give the same bans, whether or not a sweep came by in between",
      theirs: {
        actions: [`NOTICE Ban ${A}`],
        bans: [`|${A}|${A}|failures=3|matches=${`fail from ${A}/`.repeat(3)}`],
      },
      ours: { actions: [], bans: [] },
    },
  },
  {
    jail: "interleaved",
    what: "several IDs at once",
    options: ["maxretry = 3"],
    lines: [A, B, A, C, B, D, A, D, C, B, D].map((id, n) => [n - 30, `fail from ${id}`] as const),
  },
  {
    jail: "old",
    what: "old lines at the start, some too old",
    options: ["maxretry = 3", "findtime = 300"],
    before: [
      ...fails(A, -900, -800),
      ...fails(B, -700),
      ...fails(A, -250, -200, -150),
      ...fails(B, -100, -90),
    ],
    decision: {
      why: "the original looks for the first line that is young enough, so it never sees what is too old; a short log is read whole",
      theirs: { filter: OLD_FOUND },
      ours: {
        filter: [
          "WARNING Ignoring all log entries older than 300s; these are probably messages generated while fail2ban was not running.",
          `WARNING Please check a jail for a timing issue. Line with odd timestamp: … fail from ${A}`,
          ...OLD_FOUND,
        ],
      },
    },
  },
  {
    jail: "oldban",
    what: "a ban whose time was over before it was read",
    options: ["maxretry = 2", "bantime = 30"],
    before: fails(A, -200, -190),
  },
  {
    jail: "early",
    what: "lines before the start and after it count together",
    options: ["maxretry = 3"],
    before: fails(A, -200, -100),
    lines: fails(A, -5),
  },
  {
    jail: "future",
    what: "lines of the future count as now",
    options: ["maxretry = 3"],
    lines: fails(A, 50, 200, 4000),
  },
  {
    jail: "stale",
    what: "lines that come an hour late count as now",
    options: ["maxretry = 2"],
    lines: fails(A, -3600, -3000),
  },
  {
    jail: "matches2",
    what: "only the last lines are kept",
    options: ["maxretry = 4", "maxmatches = 2"],
    lines: fails(A, -9, -8, -7, -6),
  },
  {
    jail: "matches0",
    what: "no lines are kept",
    options: ["maxretry = 2", "maxmatches = 0"],
    lines: fails(A, -9, -8),
  },
  {
    jail: "matches1",
    what: "a joined first failure is not cut",
    options: ["maxretry = 1", "maxmatches = 1", "filter = session"],
    lines: [
      [-9, "[1] conn from 192.0.2.1"],
      [-8, "[1] failed"],
    ],
  },
  {
    jail: "session",
    what: "lines of a session count once each, users stay with the first",
    options: ["maxretry = 3", "filter = session"],
    lines: [
      [-20, "[1] conn from 192.0.2.1"],
      [-19, "[1] failed"],
      [-18, "[1] failed"],
      [-17, "[2] conn from 192.0.2.1"],
      [-16, "[2] failed"],
    ],
  },
  {
    jail: "nofail",
    what: "lines that are no failure count for nothing",
    options: ["maxretry = 1", "filter = session"],
    lines: [
      [-20, "[1] conn from 192.0.2.1"],
      [-19, "[1] accepted"],
      [-18, "[2] conn from 192.0.2.2"],
      [-17, "[2] failed"],
    ],
  },
  {
    jail: "data",
    what: "data of the first failure, other IDs with an address",
    options: ["maxretry = 2"],
    lines: [
      [-9, "fail from 192.0.2.1 user bob"],
      [-8, "fail from 192.0.2.1 user eve"],
      [-7, "id fail joe from 192.0.2.1"],
      [-6, "id fail joe from 192.0.2.9"],
    ],
  },
  {
    jail: "network",
    what: "networks and spellings of one address are one ID",
    options: ["maxretry = 2"],
    lines: [
      [-9, "id fail 192.0.2.7/24 from 192.0.2.7"],
      [-8, "id fail 192.0.2.99/24 from 192.0.2.99"],
      [-7, "id fail 2001:DB8::0:9 from 2001:db8::9"],
      [-6, "id fail [2001:db8::9] from 2001:db8::9"],
    ],
  },
  {
    jail: "ignoreip",
    what: "addresses, networks and masks that are ignored",
    options: [
      "maxretry = 1",
      `ignoreip = ${A} 198.51.100.0/24,203.0.113.0/255.255.255.128`,
      "  2001:db8::/32",
    ],
    lines: [A, B, C, D, "203.0.113.5", "203.0.113.200"].map((id, n) => [n - 20, `fail from ${id}`] as const),
  },
  {
    jail: "ignorename",
    what: "a name in ignoreip",
    options: ["maxretry = 1", "ignoreip = localhost"],
    lines: [...fails("127.0.0.1", -9), ...fails(A, -8)],
  },
  {
    jail: "ignoreself",
    what: "own addresses",
    options: ["maxretry = 1", "ignoreself = true"],
    lines: [...fails("127.0.0.1", -9), ...fails(A, -7)],
  },
  {
    jail: "ignorecommand",
    what: "exit codes of ignorecommand, with tags",
    options: ["maxretry = 1", 'ignorecommand = case "<ip>" in *.1) exit 0;; *.2) exit 1;; *) exit 7;; esac'],
    lines: [...fails(A, -9), ...fails(B, -8), ...fails(C, -7)],
  },
  {
    jail: "ignoreuser",
    what: "ignorecommand sees what was captured",
    options: ["maxretry = 1", 'ignorecommand = test "<F-USER>" = bob'],
    lines: [
      [-9, "fail from 192.0.2.1 user bob"],
      [-8, "fail from 192.0.2.2 user eve"],
    ],
  },
  {
    jail: "ignorecache",
    what: "a verdict is kept by the key, here the user",
    options: [
      "maxretry = 1",
      'ignorecommand = test "<ip>" = 192.0.2.1',
      'ignorecache = key="<F-USER>", max-count=10, max-time=5m',
    ],
    lines: [
      [-9, "fail from 192.0.2.1 user bob"],
      [-8, "fail from 192.0.2.2 user bob"],
      [-7, "fail from 192.0.2.3 user eve"],
      [-6, "fail from 192.0.2.1 user eve"],
    ],
  },
  {
    jail: "dns",
    what: "every address of a name counts",
    options: ["maxretry = 1", "usedns = yes", "ignoreself = false", "ignoreip = ::1"],
    lines: [[-9, "name fail from localhost"]],
  },
  {
    jail: "dnswarn",
    what: "a name is told of where usedns is warn",
    options: ["maxretry = 1", "usedns = warn", "ignoreself = false", "ignoreip = ::1"],
    lines: [
      [-9, "name fail from localhost"],
      [-8, "name fail from localhost"],
    ],
  },
  {
    jail: "dnsno",
    what: "a name counts for nothing where usedns is no",
    options: ["maxretry = 1", "usedns = no"],
    lines: [
      [-9, "name fail from localhost"],
      [-8, "name fail from 192.0.2.1"],
    ],
  },
  {
    jail: "dnsraw",
    what: "a name is the ID where usedns is raw",
    options: ["maxretry = 2", "usedns = raw"],
    lines: [
      [-9, "name fail from host.example"],
      [-8, "name fail from host.example"],
    ],
  },
  {
    jail: "grow",
    what: "a known bad ID: one known ban",
    options: GROWING,
    past: [{ id: A, count: 1, at: -900, bantime: 40 }],
    lines: [...fails(A, -3), ...fails(B, -3)],
    later: [...fails(A, -2), ...fails(B, -2)],
  },
  {
    jail: "grow2",
    what: "two known bans",
    options: ["bantime.increment = true", "bantime = 40", "maxretry = 5"],
    past: [{ id: A, count: 2, at: -900, bantime: 40 }],
    lines: fails(A, -3),
    commands: ["status"],
    later: fails(A, -2),
    decision: {
      why: "a line stands once in <matches>, though its failure counts several times",
      theirs: { bans: [`|${A}|${A}|failures=4|matches=${`fail from ${A}/`.repeat(3)}`] },
      ours: { bans: [`|${A}|${A}|failures=4|matches=${`fail from ${A}/`.repeat(2)}`] },
    },
  },
  {
    jail: "growmany",
    what: "so many that one failure is enough",
    options: ["bantime.increment = true", "bantime = 40", "maxretry = 5"],
    past: [{ id: A, count: 30, at: -90_000, bantime: 40 }],
    lines: fails(A, -3),
  },
  {
    jail: "growcap",
    what: "maxtime",
    options: [...GROWING, "bantime.maxtime = 500"],
    past: [{ id: A, count: 5, at: -900, bantime: 40 }],
    lines: fails(A, -3),
    later: fails(A, -2),
  },
  {
    jail: "growfactor",
    what: "factor",
    options: [...GROWING, "bantime.factor = 3"],
    past: [{ id: A, count: 2, at: -900, bantime: 40 }],
    lines: fails(A, -3),
    later: fails(A, -2),
  },
  {
    jail: "growformula",
    what: "the documented exponential formula",
    options: [
      ...GROWING,
      "bantime.factor = 2.0 / 2.885385",
      "bantime.formula = ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)",
    ],
    past: [{ id: A, count: 3, at: -900, bantime: 40 }],
    lines: fails(A, -3),
    later: fails(A, -2),
  },
  {
    jail: "growcond",
    what: "a formula with a condition",
    options: [...GROWING, "bantime.formula = ban.Time * (100 if ban.Count > 2 else 2) * banFactor"],
    past: [
      { id: A, count: 3, at: -900, bantime: 40 },
      { id: B, count: 2, at: -900, bantime: 40 },
    ],
    lines: [...fails(A, -3), ...fails(B, -3)],
    later: [...fails(A, -2), ...fails(B, -2)],
  },
  {
    jail: "growlist",
    what: "multipliers, within and past their end",
    options: [...GROWING, "bantime.multipliers = 1 5 30 60"],
    past: [
      { id: A, count: 1, at: -900, bantime: 40 },
      { id: B, count: 9, at: -900, bantime: 40 },
    ],
    lines: [...fails(A, -3), ...fails(B, -3)],
    later: [...fails(A, -2), ...fails(B, -2)],
  },
  {
    jail: "growrnd",
    what: "no dice",
    options: [...GROWING, "bantime.rndtime = 0"],
    past: [{ id: A, count: 1, at: -900, bantime: 40 }],
    lines: fails(A, -3),
    later: fails(A, -2),
  },
  {
    jail: "growperm",
    what: "permanent bans do not grow",
    options: ["bantime.increment = true", "bantime = -1", "maxretry = 3"],
    past: [{ id: A, count: 2, at: -900, bantime: 40 }],
    lines: fails(A, -3),
    later: fails(A, -2),
  },
  {
    jail: "growoff",
    what: "nothing grows without increment",
    options: ["bantime = 40", "maxretry = 3"],
    past: [{ id: A, count: 3, at: -900, bantime: 40 }],
    lines: fails(A, -3),
    later: fails(A, -2),
  },
  {
    jail: "growall",
    what: "bans of other jails count with overalljails",
    options: [...GROWING, "bantime.overalljails = true"],
    past: [{ id: "203.0.113.77", count: 1, at: -900, bantime: 40 }],
    lines: fails("203.0.113.77", -6),
    later: fails("203.0.113.77", -3),
  },
  {
    jail: "growelse",
    what: "and not without it",
    options: ["bantime.increment = true", "bantime = 40", "maxretry = 9"],
    past: [{ id: "203.0.113.77", count: 2, at: -950, bantime: 40 }],
    lines: fails("203.0.113.77", -4),
  },
  {
    jail: "growsizes",
    what: "ban times of every size as they are told",
    options: [
      "bantime.increment = true",
      "bantime = 10",
      "maxretry = 1",
      `bantime.multipliers = 1 ${SIZES.join(" ")}`,
    ],
    past: SIZES.map((_, n) => ({ id: `192.0.2.${n + 1}`, count: n + 1, at: -900, bantime: 10 })),
    lines: SIZES.map((_, n) => [0, `fail from 192.0.2.${n + 1}`]),
  },
  {
    jail: "growsame",
    what: "multipliers that change nothing",
    options: [...GROWING, "bantime.multipliers = 1"],
    past: [{ id: A, count: 1, at: -900, bantime: 40 }],
    lines: fails(A, -3),
    later: fails(A, -2),
  },
  {
    jail: "growless",
    what: "multipliers that make bans shorter",
    options: [...GROWING, "bantime.multipliers = 1 1 1", "bantime.factor = 0.5"],
    past: [{ id: A, count: 1, at: -900, bantime: 40 }],
    lines: fails(A, -3),
    later: fails(A, -2),
  },
  {
    jail: "growattempt",
    what: "attempts by hand of a known bad ID",
    options: ["bantime.increment = true", "bantime = 40", "maxretry = 6"],
    past: [{ id: A, count: 1, at: -900, bantime: 40 }],
    lines: fails(B, -3),
    commands: [`attempt ${A}`, `attempt ${A} x y`],
    decision: {
      why: "an attempt weighs as a failure of the log does, as in 1.1",
      theirs: { observer: [] },
      ours: { observer: Array(2).fill(`INFO Found ${A}, bad - now, 1 # -> 2.0`) },
    },
  },
  {
    jail: "growhand",
    what: "bans by hand grow",
    options: GROWING,
    past: [{ id: A, count: 1, at: -900, bantime: 40 }],
    lines: fails(B, -3),
    commands: [`banip ${A}`],
  },
  {
    jail: "growoldban",
    what: "a ban for failures from before the last ban",
    options: ["bantime.increment = true", "bantime = 300", "maxretry = 3", "findtime = 600"],
    past: [{ id: A, count: 2, at: -5, bantime: 1 }],
    lines: fails(A, -50, -48, -45),
  },
  {
    jail: "growold",
    what: "failures from before the last ban weigh nothing more",
    options: ["bantime.increment = true", "bantime = 300", "maxretry = 3", "findtime = 600"],
    past: [{ id: A, count: 2, at: -5, bantime: 1 }],
    lines: fails(A, -50, -45),
  },
  {
    jail: "attempt",
    what: "attempts by hand",
    options: ["maxretry = 4", `ignoreip = ${C}`],
    lines: fails(A, -9),
    commands: [`attempt ${A}`, `attempt ${A} one two`, `attempt ${B} a b c`, `attempt ${B} d`],
  },
  {
    jail: "byhand",
    what: "bans and unbans by hand",
    options: ["maxretry = 2"],
    lines: fails(A, -9),
    commands: [`banip ${A}`, `banip ${A} ${B}`, `unbanip ${B}`, `banip ${C}`, `unbanip 203.0.113.9`],
    later: [...fails(A, -5), ...fails(B, -5, -4)],
  },
  {
    jail: "maxmatches",
    what: "limits changed while it runs",
    options: ["maxretry = 9"],
    lines: fails(A, -9, -8, -7, -6),
    commands: ["status", "maxmatches 2", "maxretry 5"],
    later: fails(A, -5),
  },
  {
    jail: "ignorelater",
    what: "ignoreip changed while it runs",
    options: ["maxretry = 2"],
    lines: fails(A, -9),
    commands: [
      `addignoreip ${A} 198.51.100.0/24`,
      `addignoreip ${A}`,
      `delignoreip ${A}`,
      "delignoreip 192.0.2.99",
    ],
    later: [...fails(A, -8), ...fails(C, -7, -6)],
  },
  {
    jail: "ignoreraw",
    what: "a number that is no address in ignoreip is a name that nobody has",
    options: ["maxretry = 1", "ignoreip = 300.1.1.1"],
    lines: fails(A, -9),
  },
  {
    jail: "again",
    what: "banned IDs that go on: told by the time since the ban, and banned for longer",
    options: ["maxretry = 1", "bantime = 3600"],
    before: fails(A, -200),
    lines: [...fails(A, -3), ...fails(B, -50, -30)],
    later: fails(B, -2),
  },
  {
    jail: "kinds",
    what: "bans by hand of networks, spellings and texts",
    options: ["maxretry = 2"],
    lines: fails(A, -9),
    commands: [
      "banip 192.0.2.77/24",
      "banip 2001:DB8:0::1",
      "banip some-text",
      "banip 2001:db8::1",
      "unbanip 192.0.2.0/24",
    ],
  },
  {
    jail: "growforever",
    what: "a negative maxtime",
    options: [...GROWING, "bantime.maxtime = -1"],
    past: [{ id: A, count: 2, at: -900, bantime: 40 }],
    lines: fails(A, -3),
  },
  {
    jail: "growbelow",
    what: "a maxtime below the ban time",
    options: [...GROWING, "bantime.maxtime = 20"],
    past: [{ id: A, count: 2, at: -900, bantime: 40 }],
    lines: fails(A, -3),
  },
  {
    jail: "growleast",
    what: "a formula never gives less than the ban time",
    options: [...GROWING, "bantime.formula = ban.Time / 10"],
    past: [{ id: A, count: 2, at: -900, bantime: 40 }],
    lines: fails(A, -3),
  },
  {
    jail: "growhalf",
    what: "a factor that is an expression",
    options: [...GROWING, "bantime.factor = 3 / 4 * 2"],
    past: [{ id: A, count: 2, at: -900, bantime: 40 }],
    lines: fails(A, -3),
  },
  {
    jail: "growmath",
    what: "functions and comparisons in a formula",
    options: [
      ...GROWING,
      "bantime.formula = max(ban.Time, int(math.pow(ban.Time, 1.5))) if 1 < ban.Count <= 3 and not ban.Count == 4 else float(7)",
    ],
    past: [{ id: A, count: 2, at: -900, bantime: 40 }],
    lines: fails(A, -3),
  },
  {
    jail: "growwide",
    what: "bans of an ID long ago weigh nothing more than its number of bans",
    options: [...GROWING, "bantime.maxtime = 1h"],
    past: [{ id: A, count: 25, at: -80_000, bantime: 40 }],
    lines: fails(A, -3),
  },
  {
    jail: "findtime",
    what: "findtime changed while it runs",
    options: ["maxretry = 3", "findtime = 600"],
    lines: fails(A, -50, -40),
    commands: ["findtime 20"],
    later: fails(A, -22, -21),
  },
];
