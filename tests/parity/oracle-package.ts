/**
 * Gets Debian's fail2ban package: from the directory that `GAOLER_ORACLE` names, from the cache, or from Debian's archive through apt.
 * It is unpacked and never installed; what is missing is said, so that the run can be skipped by name.
 * @module
 */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { unpackedPackage } from "./debian-package.ts";
import type { OraclePackage, RunOptions } from "./part.ts";
import { runProgram } from "./program.ts";

const PYTHON = "/usr/bin/python3";
const REGEX_PROGRAM = "usr/bin/fail2ban-regex";

export interface FoundOracle extends OraclePackage {
  /** `1.0.2`, as the program says it. */
  readonly version: string;
}

/** The folder in which downloads are kept from run to run. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const cache = env["XDG_CACHE_HOME"] ?? "";
  // an empty or relative value counts as none, by the rules of that variable
  return join(cache.startsWith("/") ? cache : join(homedir(), ".cache"), "gaoler/parity");
}

/** Whether Python is there, which every part needs. */
export const hasPython = (): boolean => existsSync(PYTHON);

export const runPython = (argv: readonly string[], options: RunOptions = {}) =>
  runProgram(PYTHON, argv, options);

/** The package, or why there is none. */
export async function findOracle(
  env: Readonly<Record<string, string | undefined>>,
  progress: (text: string) => void,
): Promise<FoundOracle | { readonly missing: string }> {
  if (!hasPython()) return { missing: `no ${PYTHON}` };
  const given = env["GAOLER_ORACLE"] ?? "";
  const directory =
    given === "" ? await unpackedPackage(cacheFolder(env), "fail2ban", REGEX_PROGRAM, progress) : given;
  if (directory === undefined) return { missing: "apt has no fail2ban package to download" };
  if (!isUnpacked(directory)) return { missing: `no fail2ban package in ${directory}` };
  const oracle = openOracle(directory);
  const { stdout, stderr } = await oracle.run(["fail2ban-regex", "--version"]);
  const version = /\d+(?:\.\d+)+/.exec(stdout)?.[0];
  if (version !== undefined) return { ...oracle, version };
  return { missing: `the package does not run here: ${stderr.trim().split("\n").at(-1) ?? ""}` };
}

const isUnpacked = (directory: string): boolean => existsSync(join(directory, REGEX_PROGRAM));

/** The package unpacked in that directory. */
export function openOracle(directory: string): OraclePackage {
  const packages = join(directory, "usr/lib/python3/dist-packages");
  return {
    directory,
    packages,
    configuration: join(directory, "etc/fail2ban"),
    run: ([program, ...args], options = {}) =>
      runPython([join(directory, "usr/bin", program), ...args], {
        ...options,
        // the cache of compiled modules would be written into the package
        env: { PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1", ...options.env },
      }),
  };
}
