/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DataValue, MatchLine } from "../../../src/filter/failure.ts";
import { decodeTicketData, encodeTicketData } from "../../../src/store/ticket-data.ts";
import { ban } from "./store-fixture.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const MATCHES: readonly MatchLine[] = [
  ["", "2026-11-22 11:26:02", " fail user=x'; touch ..."],
  '2026-11-22 11:26:02 fail user=$(id) "é€',
];
const cases = [
  {
    name: "lines as triples and texts, then failures, then groups",
    ban: ban("198.51.100.1", {
      attempts: 2,
      matches: MATCHES,
      data: new Map<string, DataValue>([
        ["user", "x"],
        ["fport", "22"],
        ["users", ["a", "b"]],
        ["ok", true],
      ]),
    }),
    json: `{"matches": [["", "2026-11-22 11:26:02", " fail user=x'; touch ..."], "2026-11-22 11:26:02 fail user=$(id) \\"é€"], "failures": 2, "user": "x", "fport": "22", "users": ["a", "b"], "ok": true}`,
  },
  { name: "a ban by command", ban: ban("a", { attempts: 0 }), json: '{"matches": [], "failures": 0}' },
  {
    name: "the address of an ID that is none",
    ban: ban("abc", { attempts: 1, ip: "2001:db8::7", data: new Map([["fid", "abc"]]) }),
    json: '{"matches": [], "failures": 1, "fid": "abc", "ip": "2001:db8::7"}',
  },
  {
    name: "the address once, where a group has it already",
    ban: ban("abc", {
      attempts: 1,
      ip: "2001:db8::7",
      data: new Map([
        ["ip", "2001:db8::7"],
        ["user", "j"],
      ]),
    }),
    json: '{"matches": [], "failures": 1, "ip": "2001:db8::7", "user": "j"}',
  },
  {
    name: "control characters escaped and half characters replaced",
    ban: ban("a", { attempts: 1, matches: ["\0\n\x7f\ud800"] }),
    json: '{"matches": ["\\u0000\\n\x7f\ufffd"], "failures": 1}',
  },
];
for (const { name, ban: each, json } of cases) {
  test(`data holds ${name}`, () => {
    expect(text(encodeTicketData(each, 10))).toBe(json);
  });
}

test("no more lines are kept than wanted, and no key where none is", () => {
  const each = ban("a", { attempts: 1, matches: ["1", "2", "3"] });
  expect(text(encodeTicketData(each, 2))).toBe('{"matches": ["2", "3"], "failures": 1}');
  expect(text(encodeTicketData(each, 0))).toBe('{"failures": 1}');
});

const NOTHING = { failures: 0, matches: [], data: new Map() };
test.each([
  ["", NOTHING],
  ["{", NOTHING],
  ["[1]", NOTHING],
  ["null", NOTHING],
  ['{"failures": "x", "matches": 5, "a": null, "b": {"c": 1}}', NOTHING],
  [
    '{"failures": 2, "matches": ["a", ["b"], ["", "d", "e"], [1, 2, 3]]}',
    { failures: 2, matches: ["a", ["", "d", "e"]], data: new Map() },
  ],
  ['{"__proto__": "x"}', { ...NOTHING, data: new Map([["__proto__", "x"]]) }],
  [
    '{"n": 1.5, "l": ["a", null, ["b"]]}',
    {
      ...NOTHING,
      data: new Map<string, unknown>([
        ["n", 1.5],
        ["l", ["a", ["b"]]],
      ]),
    },
  ],
])("%s reads as %j", (json, expected) => {
  expect(decodeTicketData(new TextEncoder().encode(json))).toEqual(expected);
  expect(decodeTicketData(json)).toEqual(expected);
});

test.each([null, 5, undefined, 10n])("a column of %s reads as nothing", (column) => {
  expect(decodeTicketData(column)).toEqual(NOTHING);
});

test("a nest of lists does not break the reader", () => {
  const json = `{"a": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  expect(decodeTicketData(json).failures).toBe(0);
});

test("what is written is read back", () => {
  const line = fc.string({ unit: "grapheme" });
  const match = fc.oneof(line, fc.tuple(line, line, line));
  const value: fc.Arbitrary<DataValue> = fc.oneof(line, fc.integer(), fc.boolean(), fc.array(line));
  const key = line.filter((each) => each !== "matches" && each !== "failures");
  fc.assert(
    fc.property(fc.array(match), fc.nat(), fc.array(fc.tuple(key, value)), (matches, attempts, entries) => {
      const data = new Map(entries);
      const read = decodeTicketData(encodeTicketData(ban("a", { matches, attempts, data }), 1000));
      expect(read.matches).toEqual(matches);
      expect(read.failures).toBe(attempts);
      expect(new Map(read.data)).toEqual(data);
    }),
  );
});

test("any bytes can be read", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => Array.isArray(decodeTicketData(bytes).matches)));
});

/** JSON as it was written before it was put together as bytes: text by text. */
function plainJson(value: DataValue | MatchLine | readonly MatchLine[]): string | undefined {
  if (typeof value === "string") return JSON.stringify(value.toWellFormed());
  if (typeof value === "number") return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  if (typeof value === "boolean") return JSON.stringify(value);
  return `[${value.map((item) => plainJson(item) ?? "null").join(", ")}]`;
}

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.constantFrom('"', "\\", "\n", "\x7f", "é", "\ud800", "x".repeat(300_000), "\ud83d\ude00"),
);
const { value: anyValue } = fc.letrec<{ value: DataValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    anyText,
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
}));

test("whatever texts, numbers and lists there are, the bytes are those of the JSON text", () => {
  const match = fc.oneof(anyText, fc.tuple(anyText, anyText, anyText));
  fc.assert(
    fc.property(
      fc.array(match, { maxLength: 4 }),
      fc.array(fc.tuple(anyText, anyValue), { maxLength: 4 }),
      fc.nat(3),
      fc.double(),
      (matches, entries, maxMatches, attempts) => {
        const groups = new Map(entries);
        const parts = [
          ...(maxMatches > 0 ? [["matches", plainJson(matches.slice(-maxMatches))]] : []),
          ["failures", plainJson(attempts)],
          ...[...groups].map(([key, value]) => [key, plainJson(value)]),
        ].flatMap(([key, json]) => (json === undefined ? [] : [`${plainJson(key ?? "")}: ${json}`]));
        groups.delete("matches");
        groups.delete("failures");
        const bytes = encodeTicketData(ban("a", { attempts, matches, data: groups }), maxMatches);
        expect(text(bytes)).toBe(`{${parts.join(", ")}}`);
      },
    ),
    { numRuns: 300 },
  );
});
