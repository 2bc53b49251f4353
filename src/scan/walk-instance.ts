/**
 * The module of the byte walk, compiled once, and its instances. WebAssembly is of the web's globals, as are the typed arrays;
 * neither the language's own types nor Node's declare it.
 * @module
 */
import { WALK_BASE64 } from "./walk-module.ts";

interface Global {
  value: number;
}

/** What assembly/walk.ts gives out. */
export interface WalkExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly items: Global;
  readonly skipped: Global;
  readonly skippedStart: Global;
  readonly skippedStampStart: Global;
  readonly skippedStampEnd: Global;
  readonly missingState: Global;
  readonly missingByte: Global;
  useTable(shift: number): void;
  useStamp(isThere: number, prefix: number, shift: number): void;
  useInside(before: number, after: number, least: number, behindFirst: number): void;
  begin(from: number, to: number, toOffset: number): void;
  walk(from: number): number;
}

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: WalkExports };
};

let compiled: object | undefined;

/** A walk with a memory of its own. */
export function instantiateWalk(): WalkExports {
  compiled ??= new WebAssembly.Module(
    Uint8Array.from(atob(WALK_BASE64), (character) => character.charCodeAt(0)),
  );
  return new WebAssembly.Instance(compiled).exports;
}
