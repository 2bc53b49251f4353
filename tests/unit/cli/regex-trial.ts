/**
 * `gaoler regex` run within a test: a configuration directory and logs of its own, a fixed clock, names that are known.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { epochOfUtc } from "../../../src/base/local-time.ts";
import { type RegexIo, runRegexCommand } from "../../../src/cli/regex-command.ts";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";
import { utc } from "../date/fixed-zones.ts";

const NOW = epochOfUtc({ year: 2026, month: 11, day: 22, hour: 12, minute: 0, second: 0 });

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RegexWorld {
  readonly directory: string;
  /** writes a file of lines, each with its newline; its path */
  file(name: string, ...lines: readonly string[]): string;
  run(...argv: readonly string[]): Promise<Ended>;
  /** with another part of the world */
  runWith(changes: Partial<RegexIo>, ...argv: readonly string[]): Promise<Ended>;
}

/** A world for the tests of one file. */
export function regexWorld(): RegexWorld {
  const directory = mkdtempSync(join(tmpdir(), "gaoler-regex-"));
  mkdirSync(join(directory, "filter.d"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const runWith = async (changes: Partial<RegexIo>, ...argv: readonly string[]): Promise<Ended> => {
    let out = "";
    let err = "";
    const io: RegexIo = {
      stdout: (text) => {
        out += text;
      },
      stderr: (text) => {
        err += text;
      },
      files: nodeConfigFiles,
      clock: { now: () => NOW },
      zone: utc,
      env: {},
      names: {
        addresses: async (name) => (name === "two.example" ? ["192.0.2.1", "2001:db8::1"] : []),
        nameOf: async () => "host.example",
      },
      ...changes,
    };
    const code = await runRegexCommand(["-c", directory, ...argv], io);
    return { code, out, err };
  };
  return {
    directory,
    file: (name, ...lines) => {
      const path = join(directory, name);
      writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
      return path;
    },
    run: (...argv) => runWith({}, ...argv),
    runWith,
  };
}
