/**
 * How the parts of the bundle are loaded: each as one function of a script, with the code that V8 made of it when the bundle was built,
 * so that a start compiles nothing; and Node's own modules when they are first asked for something, for most commands need few of them.
 * A program that stays gets them at once: it needs them all, and they are loaded with Node's own ready code only until flags of V8 are set.
 * Code that V8 does not take (another version, other flags) is left out, and the part compiled as ever.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";

/** Node's modules that are there from the beginning, and asked for often. */
const AT_HAND: ReadonlySet<string> = new Set(["node:buffer", "node:events", "node:fs", "node:path"]);

type Require = (id: string) => unknown;
type Part = (exports: object, require: Require, file: string, directory: string) => void;

export interface ChunkPorts {
  /** where the parts are */
  readonly directory: string;
  /** it stays, and needs all its modules */
  readonly isPatient: boolean;
  /** code made earlier of a part */
  codeOf(name: string): Buffer | undefined;
  /** is told of each part before it runs */
  loaded?(name: string, script: Script): void;
}

export class Chunks {
  readonly #ports: ChunkPorts;
  readonly #exports = new Map<string, object>();

  constructor(ports: ChunkPorts) {
    this.#ports = ports;
  }

  /** What a part exports; it runs with its first load. */
  load(name: string): object {
    return this.#exports.get(name) ?? this.#run(name);
  }

  #run(name: string): object {
    const { directory, codeOf, loaded } = this.#ports;
    const filename = join(directory, name);
    // the build sees to it that there is nothing but ASCII
    const source = `(function (exports, require, __filename, __dirname) {${readFileSync(filename, "latin1")}\n})`;
    const cachedData = codeOf(name);
    const script = new Script(source, cachedData === undefined ? { filename } : { filename, cachedData });
    loaded?.(name, script);
    const exports = {};
    this.#exports.set(name, exports);
    partOf(script)(exports, (id) => this.#require(id), filename, directory);
    // plain properties: those who ask are not to call a function each time
    const settled = Object.fromEntries(Object.entries(exports));
    this.#exports.set(name, settled);
    return settled;
  }

  #require(id: string): unknown {
    if (id.startsWith("./")) return this.load(id.slice(2));
    return this.#ports.isPatient || AT_HAND.has(id) ? moduleOf(id) : whenAsked(id);
  }
}

/** Stands for one of Node's modules until it is asked for something. */
function whenAsked(id: string): object {
  let module: object | undefined;
  return new Proxy(
    {},
    {
      get: (_, name) => {
        module ??= moduleOf(id);
        return Reflect.get(module, name);
      },
    },
  );
}

/** @throws {TypeError} Node has no such module */
function moduleOf(id: string): object {
  const module = process.getBuiltinModule(id);
  if (module === undefined) throw new TypeError(`there is no module ${id}`);
  return module;
}

function partOf(script: Script): Part {
  const part: unknown = script.runInThisContext();
  if (!isPart(part)) throw new TypeError("a part of the bundle is no function");
  return part;
}

const isPart = (value: unknown): value is Part => typeof value === "function";
