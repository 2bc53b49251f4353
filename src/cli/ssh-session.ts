/**
 * Where the administrator sits: the addresses that the SSH sessions come from in which a command was typed. `sudo` takes the
 * variables away, so the environments of the processes above are read as well.
 * @module
 */
import { readFileSync } from "node:fs";
import { canonicalId, parseAddress } from "../address/address.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** sshd sets them: `CLIENT PORT SERVER PORT` and `CLIENT PORT PORT`. */
const VARIABLES = ["SSH_CONNECTION", "SSH_CLIENT"];
/** Most processes looked at, from this one up. */
const MAX_ANCESTORS = 32;

/** Text of a file below `/proc`; `undefined`: it is not for us, or the process is gone. */
export type ReadProcess = (pid: number, file: "stat" | "environ") => string | undefined;

const readProcess: ReadProcess = (pid, file) => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
};

/** Addresses of the sessions, canonical, each once; none at a console. */
export function sessionAddresses(env: Environment, pid: number, read: ReadProcess = readProcess): string[] {
  const addresses = new Set(addressesIn(env));
  let parent = parentOf(pid, read);
  for (let looked = 0; looked < MAX_ANCESTORS && parent > 1; looked += 1) {
    for (const address of addressesIn(environmentOf(parent, read))) addresses.add(address);
    parent = parentOf(parent, read);
  }
  return [...addresses];
}

function addressesIn(env: Environment): string[] {
  return VARIABLES.flatMap((name) => {
    // a zone (`%eth0`) is this machine's own business
    const [client = ""] = (env[name] ?? "").split(" ");
    const text = client.replace(/%.*$/, "");
    return parseAddress(text) === undefined ? [] : [canonicalId(text)];
  });
}

/** The variables of a process that are of use here. */
function environmentOf(pid: number, read: ReadProcess): Environment {
  const entries = (read(pid, "environ") ?? "").split("\0").flatMap((entry) => {
    const name = VARIABLES.find((known) => entry.startsWith(`${known}=`));
    return name === undefined ? [] : [[name, entry.slice(name.length + 1)] as const];
  });
  return Object.fromEntries(entries);
}

/** 0 where it is not known. The name in brackets may hold anything, blanks and brackets too. */
function parentOf(pid: number, read: ReadProcess): number {
  const stat = read(pid, "stat") ?? "";
  const [, parent = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return /^\d+$/.test(parent) ? Number(parent) : 0;
}
