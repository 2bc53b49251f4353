/**
 * Our pickles against Python's own: theirs are read by us, ours by them, byte for byte where it matters.
 * @module
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PickleError } from "../../src/control/pickle-machine.ts";
import { readPickle } from "../../src/control/pickle-read.ts";
import { writePickle } from "../../src/control/pickle-write.ts";
import { PyFloat, Tuple, type WireValue } from "../../src/control/wire-value.ts";

const PYTHON = "/usr/bin/python3";
const hasPython = existsSync(PYTHON);
const withPython = test.skipIf(!hasPython);
const skipped = hasPython ? "" : " (skipped: no python3)";

/** Values in a notation that both sides can read: JSON with a tag for every kind. */
type Tagged =
  | ["n"]
  | ["b", boolean]
  | ["i", string]
  | ["f", string]
  | ["s", string]
  | ["l", Tagged[]]
  | ["t", Tagged[]]
  | ["d", [string, Tagged][]];

const MAKE = `
import sys, json, pickle, struct
def make(t):
    k = t[0]
    if k == 'n': return None
    if k == 'b': return bool(t[1])
    if k == 'i': return int(t[1])
    if k == 'f': return struct.unpack('>d', bytes.fromhex(t[1]))[0]
    if k == 's': return ''.join(list(t[1]))
    if k == 'l': return [make(x) for x in t[1]]
    if k == 't': return tuple(make(x) for x in t[1])
    return dict((''.join(list(a)), make(b)) for a, b in t[1])
def tag(v):
    if v is None: return ['n']
    if isinstance(v, bool): return ['b', v]
    if isinstance(v, int): return ['i', str(v)]
    if isinstance(v, float): return ['f', struct.pack('>d', v).hex()]
    if isinstance(v, str): return ['s', v]
    if isinstance(v, list): return ['l', [tag(x) for x in v]]
    if isinstance(v, tuple): return ['t', [tag(x) for x in v]]
    return ['d', [[k, tag(x)] for k, x in v.items()]]
`;

/** Runs Python over a list of inputs, one JSON document each way. */
function python(body: string, input: unknown): unknown {
  const out = execFileSync(PYTHON, ["-c", `${MAKE}\n${body}`], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 512 * 1024 * 1024,
  });
  return JSON.parse(out);
}

const floatHex = (value: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
};

function untagged(tagged: Tagged): WireValue {
  switch (tagged[0]) {
    case "n":
      return null;
    case "b":
      return tagged[1];
    case "i": {
      const value = BigInt(tagged[1]);
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    }
    case "f":
      return new PyFloat(Buffer.from(tagged[1], "hex").readDoubleBE());
    case "s":
      return tagged[1];
    case "l":
      return tagged[1].map(untagged);
    case "t":
      return new Tuple(tagged[1].map(untagged));
    case "d":
      return new Map(tagged[1].map(([key, value]) => [key, untagged(value)]));
  }
}

// Python's pickler recognises one-character texts and small things as the same object; longer ones are made anew by MAKE.
const text = fc.string({ unit: "binary", minLength: 2, maxLength: 40 });
const { value: anyValue } = fc.letrec<{ value: Tagged; leaf: Tagged }>((tie) => ({
  leaf: fc.oneof(
    fc.constant<Tagged>(["n"]),
    fc.boolean().map((value): Tagged => ["b", value]),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map((value): Tagged => ["i", String(value)]),
    fc.integer({ min: -70_000, max: 70_000 }).map((value): Tagged => ["i", String(value)]),
    fc.double({ noNaN: true }).map((value): Tagged => ["f", floatHex(value)]),
    text.map((value): Tagged => ["s", value]),
  ),
  value: fc.oneof(
    { depthSize: "small" },
    tie("leaf"),
    fc.array(tie("value"), { maxLength: 6 }).map((items): Tagged => ["l", items]),
    fc.array(tie("value"), { maxLength: 6 }).map((items): Tagged => ["t", items]),
    fc
      .uniqueArray(fc.tuple(text, tie("value")), { maxLength: 5, selector: ([key]) => key })
      .map((entries): Tagged => ["d", entries]),
  ),
}));

const samples = (count: number): Tagged[] => fc.sample(anyValue, { numRuns: count, seed: 20261122 });

/** Sizes at which Python's pickler changes its mind: batches of 1000, frames and texts of 64 KiB. */
const edges: Tagged[] = [
  ["s", ""],
  ["s", "x".repeat(255)],
  ["s", "x".repeat(256)],
  ["s", "x".repeat(65535)],
  ["s", "x".repeat(65536)],
  [
    "l",
    [
      ["s", "y".repeat(65536)],
      ["s", "ab"],
      ["s", "z".repeat(70_000)],
    ],
  ],
  ...[1, 2, 999, 1000, 1001, 2000, 2001].map((count): Tagged => ["l", Array(count).fill(["n"])]),
  ...[1, 2, 1000, 1001, 2000].map(
    (count): Tagged => [
      "d",
      Array.from({ length: count }, (_, at): [string, Tagged] => [`key ${at}`, ["n"]]),
    ],
  ),
  ["l", Array.from({ length: 9000 }, (_, at): Tagged => ["s", `192.0.2.${at}`])],
  ["t", Array(300).fill(["b", true])],
  ["i", String(2n ** 31n)],
  ["i", String(-(2n ** 31n))],
  ["i", String(-(2n ** 31n) - 1n)],
  ["i", String(2n ** 2100n)],
];

withPython(`readPickle reads what Python writes in every protocol${skipped}`, () => {
  const inputs = [...samples(400), ...edges];
  for (let protocol = 0; protocol <= 5; protocol += 1) {
    const pickles = python(
      `print(json.dumps([pickle.dumps(make(t), ${protocol}).hex() for t in json.load(sys.stdin)]))`,
      inputs,
    ) as string[];
    for (const [at, hex] of pickles.entries()) {
      const input = inputs[at];
      if (input !== undefined) expect(readPickle(Buffer.from(hex, "hex"))).toEqual(untagged(input));
    }
  }
});

withPython(`writePickle writes what Python's pickler writes, byte for byte${skipped}`, () => {
  const inputs = [...samples(400), ...edges];
  const pickles = python(
    "print(json.dumps([pickle.dumps(make(t), 5).hex() for t in json.load(sys.stdin)]))",
    inputs,
  ) as string[];
  for (const [at, hex] of pickles.entries()) {
    const input = inputs[at];
    if (input !== undefined) expect(writePickle(untagged(input)).toString("hex")).toBe(hex);
  }
});

withPython(`Python reads what writePickle writes${skipped}`, () => {
  const inputs = [...samples(400), ...edges];
  const outputs = python(
    "print(json.dumps([tag(pickle.loads(bytes.fromhex(h))) for h in json.load(sys.stdin)]))",
    inputs.map((input) => writePickle(untagged(input)).toString("hex")),
  );
  expect(outputs).toEqual(inputs);
});

withPython(
  `a cut or changed pickle of Python's gives a value or a PickleError, nothing else${skipped}`,
  () => {
    const inputs = samples(20);
    const pickles = [0, 2, 5].flatMap(
      (protocol) =>
        python(
          `print(json.dumps([pickle.dumps(make(t), ${protocol}).hex() for t in json.load(sys.stdin)]))`,
          inputs,
        ) as string[],
    );
    for (const hex of pickles) {
      const whole = Buffer.from(hex, "hex");
      for (let end = 0; end < whole.length; end += 1) expectPlainOutcome(whole.subarray(0, end));
      for (let at = 0; at < whole.length; at += 1) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        expectPlainOutcome(changed);
      }
    }
  },
);

function expectPlainOutcome(bytes: Buffer): void {
  try {
    readPickle(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(PickleError);
  }
}

withPython(`objects that would run code when Python reads them are refused${skipped}`, () => {
  const bombs = python(
    `
import os
class Bomb:
    def __reduce__(self): return (os.system, ('touch /nonexistent/gaoler',))
class Plain: pass
p = Plain(); p.x = 1
print(json.dumps([pickle.dumps(v, n).hex() for v in (Bomb(), p, os.system, ValueError('x')) for n in range(6)]))`,
    null,
  ) as string[];
  for (const hex of bombs) {
    expect(() => readPickle(Buffer.from(hex, "hex"))).toThrow(/refused|plain data/);
  }
});
