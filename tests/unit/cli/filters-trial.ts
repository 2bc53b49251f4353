/**
 * Commands that look at filters, run within a test on files in memory; the stock is in `/stock`.
 * @module
 */
import type { FiltersIo } from "../../../src/cli/filters-io.ts";
import { memoryFiles } from "../config/memory-files.ts";

type Texts = Readonly<Record<string, string>>;

/** The command with its files; what it is run with are its words, and files beside or instead of those. */
export function filtersTrial(command: (words: readonly string[], io: FiltersIo) => number, files: Texts) {
  return (words: readonly string[], more: Texts = {}) => {
    let out = "";
    let err = "";
    const code = command(words, {
      files: memoryFiles({ ...files, ...more }),
      stockDirectory: "/stock",
      hasColour: false,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
    });
    return { code, out, err };
  };
}
