/**
 * Names of captured groups that occur together, by number: of very many IDs the same few groups are kept, their names once.
 * Hot: per failure.
 * @module
 */
import type { DataValue } from "../filter/failure.ts";
import { ownText } from "./own-text.ts";

/** A filter has a few. */
const MAX_SHAPES = 64;

/** No number. */
export const NO_SHAPE = -1;

export class GroupShapes {
  readonly #shapes: (readonly string[])[] = [];

  /** The number of the names of groups in their order, or {@link NO_SHAPE} where there are too many others. */
  numberOf(data: ReadonlyMap<string, DataValue>): number {
    const shapes = this.#shapes;
    for (let number = 0; number < shapes.length; number += 1) {
      const names = shapes[number];
      if (names !== undefined && hasNames(data, names)) return number;
    }
    if (shapes.length === MAX_SHAPES) return NO_SHAPE;
    return shapes.push([...data.keys()].map(ownText)) - 1;
  }

  namesOf(number: number): readonly string[] {
    return this.#shapes[number] ?? [];
  }
}

function hasNames(data: ReadonlyMap<string, DataValue>, names: readonly string[]): boolean {
  if (data.size !== names.length) return false;
  let index = 0;
  for (const name of data.keys()) {
    if (name !== names[index]) return false;
    index += 1;
  }
  return true;
}
