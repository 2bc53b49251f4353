/**
 * Chooses whom a failure is about: an address, a name to be resolved, or a free text (A§2.15).
 * Resolves no names; captured text that looks like an address and is none is never an ID.
 * @module
 */
import { canonicalAddress, parseAddress } from "../address/address.ts";
import { reprText } from "../config/python-text.ts";
import type { UseDns } from "../config/settings.ts";
import { Groups, type ReadonlyGroups, textOf } from "./groups.ts";

export type ChosenId =
  /** `ip`: the address or name, where it differs from the ID */
  | { readonly kind: "id"; readonly id: string; readonly ip: string | undefined }
  /** the shell resolves it; each of its addresses is a failure of its own (A§2.17) */
  | { readonly kind: "host"; readonly host: string }
  /** a name, and `usedns = no` */
  | { readonly kind: "name-refused" }
  /** looks like an address, is none */
  | { readonly kind: "no-address"; readonly text: string }
  /** nothing was captured */
  | { readonly kind: "none" };

const NONE: ChosenId = { kind: "none" };

/** A dotted quad by its shape, with or without prefix and brackets. */
const QUAD_SHAPE = /^\[?\p{Nd}{1,3}(?:\.\p{Nd}{1,3}){3}\]?(?:\/[\d.]+\]?)?$/u;
/** IPv6 by its shape; a MAC address or a time also has only single colons, so a free text needs the `::`. */
const IP6_SHAPE = /^\[?(?=[^:]*:)[0-9a-f:]{2,45}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3})?\]?(?:\/[\da-f:]+\]?)?$/i;

const looksLikeQuad = (text: string): boolean => QUAD_SHAPE.test(text);
const looksLikeIp6 = (text: string): boolean => text.includes("::") && IP6_SHAPE.test(text);

type Captured = Pick<ReadonlyGroups, "get">;

/** A tuple as Python prints it: the text of a tuple's ID. */
export function tupleText(items: readonly (string | undefined)[]): string {
  const shown = items.map((item) => (item === undefined ? "None" : reprText(item)));
  return items.length === 1 ? `(${shown[0]},)` : `(${shown.join(", ")})`;
}

/** The `fid` as text, from a group or a tuple. */
function fidOf(groups: Captured): string | undefined {
  const value = groups.get("fid");
  return Array.isArray(value) ? tupleText(value) : textOf(groups, "fid");
}

/** The address of `ip4` or `ip6` with the prefix of `cidr`; the captured text where it is no address. */
function capturedAddress(
  groups: Captured,
): { readonly address: string } | { readonly text: string } | undefined {
  const text = textOf(groups, "ip4") ?? textOf(groups, "ip6");
  if (text === undefined) return undefined;
  const cidr = textOf(groups, "cidr");
  const address =
    (cidr === undefined ? undefined : parseAddress(`${text}/${cidr}`)?.text) ?? canonicalAddress(text);
  return address === undefined ? { text } : { address };
}

/** The ID of a free text: canonical if it is an address, verbatim otherwise or with `usedns = raw`. */
function freeId(text: string, usedns: UseDns, ip: string | undefined): ChosenId {
  const address = parseAddress(text);
  if (address === undefined) {
    if (looksLikeQuad(text) || looksLikeIp6(text)) return { kind: "no-address", text };
    return { kind: "id", id: text, ip: ip === text ? undefined : ip };
  }
  const id = usedns === "raw" ? text : address.text;
  return { kind: "id", id, ip: ip === undefined || ip === address.text || ip === id ? undefined : ip };
}

/** A name in group `dns`: an address after all, a name to resolve, or refused. */
function chooseByName(name: string, usedns: UseDns): ChosenId {
  const address = parseAddress(name);
  if (address !== undefined) return { kind: "id", id: address.text, ip: undefined };
  if (looksLikeQuad(name) || looksLikeIp6(name)) return { kind: "no-address", text: name };
  return usedns === "no" ? { kind: "name-refused" } : { kind: "host", host: name };
}

/** Stands for an address as it is printed with nothing beside it that has a say: its text is made when somebody asks. */
export const LONE_ADDRESS: ChosenId = { kind: "id", id: "", ip: undefined };

/** What {@link LONE_ADDRESS} stands for. */
export function loneAddressOf(groups: Groups): ChosenId {
  const { ip4, ip6 } = groups.names;
  return { kind: "id", id: groups.textAt(ip4) ?? groups.textAt(ip6) ?? "", ip: undefined };
}

/** Whether something may be the ID, or part of it, besides an address. */
function hasOtherSay(groups: Groups): boolean {
  const { fid, cidr } = groups.names;
  if (groups.hasTextAt(fid) || groups.hasTextAt(cidr)) return true;
  return fid >= 0 && Array.isArray(groups.at(fid));
}

/** An address without anything beside it that has a say. Hot: per failing line. */
function loneAddress(groups: Groups): ChosenId | undefined {
  if (hasOtherSay(groups)) return undefined;
  const { ip4, ip6 } = groups.names;
  const text = groups.textAt(ip4) ?? groups.textAt(ip6);
  if (text === undefined) return undefined;
  const address = canonicalAddress(text);
  return address === undefined ? { kind: "no-address", text } : { kind: "id", id: address, ip: undefined };
}

/**
 * The ID among the captured groups: ip4, ip6, dns, fid, in this order; a fid beside an address is the ID and the address
 * goes along.
 *
 * @see compat A§2.15
 */
export function chooseId(groups: Captured, usedns: UseDns): ChosenId {
  const lone = groups instanceof Groups ? loneAddress(groups) : undefined;
  if (lone !== undefined) return lone;
  const fid = fidOf(groups);
  const captured = capturedAddress(groups);
  if (captured !== undefined) {
    if ("text" in captured) return { kind: "no-address", text: captured.text };
    if (fid === undefined) return { kind: "id", id: captured.address, ip: undefined };
    const chosen = freeId(fid, usedns, captured.address);
    return parseAddress(fid)?.text === captured.address
      ? { kind: "id", id: captured.address, ip: undefined }
      : chosen;
  }
  const name = textOf(groups, "dns");
  if (name !== undefined)
    return usedns === "raw" ? freeId(fid ?? name, usedns, name) : chooseByName(name, usedns);
  return fid === undefined ? NONE : freeId(fid, usedns, undefined);
}
