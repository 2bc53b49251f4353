/**
 * How many code points a node can take, at least and at most. Lookbehind needs it fixed; loops need to know what may be empty.
 * @module
 */
import type { Node } from "./tree.ts";

export interface Width {
  readonly min: number;
  /** `Infinity` for no limit */
  readonly max: number;
}

const NOTHING: Width = { min: 0, max: 0 };
const ONE: Width = { min: 1, max: 1 };

const times = (count: number, width: number): number => (count === 0 || width === 0 ? 0 : count * width);

/**
 * Width of a node.
 *
 * @param widthOfGroup width of a group that the node refers to or holds; `undefined` for a reference is taken as "anything"
 */
export function widthOf(node: Node, widthOfGroup: (group: number) => Width | undefined): Width {
  switch (node.kind) {
    case "class":
    case "any":
    case "set":
      return ONE;
    case "anchor":
    case "look":
      return NOTHING;
    case "sequence": {
      let min = 0;
      let max = 0;
      for (const item of node.items) {
        const width = widthOf(item, widthOfGroup);
        min += width.min;
        max += width.max;
      }
      return { min, max };
    }
    case "alternation":
      return eitherOf(node.branches.map((branch) => widthOf(branch, widthOfGroup)));
    case "conditional":
      return eitherOf([widthOf(node.yes, widthOfGroup), widthOf(node.no, widthOfGroup)]);
    case "group":
      return widthOfGroup(node.number) ?? widthOf(node.body, widthOfGroup);
    case "atomic":
      return widthOf(node.body, widthOfGroup);
    case "repeat": {
      const width = widthOf(node.body, widthOfGroup);
      return { min: times(node.min, width.min), max: times(node.max, width.max) };
    }
    case "reference":
      return widthOfGroup(node.group) ?? { min: 0, max: Infinity };
  }
}

function eitherOf(widths: readonly Width[]): Width {
  let min = Infinity;
  let max = 0;
  for (const width of widths) {
    min = Math.min(min, width.min);
    max = Math.max(max, width.max);
  }
  return { min, max };
}

/** Whether the node may match nothing; a reference may, for it may be to an empty group. */
export function canBeEmpty(node: Node): boolean {
  return widthOf(node, () => undefined).min === 0;
}
