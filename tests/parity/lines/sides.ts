/**
 * The same log through the real `fail2ban-regex` and through gaoler's.
 * It does not judge what comes out.
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runRegexCommand } from "../../../src/cli/regex-command.ts";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";
import { systemLocalZone } from "../../../src/exec/local-zone.ts";
import { systemClock } from "../../../src/exec/system-clock.ts";
import type { ParityContext } from "../part.ts";
import type { ByteLine } from "./mutations.ts";

/** A batch may take this long, and this much more for each line. */
const DEADLINE_MS = 6000;
const DEADLINE_MS_PER_LINE = 3;
/** While the line is looked for that hangs the real program, this has to do. */
const SEARCH_DEADLINE_MS = 2000;

export interface Outcome {
  readonly code: number | undefined;
  readonly out: string;
  /** the last thing said on stderr: of an exception its name and value */
  readonly said: string;
}

/** What is tried: REGEX and the options before LOG. */
export interface Trial {
  readonly regex: string;
  readonly options: readonly string[];
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The line as both programs read it: bytes that are no UTF-8 replaced, line ends stripped. */
export const textOf = (line: ByteLine): string =>
  decoder.decode(Buffer.from(line, "latin1")).replace(/[\r\n]+$/, "");

export class Sides {
  readonly #context: ParityContext;
  #files = 0;

  constructor(context: ParityContext) {
    this.#context = context;
  }

  /** Writes the lines into a file of their own. */
  writeLog(lines: readonly ByteLine[]): string {
    const folder = join(this.#context.scratch, "logs");
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${this.#files++ % 64}.log`);
    writeFileSync(path, lines.map((line) => `${line}\n`).join(""), "latin1");
    return path;
  }

  /** @returns `undefined` where the program did not end in time */
  async theirs(
    { regex, options }: Trial,
    log: string,
    count: number,
    isSearch = false,
  ): Promise<Outcome | undefined> {
    const { oracle, scratch } = this.#context;
    const ended = await oracle.run(["fail2ban-regex", "-c", oracle.configuration, ...options, log, regex], {
      timeoutMs: isSearch
        ? SEARCH_DEADLINE_MS + (count * DEADLINE_MS_PER_LINE) / 2
        : DEADLINE_MS + count * DEADLINE_MS_PER_LINE,
      // compiled modules stay with the run: a start costs half as much
      env: { PYTHONDONTWRITEBYTECODE: "", PYTHONPYCACHEPREFIX: join(scratch, "pycache") },
    });
    if (ended.isHung) return undefined;
    return { code: ended.code, out: ended.stdout, said: ended.stderr.trim().split("\n").at(-1) ?? "" };
  }

  async ours({ regex, options }: Trial, log: string): Promise<Outcome> {
    let out = "";
    const code = await runRegexCommand(["-c", this.#context.oracle.configuration, ...options, log, regex], {
      stdout: (text) => {
        out += text;
      },
      stderr: () => {},
      files: nodeConfigFiles,
      clock: systemClock,
      zone: systemLocalZone,
      env: {},
      plain: this.#context.isPlain,
    });
    return { code, out, said: "" };
  }
}
