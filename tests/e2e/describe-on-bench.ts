/**
 * Tests that share a bench: each finds it clean, and leaves nothing running on it.
 * @module
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import { Bench } from "./bench.ts";
import { missingTools } from "./world.ts";

const missing = missingTools();
const skipped = missing.length === 0 ? "" : ` (skipped: no ${missing.join(", ")})`;

/** Tests under a name, which says so where the tools for a world are not there. */
export function describeOnBench(name: string, defineTests: (bench: Bench) => void): void {
  describe.skipIf(missing.length > 0)(`${name}${skipped}`, () => {
    const bench = new Bench();
    beforeAll(() => bench.open());
    beforeEach(() => bench.clean());
    afterEach(() => bench.stopAll());
    afterAll(() => bench.close());
    defineTests(bench);
  });
}
