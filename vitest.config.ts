import { defineConfig } from "vitest/config";

/** Where continuous integration wants the counts of a run, besides the screen. */
const report = process.env["GAOLER_TEST_REPORT"];

/** They measure how soon something happens, or use up what all processes of a machine share. */
const ALONE = ["tests/e2e/catastrophic.test.ts", "tests/e2e/odd-worlds.test.ts"];

export default defineConfig({
  test: {
    // also where there are but two processors: many tests wait for processes
    maxWorkers: 2,
    // sources run as they do in the product, by Node's own loader: what the runner makes of imports runs up to three times as slow
    experimental: { viteModuleRunner: false },
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts"],
          isolate: false,
          // tests of real processes and files wait for a busy machine
          testTimeout: 30_000,
          setupFiles: ["tests/unit/fresh-environment.ts"],
        },
      },
      { test: { name: "simulation", include: ["tests/simulation/**/*.test.ts"], testTimeout: 60_000 } },
      { test: { name: "architecture", include: ["tests/architecture/**/*.test.ts"] } },
      {
        test: {
          name: "conformance",
          include: ["tests/conformance/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          exclude: ALONE,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          // each file has machines of its own, and mostly waits
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "e2e-alone",
          include: ALONE,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
