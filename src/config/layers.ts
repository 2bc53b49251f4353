/**
 * Which files make up a base name such as `jail` or `filter.d/sshd`, and their merged content (A§1.1).
 * @module
 */
import type { ConfigFiles } from "./config-files.ts";
import { ConfigTree } from "./config-tree.ts";
import type { Findings } from "./findings.ts";
import { type IncludeDeps, withIncludes } from "./includes.ts";
import { type IniFile, readIni } from "./ini.ts";
import { joinPath } from "./paths.ts";
import { reprText } from "./python-text.ts";

/** Largest configuration file, characters. */
const MAX_FILE_CHARS = 4 << 20;

const inOrder = (paths: readonly string[]): string[] =>
  paths.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** Merged files of a base name. */
export interface LayersRead {
  readonly tree: ConfigTree;
  readonly isComplete: boolean;
  /** every file could be parsed as it is written */
  readonly isSound: boolean;
  /** the file that stands in for a `.conf` that is not there */
  readonly substitute: string | undefined;
}

/** Reads base names of one directory, each file once. */
export class LayerReader {
  readonly #files: ConfigFiles;
  readonly #findings: Findings;
  readonly #parsed = new Map<string, IniFile | undefined>();
  readonly #deps: IncludeDeps;
  /** what fail2ban would have said of a file and could not yet: it had left the jail that reads it */
  readonly #unsaid = new Map<string, (context: string) => void>();
  #unreadable: string[] = [];
  #context = "";

  constructor(files: ConfigFiles, findings: Findings) {
    this.#files = files;
    this.#findings = findings;
    this.#deps = {
      files,
      read: (path) => this.#read(path),
      mistake: (mistake) => this.#findings.fatalMistake(mistake, "the include is left out"),
      loop: ({ message, origin }) =>
        this.#findings.report({
          severity: "warning",
          message,
          consequence: "the include is skipped",
          ...(origin && { origin }),
        }),
    };
  }

  /** The files of a base name that exist, in the order of merging, without their includes. */
  layers(base: string): readonly string[] {
    const candidates = [
      `${base}.conf`,
      ...inOrder(this.#files.glob(`${base}.d/*.conf`)),
      `${base}.local`,
      ...inOrder(this.#files.glob(`${base}.d/*.local`)),
    ];
    return candidates.filter((path) => {
      const kind = this.#files.kind(path);
      return kind === "file" || kind === "directory";
    });
  }

  /**
   * Reads and merges all files of a base name below a directory.
   *
   * @param base `jail`, `filter.d/NAME`, `action.d/NAME`
   * @param below a directory whose `.conf` stands below it all where this one has none
   * @param context what fail2ban puts before the text for which it gives up
   * @returns `undefined` where no file exists; `isComplete` is false where one could not be read
   */
  read(directory: string, base: string, below?: string, context = ""): LayersRead | undefined {
    this.#context = context;
    const paths = [...this.layers(joinPath(directory, base))];
    const own = joinPath(directory, `${base}.conf`);
    const substitute =
      below === undefined || paths.includes(own) ? undefined : joinPath(below, `${base}.conf`);
    if (substitute !== undefined) paths.unshift(substitute);
    if (paths.length === 0) return undefined;
    this.#unreadable = [];
    const tree = new ConfigTree();
    let isSound = true;
    for (const path of paths) {
      for (const file of withIncludes(path, this.#deps)) {
        tree.merge(file);
        isSound &&= file.failure === undefined;
      }
    }
    const failed = this.#unreadable.filter((path) => paths.includes(path));
    if (failed.length > 0) {
      this.#findings.log("ERROR", "configreader", `Could not read config files: ${failed.join(", ")}`);
    }
    return { tree, isComplete: failed.length === 0, isSound, substitute };
  }

  #read(given: string): IniFile | undefined {
    const path = this.#files.resolve(given);
    if (!this.#parsed.has(path)) this.#parsed.set(path, this.#parse(path));
    const file = this.#parsed.get(path);
    if (!this.#findings.isMuted) {
      this.#unsaid.get(path)?.(this.#context);
      this.#unsaid.delete(path);
    }
    if (file === undefined && this.#files.kind(path) !== undefined) this.#unreadable.push(path);
    return file;
  }

  #parse(path: string): IniFile | undefined {
    const content = this.#files.readText(path);
    if (content === undefined) return undefined;
    const isTooLong = "text" in content && content.text.length > MAX_FILE_CHARS;
    if ("error" in content || isTooLong) {
      const reason = "error" in content ? content.error : `longer than ${MAX_FILE_CHARS} characters`;
      if ("error" in content && content.undecodable === true) {
        const text = `Error decoding config file ${reprText(path)}: ${reason}`;
        this.#unsaid.set(path, () => this.#findings.log("ERROR", "configparserinc", text));
      }
      this.#findings.report({
        severity: "error",
        message: `cannot read ${path}: ${reason}`,
        consequence: "the file is left out",
      });
      return undefined;
    }
    const file = readIni(path, content.text);
    for (const { message, origin, consequence } of file.mistakes) {
      this.#findings.report({ severity: "error", message, origin, consequence });
    }
    const { failure } = file;
    if (failure !== undefined) {
      this.#unsaid.set(path, (context) => this.#findings.giveUp(context + failure));
    }
    return file;
  }
}
