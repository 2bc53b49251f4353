/**
 * One INI file: text → sections of traced values, every mistake with its place (A§1.3).
 * The grammar is that of Python's `configparser` in strict mode with `;` as inline comment.
 * Knows nothing of includes, layers or interpolation.
 * @module
 */
import type { Origin } from "../base/diagnostic.ts";
import { endWithoutBlanks, isBlankAt, reprText, skipBlanks } from "./python-text.ts";
import { TracedText } from "./traced-text.ts";

export interface IniSection {
  readonly name: string;
  readonly origin: Origin;
  /** by name in lower case */
  readonly options: ReadonlyMap<string, TracedText>;
}

export interface IniMistake {
  readonly message: string;
  readonly origin: Origin;
  readonly consequence: string;
}

export interface IniFile {
  readonly path: string;
  /** `[DEFAULT]`, its parts together */
  readonly defaults: ReadonlyMap<string, TracedText>;
  readonly sections: readonly IniSection[];
  readonly mistakes: readonly IniMistake[];
  /** what Python's parser says when it gives up on this file */
  readonly failure: string | undefined;
}

/** Mistakes reported of one file; a file that is no INI file at all need not fill the screen. */
const MAX_MISTAKES = 20;
const HEADER = /^\[(.+)\]/;

interface OpenSection {
  readonly name: string;
  readonly origin: Origin;
  readonly options: Map<string, TracedText[]>;
}

/** Start of the inline comment: a `;` at the beginning or after a blank; -1 if none. */
function inlineComment(line: string): number {
  for (let at = line.indexOf(";"); at !== -1; at = line.indexOf(";", at + 1)) {
    if (at === 0 || isBlankAt(line, at - 1)) return at;
  }
  return -1;
}

class IniReader {
  readonly #path: string;
  readonly #defaults: OpenSection;
  readonly #sections = new Map<string, OpenSection>();
  readonly #mistakes: IniMistake[] = [];
  #parsingErrors = "";
  #failure: string | undefined;
  #section: OpenSection | undefined;
  /** lines of the option being read; `undefined` after a header or a mistake */
  #option: TracedText[] | undefined;
  #indent = 0;
  /** the last line was a mistake: what is indented below it belongs to it */
  #isSkipping = false;

  constructor(path: string) {
    this.#path = path;
    this.#defaults = { name: "DEFAULT", origin: { file: path, line: 1, column: 1 }, options: new Map() };
  }

  #mistake(message: string, origin: Origin, consequence: string): void {
    if (this.#mistakes.length < MAX_MISTAKES) this.#mistakes.push({ message, origin, consequence });
  }

  /** `configparser` stops at the first of these, but lists all lines that it cannot parse. */
  #stop(text: string): void {
    this.#failure ??= text;
  }

  #unparsable(line: string, number: number, origin: Origin, why: string): void {
    const shown = reprText(`${line}\n`);
    this.#parsingErrors += `\n\t[line ${String(number).padStart(2)}]: ${shown}`;
    this.#mistake(why, origin, "the line is left out");
    this.#isSkipping = true;
    this.#option = undefined;
  }

  #header(name: string, number: number, origin: Origin): void {
    this.#option = undefined;
    this.#isSkipping = false;
    if (name === "DEFAULT") {
      this.#section = this.#defaults;
      return;
    }
    const known = this.#sections.get(name);
    if (known === undefined) {
      this.#section = { name, origin, options: new Map() };
      this.#sections.set(name, this.#section);
      return;
    }
    this.#section = known;
    const where = `While reading from ${reprText(this.#path)} [line ${String(number).padStart(2)}]`;
    this.#stop(`${where}: section ${reprText(name)} already exists`);
    this.#mistake(
      `section [${name}] already exists, first in line ${known.origin.line}`,
      origin,
      "both parts are taken together",
    );
  }

  #define(section: OpenSection, name: string, value: TracedText, number: number, origin: Origin): void {
    const before = section.options.get(name);
    if (before !== undefined) {
      const where = `While reading from ${reprText(this.#path)} [line ${String(number).padStart(2)}]`;
      this.#stop(`${where}: option ${reprText(name)} in section ${reprText(section.name)} already exists`);
      const first = before[0]?.originAt()?.line;
      this.#mistake(
        `option '${name}' in section [${section.name}] already exists${first === undefined ? "" : `, first in line ${first}`}`,
        origin,
        "the later value is used",
      );
    }
    this.#option = [value];
    this.#isSkipping = false;
    section.options.set(name, this.#option);
  }

  #statement(line: string, start: number, end: number, number: number): void {
    const origin: Origin = { file: this.#path, line: number, column: start + 1, text: line };
    const content = line.slice(start, end);
    const header = HEADER.exec(content)?.[1];
    if (header !== undefined) {
      this.#header(header, number, origin);
      return;
    }
    const section = this.#section;
    if (section === undefined) {
      this.#stop(
        `File contains no section headers.\nfile: ${reprText(this.#path)}, line: ${number}\n${reprText(`${line}\n`)}`,
      );
      const isMarked = number === 1 && line.startsWith("\ufeff");
      if (!this.#isSkipping) {
        this.#mistake(
          isMarked ? "the file begins with a byte order mark" : "text before the first section",
          origin,
          "the line is left out",
        );
      }
      this.#isSkipping = true;
      const marked = isMarked ? HEADER.exec(content.slice(1))?.[1] : undefined;
      if (marked !== undefined) this.#header(marked, number, origin);
      return;
    }
    const delimiter = content.search(/[=:]/);
    if (delimiter === -1) {
      this.#unparsable(line, number, origin, "neither a section nor 'option = value'");
      return;
    }
    const nameEnd = endWithoutBlanks(content.slice(0, delimiter));
    if (nameEnd === 0) {
      this.#unparsable(line, number, origin, "an option without a name");
      return;
    }
    const valueStart = skipBlanks(content, delimiter + 1);
    const value = TracedText.of(content.slice(valueStart), { ...origin, column: start + valueStart + 1 });
    this.#define(section, content.slice(0, nameEnd).toLowerCase(), value, number, origin);
  }

  line(line: string, number: number): void {
    const start = skipBlanks(line);
    const first = line.charAt(start);
    const isComment = first === "#" || first === ";";
    const comment = isComment ? start : inlineComment(line);
    const end = endWithoutBlanks(comment === -1 ? line : line.slice(0, comment), 0);
    if (end <= start) {
      // an empty line inside a value stays, a comment there vanishes
      if (comment === -1)
        this.#option?.push(TracedText.of("", { file: this.#path, line: number, column: 1 }));
      return;
    }
    const isDeeper = start > this.#indent;
    if (this.#option !== undefined && isDeeper) {
      const origin = { file: this.#path, line: number, column: start + 1, text: line };
      this.#option.push(TracedText.of(line.slice(start, end), origin));
      return;
    }
    if (this.#isSkipping && isDeeper && this.#section !== undefined) return;
    this.#indent = start;
    this.#statement(line, start, end, number);
  }

  finish(): IniFile {
    if (this.#parsingErrors !== "") {
      this.#stop(`Source contains parsing errors: ${reprText(this.#path)}${this.#parsingErrors}`);
    }
    const joined = (section: OpenSection): Map<string, TracedText> => {
      const options = new Map<string, TracedText>();
      for (const [name, lines] of section.options) options.set(name, TracedText.joinLines(lines).stripEnd());
      return options;
    };
    return {
      path: this.#path,
      defaults: joined(this.#defaults),
      sections: [...this.#sections.values()].map((section) => ({
        name: section.name,
        origin: section.origin,
        options: joined(section),
      })),
      mistakes: this.#mistakes,
      failure: this.#failure,
    };
  }
}

/**
 * Reads one file's text. Never throws: what cannot be read is left out and listed in `mistakes`; `failure` is what
 * fail2ban would have died of.
 */
export function readIni(path: string, text: string): IniFile {
  const reader = new IniReader(path);
  const lines = text.split(/\r\n|[\r\n]/);
  if (lines.at(-1) === "") lines.pop();
  for (const [index, line] of lines.entries()) reader.line(line, index + 1);
  return reader.finish();
}
