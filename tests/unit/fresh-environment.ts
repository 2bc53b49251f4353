/**
 * Files of the unit layer share processes, which halves its time; this leaves the environment to the next one as it was found.
 * @module
 */
import { afterAll, vi } from "vitest";

const zone = process.env["TZ"];

afterAll(() => {
  // first what watches a timer, or it would bring a stopped one back later
  vi.restoreAllMocks();
  vi.useRealTimers();
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});
