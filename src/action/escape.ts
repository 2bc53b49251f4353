/**
 * How values of a ban get into a shell script: harmless ones as text, all others as positional arguments that the script
 * refers to by variables. The one place where text from a log meets a shell. Knows no tags' meaning.
 * @module
 */

/** Text that means itself wherever it stands in a script. A leading dash is left out: it could become an option. */
const HARMLESS = /^(?!-)[A-Za-z0-9_.:/%+@-]*$/;
/** Longest value, bytes: the system takes no argument beyond 128 KiB. */
const MAX_VALUE_BYTES = 100_000;
/** Stands at the end of a value that was cut. */
const CUT_MARK = "\n[...]";

/** Without NUL, which no argument can hold, and no longer than an argument may be. */
function argumentText(value: string): string {
  const text = value.replaceAll("\0", "");
  // a UTF-16 unit has at most three bytes
  if (text.length * 3 <= MAX_VALUE_BYTES) return text;
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= MAX_VALUE_BYTES) return text;
  const head = new TextDecoder().decode(bytes.subarray(0, MAX_VALUE_BYTES));
  // the cut may have gone through a character
  return head.replace(/\uFFFD$/, "") + CUT_MARK;
}

/** The values of one script that travel as arguments. */
export class ScriptValues {
  readonly #nameOfTag = new Map<string, string>();
  readonly #names = new Set<string>();
  readonly #args: string[] = [];

  get args(): readonly string[] {
    return this.#args;
  }

  /**
   * What stands in the script for a tag's value: the value if nothing in it can mean anything to a shell, else a reference
   * to a variable. fail2ban inserts more as it is (blanks, `=`, a leading dash); as a variable such a value splits at
   * blanks in the same way, but never becomes syntax.
   *
   * @param next the character that follows; a letter would lengthen the variable's name, so the name gets braces
   * @see compat B§4.3
   */
  insert(tag: string, value: string, next: string): string {
    if (HARMLESS.test(value) && value.length <= MAX_VALUE_BYTES) return value;
    const name = this.#nameOfTag.get(tag) ?? this.#add(tag, value);
    return /\w/.test(next) ? `\${${name}}` : `$${name}`;
  }

  /** Line that gives the variables their values; empty without any. `${10}` needs its braces, or it were `$1` and a zero. */
  preamble(): string {
    if (this.#args.length === 0) return "";
    const assignments = [...this.#nameOfTag.values()].map(
      (name, index) => `${name}=$${index < 10 ? index : `{${index}}`} `,
    );
    return `${assignments.join("")}\n`;
  }

  #add(tag: string, value: string): string {
    const plain = `f2bV_${tag.replace(/\W/g, "_")}`;
    let name = plain;
    // two tags may come to one name: <F-A-B> and <F-A_B>
    for (let suffix = 2; this.#names.has(name); suffix += 1) name = `${plain}_${suffix}`;
    this.#names.add(name);
    this.#nameOfTag.set(tag, name);
    this.#args.push(argumentText(value));
    return name;
  }
}
