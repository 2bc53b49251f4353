/**
 * The end of a rendering that its reply does not fit.
 * @module
 */
import type { WireValue } from "./wire-value.ts";

/** The reply is not what the command promises; fail2ban then prints what it has so far and the bare reply (B§2.7). */
export class BrokenRendering extends Error {
  override readonly name = "BrokenRendering";
  /** what was made so far: a text, or lines */
  readonly partial: WireValue;

  constructor(partial: WireValue) {
    super("the reply does not fit the command");
    this.partial = partial;
  }
}
