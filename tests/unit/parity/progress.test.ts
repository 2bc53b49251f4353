import { expect, test } from "vitest";
import { Progress } from "../../parity/progress.ts";

test("on a terminal one line is drawn again and again, never wider than the screen", () => {
  const written: string[] = [];
  const screen = { isTTY: true, columns: 10, write: (text: string) => written.push(text) };
  const progress = new Progress(screen);
  progress.show("0123456789abc");
  progress.done();
  expect(written).toEqual(["\r\x1b[K012345678", "\r\x1b[K"]);
});

test("elsewhere a plain line now and then", () => {
  const written: string[] = [];
  let now = 0;
  const progress = new Progress({ write: (text: string) => written.push(text) }, () => now);
  for (now = 0; now <= 20_000; now += 1000) progress.show(`at ${now}`);
  progress.say("end");
  expect(written).toEqual(["at 0\n", "at 10000\n", "at 20000\n", "end\n"]);
});
