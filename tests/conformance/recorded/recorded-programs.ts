/**
 * The programs of a file's tests: there for all of them, with nothing remembered from one test to the next.
 * @module
 */
import { afterAll, afterEach, beforeAll } from "vitest";
import { Programs } from "./programs.ts";

export function recordedPrograms(name: string): Programs {
  const programs = new Programs();
  beforeAll(() => programs.open(name));
  afterEach(() => programs.forget());
  afterAll(() => programs.close());
  return programs;
}
