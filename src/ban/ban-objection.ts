/**
 * Why a ban by hand would hit the wrong one: the machine itself, somebody whom the jail ignores, or the administrator who asks
 * for it. Knows no jail, no name server and no environment.
 * @module
 */
import { isInside, parseAddress } from "../address/address.ts";

/** What speaks against a ban. */
export type ObjectionRule = "own address" | "own session" | "ignoreself" | "ignoreip" | "ignorecommand";

/** What speaks against the ban of an ID. */
export interface BanObjection {
  /** as it was asked for */
  readonly id: string;
  readonly rule: ObjectionRule;
  /** for people, without the ID: `it is an address of this machine` */
  readonly text: string;
}

/** Every machine's own, whatever its interfaces say. */
const LOOPBACKS = ["127.0.0.0/8", "::1"];

/** Whether a ban of one would hit the other, whichever is the wider; raw IDs only if they are the same. */
function touches(one: string, other: string): boolean {
  const [a, b] = [parseAddress(one), parseAddress(other)];
  return a === undefined || b === undefined ? one === other : isInside(a, b) || isInside(b, a);
}

/**
 * Whether a ban would hit this machine.
 *
 * @param id canonical
 * @param own the machine's addresses, canonical
 */
export function ownObjection(id: string, own: Iterable<string>): BanObjection | undefined {
  const hit = [...own, ...LOOPBACKS].find((address) => touches(id, address));
  if (hit === undefined) return undefined;
  const text = hit === id ? "it is an address of this machine" : `this machine's address ${hit} is in it`;
  return {
    id,
    rule: "own address",
    text: LOOPBACKS.includes(hit) ? "it leads to this machine itself" : text,
  };
}

/**
 * Whether a ban would lock out the one who asks for it.
 *
 * @param id canonical
 * @param sessions addresses that the administrator's sessions come from
 */
export function sessionObjection(id: string, sessions: Iterable<string>): BanObjection | undefined {
  for (const address of sessions) {
    if (touches(id, address)) {
      return { id, rule: "own session", text: `your own session comes from ${address}` };
    }
  }
  return undefined;
}

/**
 * Somebody whom a jail ignores.
 *
 * @param source what the check of a failure says: `ip`, `dns`, `command`, `ignoreself rule`, or the entry of a file
 * @param entry the entry of `ignoreip` that says so, where it is known
 */
export function ignoreObjection(id: string, source: string, entry?: string): BanObjection {
  switch (source) {
    case "ignoreself rule":
      return { id, rule: "ignoreself", text: "it is an address of this machine (ignoreself)" };
    case "command":
      return { id, rule: "ignorecommand", text: "ignorecommand says that it is to be ignored" };
    case "dns":
      return { id, rule: "ignoreip", text: "a name in ignoreip leads to it" };
    case "ip":
      return {
        id,
        rule: "ignoreip",
        text: entry === undefined ? "ignoreip has it" : `ignoreip has ${entry}`,
      };
    default:
      return { id, rule: "ignoreip", text: `ignoreip has ${source}, where it is written` };
  }
}
