/**
 * The byte walk, each with a memory of its own.
 * @module
 */
import { EmbeddedModule, type WasmGlobal, type WasmMemory } from "./embedded-module.ts";
import { WALK_BASE64 } from "./walk-module.ts";

/** What assembly/walk.ts gives out. */
export interface WalkExports {
  readonly memory: WasmMemory;
  readonly items: WasmGlobal;
  readonly skipped: WasmGlobal;
  readonly skippedStart: WasmGlobal;
  readonly skippedStampStart: WasmGlobal;
  readonly skippedStampEnd: WasmGlobal;
  readonly missingRow: WasmGlobal;
  readonly missingByte: WasmGlobal;
  beginIn(entry: number): void;
  useStamp(isThere: number, prefix: number, shift: number): void;
  useInside(before: number, after: number, least: number, behindFirst: number): void;
  begin(from: number, to: number, toOffset: number): void;
  walk(from: number): number;
}

const MODULE = new EmbeddedModule<WalkExports>(WALK_BASE64);

/** A walk with a memory of its own. */
export const instantiateWalk = (): WalkExports => MODULE.instantiate();
