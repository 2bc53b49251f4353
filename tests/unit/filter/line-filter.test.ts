/**
 * The plain path from a line to failures: order, searched text, time, sessions (A§2.3, A§2.11–2.16, appendix A.2, A.3, A.5).
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Diagnostic } from "../../../src/base/diagnostic.ts";
import { type CivilTime, epochOfUtc, formatCivil, type LocalZone } from "../../../src/base/local-time.ts";
import type { FilterDefinition } from "../../../src/filter/filter-parts.ts";
import { compileFilter, type LineFilter } from "../../../src/filter/line-filter.ts";
import type { LineOutcome } from "../../../src/filter/line-report.ts";

const utc: LocalZone = {
  epochOf: epochOfUtc,
  civilAt: (at) => {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = new Date(at * 1000)
      .toISOString()
      .split(/[-T:.Z]/)
      .map(Number);
    return { year, month, day, hour, minute, second } satisfies CivilTime;
  },
};
const NOW = epochOfUtc({ year: 2026, month: 11, day: 22, hour: 12, minute: 0, second: 0 });
const timeOf = (at: number): string => formatCivil(utc.civilAt(at)).slice(11);

type Given = Partial<Omit<FilterDefinition, "failregex" | "ignoreregex" | "prefregex" | "datepattern">> & {
  readonly failregex: string | readonly string[];
  readonly ignoreregex?: readonly string[];
  readonly prefregex?: string;
  readonly datepattern?: string;
};

function definitionOf(given: Given): FilterDefinition {
  const sourced = (value: string) => ({ value, origin: { file: "f.conf", line: 3, column: 1 } });
  const { failregex, ignoreregex = [], prefregex, datepattern, ...rest } = given;
  return {
    name: "j",
    usedns: "warn",
    maxlines: 1,
    logtimezone: undefined,
    findtime: 600,
    ...rest,
    failregex: [failregex].flat().map(sourced),
    ignoreregex: ignoreregex.map(sourced),
    prefregex: prefregex === undefined ? undefined : sourced(prefregex),
    datepattern: datepattern === undefined ? undefined : sourced(datepattern),
  };
}

function filterOf(given: Given): LineFilter {
  const { filter, diagnostics } = compileFilter(definitionOf(given), { zone: utc, startYear: 2026 });
  if (filter === undefined || diagnostics.length > 0)
    throw new Error(diagnostics.map((d) => d.message).join("; "));
  return filter;
}

const mistakesOf = (given: Given): readonly Diagnostic[] =>
  compileFilter(definitionOf(given), { zone: utc, startYear: 2026 }).diagnostics;

const inOperation = { now: NOW, inOperation: true } as const;

/** The outcome of one line whose date has just been. */
function outcomeOf(given: Given, text: string): LineOutcome {
  return filterOf(given).process(`2026-11-22 12:00:00${text}`, inOperation);
}

const idsOf = (outcome: LineOutcome): readonly (string | undefined)[] =>
  outcome.failures.map(({ id, host }) => id ?? `host ${host}`);
const warnedOf = (outcome: LineOutcome): readonly string[] =>
  outcome.warnings.flatMap(({ lines }) => lines.map(({ level, text }) => `${level} ${text}`));

const semantics: readonly { regex: string; text: string; matches: boolean }[] = [
  { regex: "^ a <ADDR>$", text: " a 1.1.1.1", matches: true },
  { regex: "^ a <ADDR>\\n$", text: " a 1.1.1.1", matches: true },
  { regex: "^ a <ADDR>[^x]$", text: " a 1.1.1.1", matches: true },
  { regex: "^ a <ADDR>\\s$", text: " a 1.1.1.1", matches: true },
  { regex: "^ a <ADDR>\\n\\Z", text: " a 1.1.1.1", matches: true },
  { regex: "^ a <ADDR>\\Z", text: " a 1.1.1.1", matches: false },
  { regex: "^ a <ADDR>.$", text: " a 1.1.1.1", matches: false },
  { regex: "^ a.b <ADDR>$", text: " a\rb 1.1.1.1", matches: true },
  { regex: "^ a.b <ADDR>$", text: " a\u2028b 1.1.1.1", matches: true },
  { regex: "^ a.b <ADDR>$", text: " a\u0085b 1.1.1.1", matches: true },
  { regex: "^ <F-USER>\\w+</F-USER>\\s<ADDR>$", text: " éф 1.1.1.1", matches: true },
  { regex: "^ <F-USER>\\w+</F-USER>\\s<ADDR>$", text: " u\u00a01.1.1.1", matches: true },
  { regex: "^ <F-USER>\\w+</F-USER>\\s<ADDR>$", text: " u\u00851.1.1.1", matches: true },
  { regex: "^ <F-USER>\\w+</F-USER>\\s<ADDR>$", text: " u\u001c1.1.1.1", matches: true },
  { regex: "^ <F-USER>\\w+</F-USER>\\s<ADDR>$", text: " u\ufeff1.1.1.1", matches: false },
  { regex: '^ (?:(?P<q>")|)a(?P=q) <ADDR>$', text: ' "a" 1.1.1.1', matches: true },
  { regex: '^ (?:(?P<q>")|)a(?P=q) <ADDR>$', text: " a 1.1.1.1", matches: false },
  { regex: '^ (?P<q>")?a(?(q)"|) <ADDR>$', text: ' "a" 1.1.1.1', matches: true },
  { regex: '^ (?P<q>")?a(?(q)"|) <ADDR>$', text: " a 1.1.1.1", matches: true },
  { regex: '^ (?P<q>")?a(?(q)"|) <ADDR>$', text: ' "a 1.1.1.1', matches: false },
  { regex: "^ a((?i)b) <ADDR>", text: " aB 1.1.1.1", matches: true },
];

for (const { regex, text, matches } of semantics) {
  test(`${regex} ${matches ? "matches" : "does not match"} ${JSON.stringify(text)}`, () => {
    expect(idsOf(outcomeOf({ failregex: regex }, text))).toEqual(matches ? ["1.1.1.1"] : []);
  });
}

const ids = [
  { name: "brackets around IPv6", regex: "^ x <HOST>", usedns: "no", text: " x [::1]:22", found: ["::1"] },
  {
    name: "brackets around IPv4",
    regex: "^ x <HOST>",
    usedns: "no",
    text: " x [1.2.3.4]:22",
    found: ["1.2.3.4"],
  },
  {
    name: "a mapped address",
    regex: "^ x <HOST>",
    usedns: "no",
    text: " x ::ffff:1.2.3.4",
    found: ["1.2.3.4"],
  },
  {
    name: "capital hex digits",
    regex: "^ x <HOST>",
    usedns: "no",
    text: " x 2001:DB8::0:1",
    found: ["2001:db8::1"],
  },
  {
    name: "an interface is cut",
    regex: "^ x <HOST>",
    usedns: "no",
    text: " x fe80::1%eth0",
    found: ["fe80::1"],
  },
  { name: "the bare double colon", regex: "^ x <HOST>", usedns: "no", text: " x ::", found: ["::"] },
  { name: "999.1.1.1 is never an ID", regex: "^ x <HOST>", usedns: "no", text: " x 999.1.1.1", found: [] },
  { name: "01.2.3.4 is never an ID", regex: "^ x <HOST>", usedns: "no", text: " x 01.2.3.4", found: [] },
  { name: "1::2::3 is never an ID", regex: "^ x <HOST>", usedns: "no", text: " x 1::2::3", found: [] },
  {
    name: "a name with usedns = raw",
    regex: "^ x <HOST>",
    usedns: "raw",
    text: " x host.name",
    found: ["host.name"],
  },
  {
    name: "an address with usedns = raw",
    regex: "^ x <HOST>",
    usedns: "raw",
    text: " x [::ffff:1.2.3.4]",
    found: ["1.2.3.4"],
  },
  {
    name: "a name is left to be resolved",
    regex: "^ x <HOST>",
    usedns: "warn",
    text: " x host.name",
    found: ["host host.name"],
  },
  {
    name: "a name with usedns = no does not match <HOST>",
    regex: "^ x <HOST>",
    usedns: "no",
    text: " x host.name",
    found: [],
  },
  {
    name: "a name with usedns = no yields nothing for <DNS>",
    regex: "^ x <DNS>$",
    usedns: "no",
    text: " x localhost",
    found: [],
  },
  { name: "an address for <DNS>", regex: "^ x <DNS>$", usedns: "no", text: " x 1.2.3.4", found: ["1.2.3.4"] },
  { name: "a bracketed address for <DNS>", regex: "^ x <DNS>$", usedns: "no", text: " x [::1]", found: [] },
  {
    name: "a fid around an address",
    regex: "^ x <F-ID>\\S+@<ADDR></F-ID>",
    usedns: "no",
    text: " x u@1.2.3.4",
    found: ["u@1.2.3.4"],
  },
  {
    name: "a fid and a port",
    regex: "^ x <F-ID/> <F-PORT/>$",
    usedns: "no",
    text: " x u@1.2.3.4 http",
    found: ["u@1.2.3.4"],
  },
  { name: "nothing captured", regex: "^ x(?: <ADDR>)?$", usedns: "no", text: " x", found: [] },
  {
    name: "a subnet",
    regex: "^ x <SUBNET>",
    usedns: "no",
    text: " x [2001:db8::5/32]",
    found: ["2001:db8::/32"],
  },
  {
    name: "an address cut from a longer text",
    regex: "^ x <ADDR>",
    usedns: "no",
    text: " x 1.2.3.4.5",
    found: ["1.2.3.4"],
  },
] as const;

for (const { name, regex, usedns, text, found } of ids) {
  test(`ID: ${name}`, () => {
    expect(idsOf(outcomeOf({ failregex: regex, usedns }, text))).toEqual(found);
  });
}

test("an address beside a fid goes along as ip", () => {
  const [failure] = outcomeOf({ failregex: "^ x <F-ID>\\S+@<ADDR></F-ID>" }, " x u@1.2.3.4").failures;
  expect(failure?.ip).toBe("1.2.3.4");
  expect(failure?.data.get("ip")).toBe("1.2.3.4");
});

const alternatives = "^ (?:u=<F-ALT_USER_1>\\S+</F-ALT_USER_1>|w=<F-ALT_USER>\\S+</F-ALT_USER>) <ADDR>";
test.each([
  [" u=a 1.1.1.1", "a"],
  [" w=c 1.1.1.1", "c"],
])("the alternative of %s fills user", (text, user) => {
  expect(outcomeOf({ failregex: alternatives }, text).failures[0]?.data.get("user")).toBe(user);
});

test("a capture in a loop keeps its last value", () => {
  const regex = "^ (?:u=<F-USER>\\w+</F-USER> |\\w+=\\w+ )*<ADDR>$";
  expect(outcomeOf({ failregex: regex }, " u=bob x=1 y=2 1.1.1.1").failures[0]?.data.get("user")).toBe("bob");
});

test("tuples are gathered by name and make the ID", () => {
  const regex = "^ <F-ID>a</F-ID> <F-TUPLE_ID>b</F-TUPLE_ID>";
  expect(idsOf(outcomeOf({ failregex: regex }, " a b"))).toEqual(["('a', 'b')"]);
});

test("the first regex in order that matches wins", () => {
  const outcome = outcomeOf(
    { failregex: ["^ a <ADDR>", "^ a <F-USER>\\S+</F-USER> <ADDR>", "<ADDR>"] },
    " a b 1.1.1.1",
  );
  expect(outcome.regexIndex).toBe(1);
  expect(outcome.failures[0]?.data.get("user")).toBe("b");
});

test("groups that took no part are left out of the data", () => {
  expect([...(outcomeOf({ failregex: "^ x <HOST>" }, " x 1.2.3.4").failures[0]?.data.keys() ?? [])]).toEqual([
    "ip4",
  ]);
});

test("without an ID the next regex is tried, and an error tells so", () => {
  const outcome = outcomeOf({ failregex: ["^ x(?: <IP4>)?", "x <IP6>"] }, " x ::1");
  expect(idsOf(outcome)).toEqual(["::1"]);
  expect(warnedOf(outcome)).toEqual([
    "ERROR No group found in ' x ::1\n' using 're.compile('^ x(?: (?:::f{4,6}:)?(?P<ip4>(?:\\\\d{1,3}\\\\.){3}\\\\d{1,3}))?')'",
  ]);
});

test("a captured text that is no address is told once a day", () => {
  const filter = filterOf({ failregex: "^ x <ADDR>" });
  const told = [0, 1, 86_401].map((later) => {
    const outcome = filter.process("2026-11-22 12:00:00 x 999.1.1.1", {
      now: NOW + later,
      inOperation: true,
    });
    expect(outcome.failures).toEqual([]);
    return outcome.warnings.filter(({ kind }) => kind === "no-address").length;
  });
  expect(told).toEqual([1, 0, 1]);
});

// A§2.14

const content = "^ app: <F-CONTENT>.+</F-CONTENT>$";
const many = ["^fail <ADDR>", "^b <ADDR>", "^c <ADDR>", "^d <ADDR>"];
const orders = [
  {
    name: "a late ignoreregex sees the content, not the line",
    failregex: many.slice(0, 3),
    ignoreregex: ["^ app"],
    ignored: false,
  },
  { name: "an early ignoreregex sees the line", failregex: many, ignoreregex: ["^ app"], ignored: true },
  {
    name: "a late ignoreregex on the content works",
    failregex: many.slice(0, 1),
    ignoreregex: ["^fail"],
    ignored: true,
  },
  {
    name: "a late ignoreregex on the content works behind an early test too",
    failregex: many,
    ignoreregex: ["^fail"],
    ignored: true,
  },
];
for (const { name, failregex, ignoreregex, ignored } of orders) {
  test(name, () => {
    const outcome = outcomeOf({ prefregex: content, failregex, ignoreregex }, " app: fail 1.1.1.1");
    expect(outcome.verdict).toBe(ignored ? "ignored" : "matched");
    expect(outcome.failures.length).toBe(ignored ? 0 : 1);
    expect(outcome.ignoreIndex).toBe(ignored ? 0 : undefined);
  });
}

test("after a late ignore no other failregex is tried", () => {
  const outcome = outcomeOf({ failregex: ["^ a <ADDR>", "<ADDR>"], ignoreregex: ["1\\.1"] }, " a 1.1.1.1");
  expect(outcome).toMatchObject({ verdict: "ignored", failures: [] });
});

test("a line that the prefregex refuses is done", () => {
  expect(outcomeOf({ prefregex: content, failregex: "<ADDR>" }, " other 1.1.1.1").verdict).toBe("missed");
});

test("groups of the prefregex stand below those of the failregex", () => {
  const prefregex = "^ <F-USER>\\w+</F-USER> <F-PORT/> <F-CONTENT>.+</F-CONTENT>$";
  const failregex = "^(?:<F-USER>x</F-USER>|y)(?: <F-PORT>\\d+</F-PORT>)? <ADDR>$";
  const data = outcomeOf({ prefregex, failregex }, " bob ssh x 1.1.1.1").failures[0]?.data;
  expect([data?.get("user"), data?.get("fport"), data?.has("content")]).toEqual(["x", "ssh", false]);
});

test("matches hold the original line, not the content", () => {
  const [failure] = outcomeOf(
    { prefregex: content, failregex: "^fail <ADDR>" },
    " app: fail 1.1.1.1",
  ).failures;
  expect(failure?.matches).toEqual([["", "2026-11-22 12:00:00", " app: fail 1.1.1.1"]]);
});

// A§2.13

function feed(filter: LineFilter, texts: readonly string[], from = NOW): LineOutcome[] {
  return texts.map((text, index) => {
    const now = from + index;
    return filter.process(formatCivil(utc.civilAt(now)) + text, { now, inOperation: true });
  });
}
const textsOf = (outcome: LineOutcome | undefined): readonly string[] =>
  (outcome?.failures ?? []).flatMap(({ matches }) =>
    matches.map((line) => (typeof line === "string" ? line : line[2])),
  );

test("sessions over several lines may interleave", () => {
  const failregex = "^ start id=(?P<__id>\\d+) from <HOST>$<SKIPLINES>^ end id=(?P=__id)$";
  const lines = [" start id=1 from 1.1.1.1", " noise", " start id=2 from 2.2.2.2", " end id=1", " end id=2"];
  const outcomes = feed(filterOf({ failregex, maxlines: 5 }), lines);
  expect(outcomes.map(idsOf)).toEqual([[], [], [], ["1.1.1.1"], ["2.2.2.2"]]);
  expect(textsOf(outcomes[4])).toEqual([" start id=2 from 2.2.2.2", " end id=2"]);
  expect(outcomes[4]?.failures[0]?.at).toBe(NOW + 4);
});

test("a late ignoreregex takes the lines of its match out of the buffer", () => {
  const failregex = "^ a <HOST>$<SKIPLINES>^ end";
  const outcomes = feed(filterOf({ failregex, maxlines: 5, ignoreregex: ["ign"] }), [
    " a 1.1.1.1",
    " end ign",
    " end",
  ]);
  expect(outcomes.map(({ verdict }) => verdict)).toEqual(["missed", "ignored", "missed"]);
});

// A§2.16

const sessionFilter: Given = {
  prefregex: "^ <F-MLFID>\\d+</F-MLFID> <F-CONTENT>.+</F-CONTENT>$",
  failregex: [
    "^<F-NOFAIL>conn</F-NOFAIL> <ADDR>$",
    "^failed password for <F-USER>\\S+</F-USER>$",
    "^<F-NOFAIL>pam</F-NOFAIL> fail user=<F-USER>\\S+</F-USER>$",
    "^<F-MLFFORGET><F-MLFGAINED>accepted</F-MLFGAINED></F-MLFFORGET> for <F-USER>\\S+</F-USER>$",
    "^<F-MLFGAINED>gained</F-MLFGAINED> for <F-USER>\\S+</F-USER>$",
    "^<F-NOFAIL><F-MLFFORGET>closed</F-MLFFORGET></F-NOFAIL> by <ADDR>$",
  ],
};

const sessions = [
  {
    name: "a harmless line brings the address, the failure brings both",
    lines: ["conn 1.2.3.4", "failed password for root", "failed password for root"],
    counts: [[], [2], [1]],
  },
  {
    name: "pending failures wait for the address",
    lines: ["failed password for root", "failed password for root", "conn 1.2.3.4"],
    counts: [[], [], [3]],
  },
  {
    name: "one user who gets in has not failed",
    lines: ["conn 1.2.3.4", "pam fail user=bob", "accepted for bob", "failed password for bob"],
    counts: [[], [], [], []],
  },
  {
    name: "a second user makes the accepted line a failure",
    lines: ["conn 1.2.3.4", "pam fail user=a", "accepted for b"],
    counts: [[], [], [3]],
  },
  {
    name: "gaining access forgives the pending failure",
    lines: ["failed password for bob", "gained for bob", "conn 1.2.3.4"],
    counts: [[], [], []],
  },
  { name: "a lone closing line is nothing", lines: ["closed by 1.2.3.4"], counts: [[]] },
];

for (const { name, lines, counts } of sessions) {
  test(`session: ${name}`, () => {
    const outcomes = feed(
      filterOf(sessionFilter),
      lines.map((line) => ` 7 ${line}`),
    );
    expect(outcomes.map(({ failures }) => failures.map(({ matches }) => matches.length))).toEqual(counts);
  });
}

test("users of a session are data, as a list", () => {
  const outcomes = feed(filterOf(sessionFilter), [
    " 7 conn 1.2.3.4",
    " 7 pam fail user=a",
    " 7 accepted for b",
  ]);
  const data = outcomes[2]?.failures[0]?.data;
  expect(data?.get("users")).toEqual(["a", "b"]);
  expect(data?.has("nofail") || data?.has("mlfgained") || data?.has("mlfforget")).toBe(false);
});

test("a reported failure does not change with its session", () => {
  const filter = filterOf(sessionFilter);
  const [, outcome] = feed(filter, [" 7 conn 1.2.3.4", " 7 failed password for a"]);
  feed(filter, [" 7 failed password for b"], NOW + 5);
  expect(outcome?.failures[0]?.data.get("users")).toEqual(["a"]);
});

test("a session is forgotten five minutes after its first line", () => {
  const filter = filterOf(sessionFilter);
  feed(filter, [" 7 conn 1.2.3.4"]);
  expect(feed(filter, [" 7 failed password for root"], NOW + 301)[0]?.failures).toEqual([]);
});

test("nofail without mlfid counts as a failure", () => {
  expect(idsOf(outcomeOf({ failregex: "^ <F-NOFAIL>x</F-NOFAIL> <ADDR>" }, " x 1.1.1.1"))).toEqual([
    "1.1.1.1",
  ]);
});

// A.5 and A§2.3

const matchText = (outcome: LineOutcome): string | undefined =>
  outcome.failures[0]?.matches.map((line) => (typeof line === "string" ? line : line.join(""))).join("|");

test("times in operation (A.5)", () => {
  const filter = filterOf({ failregex: "fail <ADDR>" });
  const seen = [
    "2026-11-22 11:59:55 fail 1.1.1.1",
    "fail 1.1.1.2",
    "2026-11-22 11:00:00 fail 1.1.1.3",
    "fail 1.1.1.4",
    "2026-11-22 12:00:59 fail 1.1.1.5",
    "2026-11-22 12:01:01 fail 1.1.1.6",
    "2026-11-31 10:00:00 fail 1.1.1.8",
  ].map((line) => {
    const outcome = filter.process(line, inOperation);
    return [timeOf(outcome.failures[0]?.at ?? 0), matchText(outcome)];
  });
  expect(seen).toEqual([
    ["11:59:55", "2026-11-22 11:59:55 fail 1.1.1.1"],
    ["11:59:55", "2026-11-22 11:59:55fail 1.1.1.2"],
    ["12:00:00", "2026-11-22 11:00:00 fail 1.1.1.3"],
    ["12:00:00", "2026-11-22 11:00:00fail 1.1.1.4"],
    ["12:00:59", "2026-11-22 12:00:59 fail 1.1.1.5"],
    ["12:00:00", "2026-11-22 12:01:01 fail 1.1.1.6"],
    ["12:00:00", "2026-11-22 12:01:012026-11-31 10:00:00 fail 1.1.1.8"],
  ]);
});

test("times at start-up (A.5)", () => {
  const filter = filterOf({ failregex: "fail <ADDR>" });
  const seen = [
    "fail 1.1.1.0",
    "2026-11-22 11:49:59 fail 1.1.1.1",
    "2026-11-22 11:50:00 fail 1.1.1.1",
    "fail 1.1.1.2",
    "2026-11-22 11:59:30 fail 1.1.1.3",
    "fail 1.1.1.4",
    "2026-11-22 13:00:59 fail 1.1.1.5",
  ].map((line) =>
    filter.process(line, { now: NOW, inOperation: false }).failures.map(({ at }) => timeOf(at)),
  );
  expect(seen).toEqual([[], [], ["11:50:00"], [], ["11:59:30"], ["11:59:30"], ["13:00:59"]]);
});

const warnings = [
  {
    name: "an old entry in operation looks like another zone",
    line: "2026-11-22 11:00:00 fail 1.1.1.1",
    operating: true,
    said: [
      "WARNING [j] Detected a log entry 1h before the current time in operation mode. This looks like a timezone problem. Treating such entries as if they just happened.",
      "WARNING [j] Please check a jail for a timing issue. Line with odd timestamp: 2026-11-22 11:00:00 fail 1.1.1.1",
    ],
  },
  {
    name: "a late entry in operation looks like latency",
    line: "2026-11-22 11:58:19 x",
    operating: true,
    said: [
      "WARNING [j] Detected a log entry 1m 41s before the current time in operation mode. This looks like a latency problem. Treating such entries as if they just happened.",
      "WARNING [j] Please check a jail for a timing issue. Line with odd timestamp: 2026-11-22 11:58:19 x",
    ],
  },
  {
    name: "an entry of the future looks like another zone",
    line: "2026-11-22 13:00:00 x",
    operating: true,
    said: [
      "WARNING [j] Detected a log entry 1h after the current time in operation mode. This looks like a timezone problem. Treating such entries as if they just happened.",
      "WARNING [j] Please check a jail for a timing issue. Line with odd timestamp: 2026-11-22 13:00:00 x",
    ],
  },
  {
    name: "old entries at start-up are dropped",
    line: "2026-11-22 11:00:00 fail 1.1.1.1",
    operating: false,
    said: [
      "WARNING [j] Ignoring all log entries older than 600s; these are probably messages generated while fail2ban was not running.",
      "WARNING [j] Please check a jail for a timing issue. Line with odd timestamp: 2026-11-22 11:00:00 fail 1.1.1.1",
    ],
  },
  {
    name: "a match without a date",
    line: "fail 1.1.1.1",
    operating: true,
    said: [
      "WARNING [j] Found a match but no valid date/time found for ''.",
      "WARNING [j] Match without a timestamp: fail 1.1.1.1",
      "WARNING [j] Please try setting a custom date pattern (see man page jail.conf(5)).",
    ],
  },
] as const;

for (const { name, line, operating, said } of warnings) {
  test(`warning: ${name}, at most once a day`, () => {
    const filter = filterOf({ failregex: "fail <ADDR>" });
    const at = (now: number) => warnedOf(filter.process(line, { now, inOperation: operating }));
    expect(at(NOW)).toEqual(said);
    expect(at(NOW)).toEqual([]);
    expect(at(NOW + 86_400).length).toBe(said.length);
  });
}

test("warning: a date that is none", () => {
  const outcome = filterOf({ failregex: "^ x <ADDR>" }).process("2026-11-31 10:00:00 x 1.1.1.1", inOperation);
  expect(warnedOf(outcome)[0]).toBe("ERROR findFailure failed to parse timeText: 2026-11-31 10:00:00");
  expect(idsOf(outcome)).toEqual(["1.1.1.1"]);
});

test("a jail without dates takes now and says nothing", () => {
  const outcome = filterOf({ failregex: "^fail <ADDR>", datepattern: "{NONE}" }).process(
    "fail 1.1.1.1",
    inOperation,
  );
  expect([outcome.failures[0]?.at, outcome.warnings]).toEqual([NOW, []]);
});

test("the journal brings its own time and no date is looked for", () => {
  const input = { ...inOperation, at: NOW - 5.5, atText: "2026-11-22T11:59:54.500000 " };
  const outcome = filterOf({ failregex: "^h a\\[1\\]: 2026-11-20 10:00:00 <ADDR>" }).process(
    "h a[1]: 2026-11-20 10:00:00 1.1.1.1",
    input,
  );
  expect(outcome.failures[0]?.at).toBe(NOW - 5.5);
  expect(matchText(outcome)).toBe("2026-11-22T11:59:54.500000 h a[1]: 2026-11-20 10:00:00 1.1.1.1");
});

test("findtime can change while lines come", () => {
  const filter = filterOf({ failregex: "fail <ADDR>" });
  filter.setFindtime(7200);
  const outcome = filter.process("2026-11-22 11:00:00 fail 1.1.1.1", { now: NOW, inOperation: false });
  expect(outcome.verdict).toBe("matched");
});

// mistakes of the operator

test("a bad failregex is a diagnostic with its place, the good ones work", () => {
  const { filter, diagnostics } = compileFilter(
    definitionOf({ failregex: ["x(<IP4>", "^ x <IP4>", " ", "^ y"] }),
    {
      zone: utc,
      startYear: 2026,
    },
  );
  expect(diagnostics.map(({ message, origin, jail }) => [message, origin?.line, jail])).toEqual([
    [
      "Unable to compile regular expression 'x((?:::f{4,6}:)?(?P<ip4>(?:\\d{1,3}\\.){3}\\d{1,3})': missing ), unterminated subpattern at position 1",
      3,
      "j",
    ],
    ["Cannot add empty regex", 3, "j"],
    ["No failure-id group in '^ y'", 3, "j"],
  ]);
  expect(filter?.process("2026-11-22 12:00:00 x 1.1.1.1", inOperation).failures.length).toBe(1);
});

test("a prefregex may bring the ID", () => {
  expect(mistakesOf({ prefregex: "^ <ADDR> <F-CONTENT>.*</F-CONTENT>$", failregex: "^x" })).toEqual([]);
});

test.each([
  ["a bad prefregex", { prefregex: "(", failregex: "<ADDR>" }],
  ["a bad datepattern", { datepattern: "%Q", failregex: "<ADDR>" }],
  ["a bad logtimezone", { logtimezone: "Mars/Base", failregex: "<ADDR>" }],
])("%s leaves no filter", (_, given) => {
  const { filter, diagnostics } = compileFilter(definitionOf(given), { zone: utc, startYear: 2026 });
  expect(filter).toBeUndefined();
  expect(diagnostics.map(({ severity }) => severity)).toEqual(["error"]);
});

test("a regex that takes too long counts as not matching and is told once, with the line", () => {
  const filter = filterOf({ failregex: ["^ (?:(a+)+)b\\1 <ADDR>$", "<ADDR>$"] });
  const line = ` ${"a".repeat(60)}bc 1.1.1.1`;
  const [first, second] = feed(filter, [line, line]);
  expect([first, second].map((outcome) => outcome?.failures.length)).toEqual([1, 1]);
  const told = [first, second].map(
    (outcome) => outcome?.warnings.filter(({ kind }) => kind === "budget") ?? [],
  );
  expect(told.map(({ length }) => length)).toEqual([1, 0]);
  expect(told[0]?.[0]?.lines[1]?.text).toContain(line);
}, 20_000);

test("a regex that takes too long is told again after a day, with the number of lines since; a long line is cut", () => {
  const filter = filterOf({ failregex: "^ (?:(a+)+)b\\1 <ADDR>$" });
  const line = ` ${"a".repeat(2000)}bc 1.1.1.1`;
  const told = [0, 10, 20, 86_400].map((later) =>
    filter
      .process(line, { now: NOW + later, inOperation: true })
      .warnings.filter(({ kind }) => kind === "budget")
      .map(({ lines }) => lines.map(({ text }) => text)),
  );
  const said = "Regex takes too many steps and counts as not matching";
  const shown = `[j] Line: ${line.slice(0, 1000)}… (2011 characters)`;
  expect(told).toEqual([
    [[`[j] ${said}: ^ (?:(a+)+)b\\1 <ADDR>$`, shown]],
    [],
    [],
    [[`[j] ${said} (as on 2 lines before): ^ (?:(a+)+)b\\1 <ADDR>$`, shown]],
  ]);
  expect(filter.searchesGivenUp).toBe(4);
}, 20_000);

test("on a line that was too hard for one regex the others get less, and what is plain is still found", () => {
  // two to the power of its letters: one takes more than the budget, the other a part of it
  const hard = "^ (?:(a+)+)b\\1 c+dq <ADDR>$";
  const costly = "^ a+bq (?:(c+)+)d\\1 <ADDR>$";
  const plain = "<ADDR>$";
  const line = ` ${"a".repeat(40)}bq ${"c".repeat(16)}dq 1.1.1.1`;
  const givenUp = (failregex: readonly string[]): number => {
    const filter = filterOf({ failregex: [...failregex, plain] });
    expect(filter.process(line, { now: NOW, inOperation: true }).failures.map(({ id }) => id)).toEqual([
      "1.1.1.1",
    ]);
    return filter.searchesGivenUp;
  };
  expect(givenUp([hard])).toBe(1);
  expect(givenUp([costly])).toBe(0);
  expect(givenUp([hard, costly])).toBe(2);
}, 20_000);

test("a time that a stamp with a zone gave stays a whole number where it stands in for a missing one", () => {
  const filter = filterOf({ failregex: "<ADDR>$" });
  const floats = [
    "2026-11-22 11:59:59 x 1.1.1.1",
    "x 1.1.1.1",
    "2026-11-22 11:59:58 UTC x 1.1.1.1",
    "x 1.1.1.1",
  ].map((line) => filter.report(line, inOperation, "first").isFloat);
  expect(floats).toEqual([true, true, false, false]);
});

test("a skipped line goes back to the buffer whatever characters are in it", () => {
  const filter = filterOf({ failregex: "^ a (\\d+)$<SKIPLINES>^ b \\1 <ADDR>$", maxlines: 5 });
  const outcomes = feed(filter, [" a 1", " a 2\u0085", " a 2", " b 1 1.1.1.1", " b 2 2.2.2.2"]);
  expect(outcomes.map(({ failures }) => failures.map(({ id, matches }) => [id, matches.length]))).toEqual([
    [],
    [],
    [],
    [["1.1.1.1", 2]],
    [["2.2.2.2", 2]],
  ]);
});

test("trying all regexes tells every one that matches", () => {
  const report = filterOf({ failregex: ["^ a <ADDR>", "<ADDR>$", "^ b <ADDR>"] }).report(
    "2026-11-22 12:00:00 a 1.1.1.1",
    inOperation,
    "all",
  );
  expect(report.matched.map(({ regexIndex }) => regexIndex)).toEqual([0, 1]);
});

// hostile lines

const hostileWords = fc.constantFrom(
  "2026-11-22 12:00:00",
  "Nov 22 12:00:00",
  " 7 ",
  "conn ",
  "failed password for ",
  "accepted for ",
  "closed by ",
  "999.1.1.1",
  "1.2.3.4",
  "::ffff:1.2.3.4",
  "1::2::3",
  "\r",
  "\u2028",
  "\ud800",
  "\0",
);

test("whatever the lines are, a failure has an ID that is no bogus address, and the same lines give the same", () => {
  const line = fc.array(fc.oneof(hostileWords, fc.string({ maxLength: 8 })), { maxLength: 8 });
  const lines = fc.array(
    line.map((words) => words.join("").replaceAll("\n", " ")),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 4 }), (texts, maxlines) => {
      const filters = [0, 1].map(() => filterOf({ ...sessionFilter, maxlines }));
      const [once, again] = filters.map((filter) =>
        texts.map((text, index) => filter.process(text, { now: NOW + index, inOperation: index % 2 === 0 })),
      );
      expect(again).toEqual(once);
      for (const { failures } of once ?? []) {
        for (const { id, at } of failures) {
          expect(id).toMatch(/^(?:1\.2\.3\.4|[0-9a-f:]+(?:\.[0-9.]+)?|\d+(?:\.\d+){3})$/);
          expect(id).not.toMatch(/999|1::2::3/);
          expect(Number.isFinite(at)).toBe(true);
        }
      }
    }),
    { numRuns: 30 },
  );
}, 20_000);
