/**
 * Walks a map from its oldest entry on, again and again, for whoever evicts.
 * @module
 */

/** Changes of the map after which the place is given up. */
const MAX_IDLE_CHANGES = 256;

/**
 * Keeps its place between calls: a fresh iterator would step over the holes that earlier evictions left, thousands of them in a
 * large map. An iterator at rest keeps alive what the map has long forgotten, though, so the place is given up after a while
 * without a call; the owner tells of changes by `rest`.
 */
export class OldestFirst<K, V> {
  readonly #map: ReadonlyMap<K, V>;
  #place: MapIterator<[K, V]> | undefined;
  #changes = 0;

  constructor(map: ReadonlyMap<K, V>) {
    this.#map = map;
  }

  /** The next entry, after the newest the oldest again; `undefined` for an empty map. */
  next(): [K, V] | undefined {
    this.#changes = 0;
    const next = this.#place?.next();
    if (next !== undefined && next.done !== true) return next.value;
    this.#place = this.#map.entries();
    const first = this.#place.next();
    return first.done === true ? undefined : first.value;
  }

  /** Tells of a change of the map that needed no eviction. */
  rest(): void {
    this.#changes += 1;
    if (this.#changes > MAX_IDLE_CHANGES) this.#place = undefined;
  }
}
