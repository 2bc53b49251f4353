import { defineConfig } from "vitest/config";

/** Where continuous integration wants the counts of a run, besides the screen. */
const report = process.env["GAOLER_TEST_REPORT"];

export default defineConfig({
  test: {
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
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
