/**
 * @module
 */
import { expect, test } from "vitest";
import { CrowdNotices } from "../../../src/ban/crowd-notices.ts";

/** Levels and beginnings of what is told. */
function told(notices: CrowdNotices, evicted: number, textsForgotten: number, now: number): string[] {
  return notices
    .of({ evicted, textsForgotten }, now)
    .map((event) => (event.type === "message" ? `${event.level} ${event.text}` : event.type));
}

test("who and whose texts had to be forgotten is told once a day, with how many there are more", () => {
  const notices = new CrowdNotices("sshd");
  expect(told(notices, 0, 0, 1000)).toEqual([]);
  expect(told(notices, 0, 7, 1005)).toEqual([
    expect.stringMatching(/^NOTICE \[sshd\] Many fail .* 7 times the matched lines/),
  ]);
  expect(told(notices, 0, 9, 1010)).toEqual([]);
  expect(told(notices, 3, 9, 1015)).toEqual([
    expect.stringMatching(/^WARNING \[sshd\] Too many fail .* 3 times who had tried least/),
  ]);
  expect(told(notices, 4, 9, 1005 + 86_399)).toEqual([]);
  expect(told(notices, 4, 9, 1005 + 86_400)).toEqual([expect.stringContaining(" 2 times")]);
  expect(told(notices, 4, 9, 1015 + 86_400)).toEqual([expect.stringContaining(" 1 times")]);
  expect(told(notices, 4, 9, 1015 + 10 * 86_400)).toEqual([]);
});

test("a clock that was set back by days does not silence it", () => {
  const notices = new CrowdNotices("sshd");
  expect(told(notices, 1, 0, 10 * 86_400)).toHaveLength(1);
  expect(told(notices, 2, 0, 1000)).toHaveLength(1);
});
