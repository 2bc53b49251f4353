/**
 * What was seen of a log's path, and when: what has changed since a look, and since when the path may have led elsewhere
 * without anybody looking. Knows nothing of what the file holds.
 * @module
 */
import { realpath } from "node:fs/promises";
import { lookAtPath, type PathTarget } from "./path-target.ts";

/** A look at the path. */
export interface Sight {
  readonly target: PathTarget;
  /** when the look began, epoch milliseconds */
  readonly at: number;
}

export class PathSight {
  readonly path: string;
  #last: Sight | undefined;
  #sound: Sight | undefined;
  #isLink = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Whether the path itself was a symbolic link. */
  get isLink(): boolean {
    return this.#isLink;
  }

  /** Looks at the path. */
  async look(): Promise<Sight> {
    const at = Date.now();
    const { target, isLink } = await lookAtPath(this.path);
    this.#isLink = isLink;
    this.#last = { target, at };
    return this.#last;
  }

  /** Looks, and tells whether anything is different from the look before. */
  async hasChanged(): Promise<boolean> {
    const before = this.#last?.target.key;
    return (await this.look()).target.key !== before;
  }

  /** Notes a look after which all that the path led to was read: nothing is unread that is older than it. */
  beSound(sight: Sight): void {
    this.#sound = sight;
  }

  /** When the last sound look began, epoch milliseconds; `undefined`: there was none. */
  get soundAt(): number | undefined {
    return this.#sound?.at;
  }

  /** Whether a look shows the path as the last sound one did. */
  isAsSound({ target }: Sight): boolean {
    return target.key === this.#sound?.target.key;
  }

  /** The path with its links resolved: rotation happens beside the file that they lead to. */
  async resolved(): Promise<string> {
    return this.#isLink ? await realpath(this.path).catch(() => this.path) : this.path;
  }
}
