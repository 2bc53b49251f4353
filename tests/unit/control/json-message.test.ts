import fc from "fast-check";
import { expect, test } from "vitest";
import {
  JsonMessageError,
  jsonError,
  jsonReply,
  readJsonRequest,
} from "../../../src/control/json-message.ts";
import {
  BanId,
  PyException,
  PyFloat,
  SharedText,
  tuple,
  type WireValue,
} from "../../../src/control/wire-value.ts";

const read = (text: string) => readJsonRequest(Buffer.from(text));

test.each([
  ['["status","sshd"]', ["status", "sshd"], undefined],
  ['{"command":["ping"]}', ["ping"], undefined],
  ['{"command":["ping"],"id":7,"more":[]}', ["ping"], 7],
  ['{"id":"seven","command":[]}', [], "seven"],
  [' [ "a" , 1 , true , null , -2 ] ', ["a", 1, true, null, -2], undefined],
  ['["a",1.5,["b"]]', ["a", new PyFloat(1.5), ["b"]], undefined],
  [
    '["a",{"x":1,"__proto__":[2]}]',
    [
      "a",
      new Map<WireValue, WireValue>([
        ["x", 1],
        ["__proto__", [2]],
      ]),
    ],
    undefined,
  ],
])("%s is a request", (line, words, id) => {
  expect(read(line)).toEqual({ words, id });
});

test.each([
  ["", "the line is no JSON"],
  ["[", "the line is no JSON"],
  ['["a"] ["b"]', "the line is no JSON"],
  ['"status"', "a request is a list or an object"],
  ["null", "a request is a list or an object"],
  ["7", "a request is a list or an object"],
  ["{}", "'command' is not a list of words"],
  ['{"command":"ping"}', "'command' is not a list of words"],
  ['{"command":["ping"],"id":null}', "'id' is neither a number nor a text"],
  ['{"command":["ping"],"id":[1]}', "'id' is neither a number nor a text"],
  [`{"command":["ping"],"id":"${"x".repeat(201)}"}`, "'id' is neither a number nor a text"],
  ["[1e999]", "a number is too large"],
  [`${"[".repeat(65)}${"]".repeat(65)}`, "the request is nested too deeply"],
])("%s is none", (line, message) => {
  expect(() => read(line)).toThrow(message);
});

test("a request that is refused keeps its id, half a million brackets are refused as well", () => {
  expect(() => read('{"id":3,"command":7}')).toThrow(expect.objectContaining({ id: 3 }));
  expect(() => read(`${"[".repeat(500_000)}${"]".repeat(500_000)}`)).toThrow(JsonMessageError);
  expect(() => readJsonRequest(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]))).toThrow("the line is no UTF-8");
});

test.each<[WireValue, object]>([
  [tuple(0, "pong"), { ok: true, value: "pong" }],
  [tuple(0, null), { ok: true, value: null }],
  [tuple(0, [new BanId("192.0.2.1"), new SharedText("x")]), { ok: true, value: ["192.0.2.1", "x"] }],
  [tuple(0, tuple("a", new PyFloat(600), 2n)), { ok: true, value: ["a", 600, "2"] }],
  [tuple(0, new Map([["j", new Set([1])]])), { ok: true, value: { j: [1] } }],
  [tuple(0, Buffer.from("ab")), { ok: true, value: "b'ab'" }],
  [
    tuple(1, new PyException("fail2ban.exceptions.UnknownJailException", ["j"])),
    { ok: false, error: { kind: "UnknownJailException", message: "Sorry but the jail 'j' does not exist" } },
  ],
  [["SHUTDOWN"], { ok: false, error: { kind: "ShuttingDown", message: "the daemon is shutting down" } }],
])("a reply is one line of JSON (row %#)", (reply, expected) => {
  const line = jsonReply(reply, undefined);
  expect(JSON.parse(line)).toEqual(expected);
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(JSON.parse(jsonReply(reply, "x"))).toEqual({ ...expected, id: "x" });
});

test("whatever the request, the reply is one line that is JSON again", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      try {
        const { words, id } = read(text);
        const line = jsonReply(tuple(0, words), id);
        expect(line.slice(0, -1)).not.toContain("\n");
        expect(JSON.parse(line)).toMatchObject({ ok: true });
      } catch (error) {
        if (!(error instanceof JsonMessageError)) throw error;
        expect(JSON.parse(jsonError("BadRequest", error.message, error.id))).toMatchObject({ ok: false });
      }
    }),
  );
});
