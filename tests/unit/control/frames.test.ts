import fc from "fast-check";
import { expect, test } from "vitest";
import { END_COMMAND, FrameReader, FrameTooLongError, frameOf } from "../../../src/control/frames.ts";

const message = fc.uint8Array({ maxLength: 60 }).filter((bytes) => !Buffer.from(bytes).includes(END_COMMAND));

test("FrameReader gives the same messages however the stream is cut", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.nat({ max: 40 })), (messages, cuts) => {
      const stream = Buffer.concat(messages.map(frameOf));
      const reader = new FrameReader(1000);
      const found: Buffer[] = [];
      let at = 0;
      for (const cut of [...cuts, stream.length]) {
        found.push(...reader.push(stream.subarray(at, at + cut)));
        at += cut;
      }
      expect(found.map((bytes) => [...bytes])).toEqual(messages.map((bytes) => [...bytes]));
    }),
  );
});

test("FrameReader keeps an unfinished message and none that is finished", () => {
  const reader = new FrameReader(100);
  expect(reader.push(Buffer.from(`one${END_COMMAND}tw`)).map(String)).toEqual(["one"]);
  expect(reader.push(Buffer.from(`o${END_COMMAND}`)).map(String)).toEqual(["two"]);
});

test("FrameReader takes a message of exactly the limit, byte by byte", () => {
  const reader = new FrameReader(50);
  const stream = frameOf(Buffer.alloc(50, "x"));
  const found = [...stream].flatMap((byte) => reader.push(Buffer.from([byte])));
  expect(found.map((bytes) => bytes.length)).toEqual([50]);
});

test.each([
  ["finished", `${"x".repeat(51)}${END_COMMAND}`],
  ["unfinished", "x".repeat(67)],
])("FrameReader refuses a %s message beyond the limit", (_name, text) => {
  expect(() => new FrameReader(50).push(Buffer.from(text))).toThrow(FrameTooLongError);
});

test("FrameReader does not slow down with the length of what it waits for", () => {
  const reader = new FrameReader(4_000_000);
  const begun = process.threadCpuUsage();
  for (let sent = 0; sent < 2_000_000; sent += 100) reader.push(Buffer.alloc(100, "x"));
  // microseconds that it worked itself, however busy the machine; it takes a hundredth of them
  const { user, system } = process.threadCpuUsage(begun);
  expect(user + system).toBeLessThan(3_000_000);
  expect(reader.push(Buffer.from(END_COMMAND))[0]?.length).toBe(2_000_000);
});
