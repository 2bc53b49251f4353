/**
 * What comes over the control socket, and what goes into commands.
 * @module
 */
import { ScriptValues } from "../../../src/action/escape.ts";
import { expandStatic, replaceDynamic, TagRecursionError } from "../../../src/action/tags.ts";
import { FrameReader, FrameTooLongError } from "../../../src/control/frames.ts";
import {
  JsonMessageError,
  jsonError,
  jsonReply,
  readJsonRequest,
} from "../../../src/control/json-message.ts";
import { PickleError } from "../../../src/control/pickle-machine.ts";
import { readPickle } from "../../../src/control/pickle-read.ts";
import { writePickle } from "../../../src/control/pickle-write.ts";
import { tuple } from "../../../src/control/wire-value.ts";
import { type FuzzTarget, halves, kindOf, must, mustAgree, pieces } from "../fuzz-target.ts";

const written = (value: Parameters<typeof writePickle>[0]): string => writePickle(value).toString("latin1");

const pickle: FuzzTarget = {
  name: "pickle",
  seeds: [
    written(["status", "sshd", 12, true, null]),
    written([["set", "x", "banip", "192.0.2.1"], 1.5, -1, 2n ** 70n]),
    "\x80\x02]q\x00(X\x04\x00\x00\x00pingq\x01e.",
    "(lp0\nS'status'\np1\na.",
    "\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00]\x94\x8c\x04ping\x94a.",
    "\x80\x03cbuiltins\nstr\nq\x00X\x01\x00\x00\x00aq\x01\x85q\x02Rq\x03.",
    "}(U\x01aK\x01u.",
  ],
  words: [
    "\x80\x05",
    "(",
    ".",
    "]\x94",
    "}",
    "\x8c\x01a",
    "X\x01\x00\x00\x00a",
    "h\x00",
    "q\x00",
    "e",
    "a",
    "u",
    "cos\nsystem\n",
    "R",
    "\x85",
    "t",
    "2",
    "0",
    "J\xff\xff\xff\xff",
    "\x8a\x08",
    "G",
    "B\xff\xff\xff\x7f",
  ],
  run(input) {
    try {
      const value = readPickle(input);
      const bytes = writePickle(value);
      mustAgree(writePickle(readPickle(bytes)).toString("hex"), bytes.toString("hex"), "written and read");
      return `value ${Array.isArray(value) ? "list" : typeof value} ${Math.min(40, bytes.length)}`;
    } catch (error) {
      if (!(error instanceof PickleError)) throw error;
      return kindOf(error);
    }
  },
};

const END = "<F2B_END_COMMAND>";
const MAX_FRAME = 200;

function framed(chunks: Iterable<Uint8Array>): {
  readonly messages: readonly string[];
  readonly isTooLong: boolean;
} {
  const reader = new FrameReader(MAX_FRAME);
  const messages: string[] = [];
  try {
    for (const chunk of chunks)
      messages.push(...reader.push(chunk).map((message) => message.toString("hex")));
    return { messages, isTooLong: false };
  } catch (error) {
    if (!(error instanceof FrameTooLongError)) throw error;
    return { messages, isTooLong: true };
  }
}

const frames: FuzzTarget = {
  name: "frames",
  seeds: [`abc${END}${END}def`, `<F2B_CLOSE_COMMAND>${END}`, `${"x".repeat(190)}${END}<F2B_END`],
  words: [END, "<F2B_", "END_COMMAND>", "<", "x".repeat(150)],
  run(input) {
    const whole = framed([input]);
    const parts = framed(pieces(input));
    must(whole.isTooLong === parts.isTooLong, "too long, or not, by the pieces");
    if (!whole.isTooLong) mustAgree(whole.messages, parts.messages, "in pieces");
    for (const message of parts.messages) must(message.length <= 2 * MAX_FRAME, "a message is too long");
    return `${whole.isTooLong} ${Math.min(5, whole.messages.length)}`;
  },
};

const PREAMBLE = /^(?:(?:f2bV_\w+=\$(?:\d|\{\d+\}) )+\n)?$/;

const actions: FuzzTarget = {
  name: "actions",
  seeds: [
    "do <ip> in <name>\n192.0.2.1",
    "echo '<matches>' <a>b <c>\n$(rm -rf /); `x` \"y\" 'z'",
    "<a_<b>> <c>\n-x",
    "<F-A-B> <F-A_B> <x>1\na\nb\0c",
  ],
  words: [
    "<ip>",
    "<name>",
    "<matches>",
    "<a>",
    "<b>",
    "<c>",
    "<a_<b>>",
    "<",
    ">",
    "$",
    "`",
    "\\",
    "'",
    '"',
    "\n",
    "\0",
    "-",
    "${x}",
    "=",
    " ",
    ";",
    "&",
  ],
  run(input) {
    const [template, value] = halves(input);
    const kinds: string[] = [];
    const properties = new Map([
      ["a", "A<b>"],
      ["b", "B<c>"],
      ["c", value.slice(0, 50)],
      ["a_B", "nested"],
    ]);
    try {
      const text = expandStatic(template, "owner", (tag) => properties.get(tag));
      must(text.length < 3_000_000, "the text grows without end");
      mustAgree(
        expandStatic(text, "owner", (tag) => properties.get(tag)),
        text,
        "expanded twice",
      );
      kinds.push("expanded");
    } catch (error) {
      if (!(error instanceof TagRecursionError)) throw error;
      kinds.push("recursion");
    }
    const script = new ScriptValues();
    let isPlain = true;
    replaceDynamic(template, (tag, next) => {
      const inserted = script.insert(tag, value, next);
      const isReference = /^\$(?:f2bV_\w+|\{f2bV_\w+\})$/.test(inserted);
      must(
        isReference || (inserted === value && !/[^\w.:/%+@-]/.test(value) && !value.startsWith("-")),
        "a value stands in the script",
      );
      must(!(isReference && /\w/.test(next) && !inserted.endsWith("}")), "a name runs into what follows");
      isPlain &&= !isReference;
      return inserted;
    });
    must(PREAMBLE.test(script.preamble()), `a preamble with more in it: ${script.preamble()}`);
    for (const argument of script.args)
      must(!argument.includes("\0") && Buffer.byteLength(argument) < 131_000, "an argument that is none");
    return `${kinds.join()} ${isPlain} ${Math.min(12, script.args.length)}`;
  },
};

const jsonLines: FuzzTarget = {
  name: "json",
  seeds: [
    '["status","sshd",12,true,null]',
    '{"id":"a","command":["set","x","banip","192.0.2.1",1.5,{"k":[]}]}',
    '["a"]\n{"command":[]}\r\n\n[[[[]]]]',
    '["\\ud800\\u0000",-0,1e308]',
  ],
  words: [
    '"command":',
    '"id":',
    '"__proto__":',
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\n",
    "\r",
    "null",
    "1e999",
    '"\\u',
    '"',
    "-",
    "\xff",
  ],
  run(input) {
    const kinds = new Set<string>();
    for (const line of input.toString("latin1").split("\n").slice(0, 20)) {
      try {
        const { words, id } = readJsonRequest(Buffer.from(line, "latin1"));
        must(Array.isArray(words), "words that are no list");
        const reply = jsonReply(tuple(0, words), id);
        must(reply.indexOf("\n") === reply.length - 1, "a reply of several lines");
        const repeated = reply.replace('{"ok":true,"value":', '{"command":');
        const again = readJsonRequest(Buffer.from(repeated));
        mustAgree(jsonReply(tuple(0, again.words), again.id), reply, "read again");
        kinds.add("request");
      } catch (error) {
        if (!(error instanceof JsonMessageError)) throw error;
        must(jsonError("BadRequest", error.message, error.id).endsWith("}\n"), "a refusal that is no line");
        kinds.add(kindOf(error));
      }
    }
    return [...kinds].sort().join();
  },
};

export const COMMAND_TARGETS: readonly FuzzTarget[] = [pickle, jsonLines, frames, actions];
