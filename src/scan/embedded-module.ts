/**
 * WebAssembly that is kept as text: compiled once, at its first use. WebAssembly is of the web's globals, as are the typed arrays;
 * neither the language's own types nor Node's declare it.
 * @module
 */

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export interface WasmGlobal {
  value: number;
}

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new <Exports>(module: object) => { readonly exports: Exports };
};

/** @typeParam Exports what its source gives out */
export class EmbeddedModule<Exports> {
  readonly #base64: string;
  #compiled: object | undefined;

  constructor(base64: string) {
    this.#base64 = base64;
  }

  /** An instance with a memory of its own. */
  instantiate(): Exports {
    this.#compiled ??= new WebAssembly.Module(
      Uint8Array.from(atob(this.#base64), (character) => character.charCodeAt(0)),
    );
    return new WebAssembly.Instance<Exports>(this.#compiled).exports;
  }
}
