/**
 * The programs that gaoler is measured beside. Those that are not on the machine are fetched from Debian's archive and unpacked, never
 * installed; what cannot be had is left out by name.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { unpackedPackage } from "../../tests/parity/debian-package.ts";
import { cacheFolder, findOracle } from "../../tests/parity/oracle-package.ts";
import { runProgram } from "../../tests/parity/program.ts";

export interface Fail2ban {
  /** `fail2ban 1.0.2` */
  readonly name: string;
  /** its `etc/fail2ban` */
  readonly configuration: string;
  readonly env: Readonly<Record<string, string>>;
  /** the command line of one of its programs */
  program(name: "fail2ban-regex" | "fail2ban-server"): readonly string[];
}

export interface Peers {
  readonly fail2ban: Fail2ban | undefined;
  /** path of sshguard's parser */
  readonly sshgParser: string | undefined;
  /** path of ripgrep */
  readonly rg: string | undefined;
  /** what could not be had, and why */
  readonly missing: readonly string[];
}

/** @param scratch where Python keeps its compiled modules, as an installed package has them */
export async function findPeers(scratch: string, progress: (text: string) => void): Promise<Peers> {
  const missing: string[] = [];
  const program = async (name: string, debian: string, path: string): Promise<string | undefined> => {
    const onMachine = whereIs(name);
    if (onMachine !== undefined) return onMachine;
    const tree = await unpackedPackage(cacheFolder(process.env), debian, path, progress);
    const found = tree === undefined ? undefined : join(tree, path);
    if (found !== undefined && (await canRun(found))) return found;
    missing.push(
      `${name}: ${found === undefined ? `apt has no ${debian} to download` : "does not run here"}`,
    );
    return undefined;
  };
  const fail2ban = await findFail2ban(scratch, progress);
  if (typeof fail2ban === "string") missing.push(`fail2ban: ${fail2ban}`);
  return {
    fail2ban: typeof fail2ban === "string" ? undefined : fail2ban,
    sshgParser: await program("sshg-parser", "sshguard", "usr/libexec/sshguard/sshg-parser"),
    rg: await program("rg", "ripgrep", "usr/bin/rg"),
    missing,
  };
}

async function findFail2ban(scratch: string, progress: (text: string) => void): Promise<Fail2ban | string> {
  const oracle = await findOracle(process.env, progress);
  if ("missing" in oracle) return oracle.missing;
  // without it fail2ban looks into its logs once in a while only
  const watching = await unpackedPackage(
    cacheFolder(process.env),
    "python3-pyinotify",
    "usr/lib/python3/dist-packages/pyinotify.py",
    progress,
  );
  const paths = [oracle.packages];
  if (watching !== undefined) paths.push(join(watching, "usr/lib/python3/dist-packages"));
  const env = { PYTHONPATH: paths.join(":"), PYTHONPYCACHEPREFIX: join(scratch, "python") };
  const program: Fail2ban["program"] = (name) => [
    "/usr/bin/python3",
    join(oracle.directory, "usr/bin", name),
  ];
  for (const name of ["fail2ban-regex", "fail2ban-server"] as const) {
    const [python = "", ...args] = program(name);
    await runProgram(python, [...args, "--version"], { env });
  }
  return { name: `fail2ban ${oracle.version}`, configuration: oracle.configuration, env, program };
}

function whereIs(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(":").concat("/usr/libexec/sshguard");
  return folders.map((folder) => join(folder, name)).find((path) => path.startsWith("/") && existsSync(path));
}

/** Its libraries may be of another release. */
async function canRun(path: string): Promise<boolean> {
  const { code, isHung } = await runProgram(path, ["--version"], { timeoutMs: 10_000 });
  return !isHung && code !== undefined && code < 126;
}
