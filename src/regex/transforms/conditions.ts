/**
 * Conditionals, which JavaScript lacks. Where the group is set in some ways through the pattern and unset in the others,
 * the ways are written out: `(<)?a(?(1)>|!)` → `(?:(<)a>|a!)`. The order of attempts stays the same. Groups that are copied
 * keep their number, since only one copy can take part.
 * @module
 */
import { childrenOf, EMPTY, mapChildren, type Node, sizeOf } from "../tree.ts";
import { NativeRefusal } from "./refusal.ts";

/** Conditions on different groups that are written out; each may double what follows it. */
const MAX_CONDITIONS = 6;

/** Nodes the result may have. */
const MAX_NODES = 20_000;

/** Matches nowhere. */
const NEVER: Node = { kind: "set", set: [] };

/** One way through a node, after which the group is surely set or surely unset. */
interface Way {
  readonly node: Node;
  readonly isSet: boolean;
}

/** @throws {NativeRefusal} a condition depends on more than the way taken */
export function spellOutConditions(root: Node): Node {
  let node = root;
  for (let i = 0; i <= MAX_CONDITIONS; i++) {
    const group = conditionIn(node);
    if (group === undefined) return node;
    node = withoutConditionsOn(group, node);
    if (sizeOf(node) > MAX_NODES) break;
  }
  throw new NativeRefusal("too many conditions on groups, which JavaScript does not have");
}

/** The group of some condition in the node. */
function conditionIn(node: Node): number | undefined {
  if (node.kind === "conditional") return node.group;
  for (const child of childrenOf(node)) {
    const group = conditionIn(child);
    if (group !== undefined) return group;
  }
  return undefined;
}

function dependsOn(group: number, node: Node): boolean {
  if ((node.kind === "conditional" || node.kind === "reference") && node.group === group) return true;
  return childrenOf(node).some((child) => dependsOn(group, child));
}

/** Whether the group is in the node. */
const setsGroup = (group: number, node: Node): boolean =>
  (node.kind === "group" && node.number === group) ||
  childrenOf(node).some((child) => setsGroup(group, child));

/** The node where the state of the group is known: conditions become a branch, references to nothing fail. */
function resolved(group: number, isSet: boolean, node: Node): Node {
  if (node.kind === "conditional" && node.group === group) {
    return resolved(group, isSet, isSet ? node.yes : node.no);
  }
  if (node.kind === "reference" && node.group === group) return isSet ? node : NEVER;
  return mapChildren(node, (child) => resolved(group, isSet, child));
}

/** The node with conditions on the group written out; the group is unset where the node begins. */
function withoutConditionsOn(group: number, node: Node): Node {
  if (!dependsOn(group, node)) return node;
  if (!setsGroup(group, node)) return resolved(group, false, node);
  if (node.kind === "sequence") return sequenceWithout(group, node.items);
  const isOpen = node.kind === "group" && node.number === group;
  const isOwn = node.kind === "conditional" && node.group === group;
  if (isOpen || isOwn || (node.kind === "repeat" && node.max > 1)) {
    throw new NativeRefusal(`a condition on group ${group} inside of a loop or of the group itself`);
  }
  return mapChildren(node, (child) => withoutConditionsOn(group, child));
}

function sequenceWithout(group: number, items: readonly Node[]): Node {
  const index = items.findIndex((item) => setsGroup(group, item));
  const before = items.slice(0, index).map((item) => resolved(group, false, item));
  const rest: Node = { kind: "sequence", items: items.slice(index + 1) };
  const setter = withoutConditionsOn(group, items[index] ?? EMPTY);
  if (!dependsOn(group, rest)) return { kind: "sequence", items: [...before, setter, rest] };
  const branches = joinedWays(waysThrough(group, setter)).map(
    ({ node, isSet }): Node => ({ kind: "sequence", items: [node, resolved(group, isSet, rest)] }),
  );
  return { kind: "sequence", items: [...before, { kind: "alternation", branches }] };
}

/** The ways through a node in the order they are tried. */
function waysThrough(group: number, node: Node): readonly Way[] {
  if (!setsGroup(group, node)) return [{ node, isSet: false }];
  switch (node.kind) {
    case "alternation":
      return node.branches.flatMap((branch) => waysThrough(group, branch));
    case "repeat": {
      if (node.min === 1 && node.max === 1) return waysThrough(group, node.body);
      if (node.min !== 0 || node.max !== 1) break;
      const through = waysThrough(group, node.body);
      const past: Way = { node: EMPTY, isSet: false };
      return node.lazy ? [past, ...through] : [...through, past];
    }
    case "group":
      if (node.number === group) return [{ node, isSet: true }];
      return waysThrough(group, node.body).map((way) => ({ ...way, node: { ...node, body: way.node } }));
    case "sequence": {
      const index = node.items.findIndex((item) => setsGroup(group, item));
      return waysThrough(group, node.items[index] ?? EMPTY).map((way) => ({
        ...way,
        node: { kind: "sequence", items: node.items.with(index, way.node) },
      }));
    }
    default:
      break;
  }
  throw new NativeRefusal(`a condition on group ${group}, which may be set in ways too many to write out`);
}

/** Neighbours with the same outcome as one way, so that less is copied. */
function joinedWays(ways: readonly Way[]): readonly Way[] {
  const runs: { isSet: boolean; branches: Node[] }[] = [];
  for (const { node, isSet } of ways) {
    const last = runs.at(-1);
    if (last?.isSet === isSet) last.branches.push(node);
    else runs.push({ isSet, branches: [node] });
  }
  return runs.map(({ isSet, branches }) => {
    const [only = EMPTY] = branches;
    return { isSet, node: branches.length === 1 ? only : { kind: "alternation", branches } };
  });
}
