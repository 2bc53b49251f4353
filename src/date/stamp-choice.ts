/**
 * Which stamps are ordinary after one that a template has found: an anchored template's at once, for the detector asks it first and takes
 * what it gives; another's only where nothing else in the line can be a stamp of any template (A§2.4).
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import type { OrdinaryStamp, StampInside } from "./ordinary-stamp.ts";
import { strangersOfLead } from "./stamp-leads.ts";
import { leadOf } from "./stamp-shape.ts";
import { strangersAround } from "./stamp-strangers.ts";
import { tableOf } from "./stamp-table.ts";
import type { DateTemplate } from "./template.ts";

/** Surroundings for which a template's ordinary stamp is kept: "", "[" and few others. */
const MAX_KEPT_STAMPS = 8;
const LAST_ASCII = 0x7f;

type Stamps = BoundedMap<string, OrdinaryStamp | "none">;

const anchoredStamps = new WeakMap<DateTemplate, Stamps>();

/**
 * The ordinary stamps of an anchored template; always the same object for the same prefix.
 *
 * @param prefix the text before the last stamp
 * @returns `undefined` if no table can say what the template matches, or the prefix is not ASCII
 */
export function stampOfAnchored(template: DateTemplate, prefix: string): OrdinaryStamp | undefined {
  let stamps = anchoredStamps.get(template);
  if (stamps === undefined) {
    stamps = new BoundedMap({ limit: MAX_KEPT_STAMPS });
    anchoredStamps.set(template, stamps);
  }
  const { begin, table } = tableOf(template) ?? {};
  if (begin === undefined || table === undefined || begin === "words") return undefined;
  const isVaried = typeof begin === "object";
  const lead = leadOf(begin);
  if (lead?.isAnchored === false) return undefined;
  return keptIn(stamps, isVaried ? "" : prefix, () => {
    const bytes = asciiOf(isVaried ? "" : prefix);
    if (bytes === undefined) return undefined;
    if (!isVaried || "lead" in begin) return { prefix: bytes, ...table };
    const inside = {
      before: begin.behindFirst,
      isBehindFirst: true,
      after: undefined,
      minStart: 1,
      strangers: undefined,
    };
    return { prefix: bytes, inside, ...table };
  });
}

/** By list of templates, whose like a detector's are, in any order. */
const looseStamps = new WeakMap<readonly DateTemplate[], Map<DateTemplate, Stamps>>();

/**
 * The ordinary stamps of a template that may match anywhere, between two signs; always the same object for the same ones.
 *
 * @param templates all that the detector has
 * @param before the character before the last stamp, and behind it
 */
export function stampOfLoose(
  template: DateTemplate,
  templates: readonly DateTemplate[],
  before: string,
  after: string,
): OrdinaryStamp | undefined {
  const { begin, table } = tableOf(template) ?? {};
  if (begin !== "words" || table === undefined || template.isAnchored) return undefined;
  return keptIn(looseStampsOf(template, templates), before + after, () => {
    const [first, second, ...more] = asciiOf(before + after) ?? [];
    if (first === undefined || second === undefined || more.length > 0) return undefined;
    const strangers = strangersAround(template, templates, table, [first, second]);
    if (strangers === undefined) return undefined;
    const inside: StampInside = { before: first, isBehindFirst: false, after: second, ...strangers };
    return { prefix: new Uint8Array(), inside, ...table };
  });
}

/**
 * The ordinary stamps of a template that finds them anywhere behind what leads to them; always the same object for the same sign.
 *
 * @param templates all that the detector has
 * @param after the character behind the last stamp, where the template itself does not say which one is there
 * @returns `undefined` for other templates, too
 */
export function stampOfLead(
  template: DateTemplate,
  templates: readonly DateTemplate[],
  after: string | undefined,
): OrdinaryStamp | undefined {
  const { begin, table, margins } = tableOf(template) ?? {};
  const isLead = begin !== undefined && leadOf(begin)?.isAnchored === false;
  if (!isLead || table === undefined || margins === undefined) return undefined;
  return keptIn(looseStampsOf(template, templates), after ?? "", () => {
    const [sign, ...more] = asciiOf(after ?? "") ?? [];
    if (more.length > 0) return undefined;
    const inside = strangersOfLead(template, templates, sign);
    return inside === undefined ? undefined : { prefix: new Uint8Array(), inside, ...table };
  });
}

function looseStampsOf(template: DateTemplate, templates: readonly DateTemplate[]): Stamps {
  const byTemplate = looseStamps.get(templates) ?? new Map<DateTemplate, Stamps>();
  looseStamps.set(templates, byTemplate);
  const stamps: Stamps = byTemplate.get(template) ?? new BoundedMap({ limit: MAX_KEPT_STAMPS });
  byTemplate.set(template, stamps);
  return stamps;
}

function keptIn(
  stamps: Stamps,
  key: string,
  make: () => OrdinaryStamp | undefined,
): OrdinaryStamp | undefined {
  let stamp = stamps.get(key);
  if (stamp === undefined) {
    stamp = make() ?? "none";
    stamps.set(key, stamp);
  }
  return stamp === "none" ? undefined : stamp;
}

function asciiOf(text: string): Uint8Array | undefined {
  const codes = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return codes.every((code) => code <= LAST_ASCII) ? Uint8Array.from(codes) : undefined;
}
