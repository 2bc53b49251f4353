/**
 * Which files one file brings along, and in which order (A§1.2).
 * @module
 */
import type { Origin } from "../base/diagnostic.ts";
import type { ConfigFiles } from "./config-files.ts";
import { ConfigTree } from "./config-tree.ts";
import { ConfigMistake } from "./findings.ts";
import type { IniFile } from "./ini.ts";
import { fetchOption } from "./interpolation.ts";
import { directoryOf, joinPath } from "./paths.ts";

/** Deepest chain of includes. */
const MAX_INCLUDE_DEPTH = 32;
/** Most files that one base name may come to; files without de-duplication multiply. */
const MAX_FILES = 1_000;

export interface IncludeDeps {
  readonly files: ConfigFiles;
  /** the parsed file; `undefined` where it is missing or cannot be read */
  readonly read: (path: string) => IniFile | undefined;
  readonly mistake: (mistake: ConfigMistake) => void;
  /** told of an include that leads back to itself; it is skipped */
  readonly loop?: (mistake: ConfigMistake) => void;
}

interface Include {
  readonly path: string;
  readonly origin: Origin | undefined;
}

function includesOf(file: IniFile, option: "before" | "after", deps: IncludeDeps): readonly Include[] {
  const tree = new ConfigTree();
  tree.merge(file);
  if (!tree.sections.has("INCLUDES")) return [];
  const value = fetchOption({ tree, section: "INCLUDES" }, option);
  if (value instanceof ConfigMistake) {
    deps.mistake(value);
    return [];
  }
  const lines = value?.lines() ?? [];
  return lines
    .filter((line) => line.text !== "")
    .map((line) => ({ path: joinPath(directoryOf(file.path), line.text), origin: line.originAt() }));
}

class IncludeWalk {
  readonly #deps: IncludeDeps;
  readonly #result: IniFile[] = [];

  constructor(deps: IncludeDeps) {
    this.#deps = deps;
  }

  get result(): readonly IniFile[] {
    return this.#result;
  }

  #visitIncluded({ path, origin }: Include, chain: readonly string[]): void {
    if (chain.includes(path)) {
      this.#deps.loop?.(new ConfigMistake(`${path} is included by what it includes`, origin));
      return;
    }
    this.visit(path, chain);
    if (!path.endsWith(".conf")) return;
    const local = `${path.slice(0, -".conf".length)}.local`;
    if (this.#deps.files.kind(local) !== undefined) this.visit(local, chain);
  }

  visit(path: string, chain: readonly string[]): void {
    const isBounded = chain.length < MAX_INCLUDE_DEPTH && this.#result.length < MAX_FILES;
    if (chain.includes(path) || !isBounded) {
      if (!isBounded) this.#deps.mistake(new ConfigMistake(`too many or too deep includes at ${path}`));
      return;
    }
    const file = this.#deps.read(path);
    if (file === undefined) return;
    const below = [...chain, path];
    for (const include of includesOf(file, "before", this.#deps)) this.#visitIncluded(include, below);
    this.#result.push(file);
    for (const include of includesOf(file, "after", this.#deps)) this.#visitIncluded(include, below);
  }
}

/** The file with all that it includes, in the order of merging: before, itself, after; each included one with its `.local`. */
export function withIncludes(path: string, deps: IncludeDeps): readonly IniFile[] {
  const walk = new IncludeWalk(deps);
  walk.visit(deps.files.resolve(path), []);
  return walk.result;
}
