/**
 * A match as places in the text: what engines give that know where every group stands.
 * @module
 */
import type { RegexMatch, Span } from "./compiled-regex.ts";

export class PlacedMatch implements RegexMatch {
  readonly #text: string;
  /** begin and end of each group, -1 where unset */
  readonly #places: Int32Array;
  readonly #groupIndex: ReadonlyMap<string, number>;

  constructor(text: string, places: Int32Array, groupIndex: ReadonlyMap<string, number>) {
    this.#text = text;
    this.#places = places;
    this.#groupIndex = groupIndex;
  }

  get start(): number {
    return this.#places[0] ?? 0;
  }

  get end(): number {
    return this.#places[1] ?? 0;
  }

  group(key: number | string): string | undefined {
    const span = this.span(key);
    return span === undefined ? undefined : this.#text.slice(span[0], span[1]);
  }

  span(key: number | string): Span | undefined {
    const group = typeof key === "number" ? key : (this.#groupIndex.get(key) ?? -1);
    const start = this.#places[2 * group] ?? -1;
    const end = this.#places[2 * group + 1] ?? -1;
    return start < 0 || end < start ? undefined : [start, end];
  }
}
