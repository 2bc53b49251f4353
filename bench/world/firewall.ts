/**
 * Looks into nftables from outside of whoever fills it: which set holds the bans, whether an address is in it, when it came.
 * @module
 */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Namespace } from "./namespace.ts";
import { addressesIn, firstSetOf, type SetName, setHolding } from "./ruleset-text.ts";

const PYTHON = "/usr/bin/python3";
const PROBE = join(import.meta.dirname, "element-probe.py");
const LOOK_MS = 2;

/** The set that an address is in; waits until there is one. */
export async function setWith(space: Namespace, address: string, deadlineMs: number): Promise<SetName> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = setHolding(await space.tool(["nft", "list", "ruleset"]), address);
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`${address} is in no set of the kernel`);
    await sleep(50);
  }
}

/** The first set of IPv4 addresses that there is, whatever it holds. */
export const firstSet = async (space: Namespace): Promise<SetName | undefined> =>
  firstSetOf(await space.tool(["nft", "-t", "list", "ruleset"]));

/** How many addresses a set of IPv4 has. */
export const elementCount = async (space: Namespace, set: SetName): Promise<number> =>
  addressesIn(await space.tool(["nft", "list", "set", ...set.split(" ")]));

/** Asks the kernel itself whether addresses are there: nft would read the whole set for each of them. */
export class ElementProbe {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor(space: Namespace) {
    this.#child = space.watch([PYTHON, "-I", PROBE]);
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** @throws {Error} the kernel does not answer such questions */
  async has(set: SetName, address: string): Promise<boolean> {
    this.#child.stdin.write(`${set} ${address}\n`);
    const { value } = await this.#answers.next();
    if (value === "0" || value === "1") return value === "1";
    throw new Error(`the kernel says ${value} about an element`);
  }

  /** Waits until all of these are there. @returns whether they came in time */
  async untilAll(set: SetName, addresses: readonly string[], deadlineMs: number): Promise<boolean> {
    const end = performance.now() + deadlineMs;
    for (const address of addresses) {
      while (!(await this.has(set, address))) {
        if (performance.now() > end) return false;
        await sleep(LOOK_MS);
      }
    }
    return true;
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Sees each element as the kernel tells of it. */
export class ElementWatch {
  readonly #monitor: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<string, (at: number) => void>();
  #rest = "";

  constructor(space: Namespace) {
    this.#monitor = space.watch(["nft", "monitor", "elements"]);
    this.#monitor.stdout.setEncoding("latin1").on("data", (data: string) => this.#take(data));
  }

  /** @returns when it came, as `performance.now` */
  async until(address: string, deadlineMs: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const timer = setTimeout(() => reject(new Error(`${address} did not come`)), deadlineMs);
    this.#waiting.set(address, resolve);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(address);
    }
  }

  close(): void {
    this.#monitor.kill("SIGKILL");
  }

  #take(data: string): void {
    const at = performance.now();
    const lines = (this.#rest + data).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("add element")) continue;
      for (const word of line.split(/[\s,{}]+/)) this.#waiting.get(word)?.(at);
    }
  }
}
