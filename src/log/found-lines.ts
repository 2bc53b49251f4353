/**
 * The log lines of failures, of which there are thousands in a row: what is the same in the next one is not made again. They are
 * those that {@link renderEvent} and {@link LineFormat} make.
 * Hot: per failure.
 * @module
 */
import type { GaolerEvent } from "../base/event.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { CivilText } from "./civil-text.ts";
import { escapeValue } from "./escape.ts";
import type { LineFormat } from "./format.ts";
import { foundAfter, foundBefore, levelOf } from "./render.ts";
import type { WaitingLines } from "./waiting-lines.ts";

export type Found = Extract<GaolerEvent, { readonly type: "failure-found" }>;

export class FoundLines {
  readonly #format: LineFormat;
  readonly #civil: CivilText;
  /** up to the ID: of this moment and jail */
  #before: Uint8Array = new Uint8Array();
  #now: EpochSeconds = Number.NaN;
  #jail = "";
  /** from the ID on: of this second */
  #after = "";
  #second = Number.NaN;

  /** @param format one whose lines end in the message */
  constructor(format: LineFormat, civil: CivilText) {
    this.#format = format;
    this.#civil = civil;
  }

  /** @returns whether there is room for another line */
  add(event: Found, now: EpochSeconds, lines: WaitingLines): boolean {
    const { jail, id, at } = event;
    if (now !== this.#now || jail !== this.#jail) {
      this.#now = now;
      this.#jail = jail;
      const message = { level: levelOf(event), logger: "filter", text: foundBefore(jail) } as const;
      this.#before = Buffer.from(this.#format.line(message, now));
    }
    const second = Math.floor(at);
    if (second !== this.#second) {
      this.#second = second;
      this.#after = foundAfter(this.#civil.of(at));
    }
    lines.putBytes(this.#before);
    if (!lines.putIfPlain(id)) lines.put(escapeValue(id));
    lines.put(this.#after);
    return lines.end();
  }
}
