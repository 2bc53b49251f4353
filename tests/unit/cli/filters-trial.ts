/**
 * Commands that look at filters, run within a test on files in memory; the stock is in `/stock`.
 * @module
 */
import type { FiltersIo } from "../../../src/cli/filters-io.ts";
import { memoryFiles } from "../config/memory-files.ts";
import { trialOutlet } from "./trial-outlet.ts";

type Texts = Readonly<Record<string, string>>;

/** The command with its files; what it is run with are its words, and files beside or instead of those. */
export function filtersTrial(command: (words: readonly string[], io: FiltersIo) => number, files: Texts) {
  return (words: readonly string[], more: Texts = {}) => {
    const io = trialOutlet();
    const code = command(words, {
      ...io,
      files: memoryFiles({ ...files, ...more }),
      stockDirectory: "/stock",
    });
    return { code, ...io.said };
  };
}
