/**
 * Whether a stranger's words in a line can make the filter take somebody else. A line that the regex was written for gets, where the
 * regex lets a stranger write, the words that it looks for around the host, with another address. What is found was tried.
 * @module
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { UseDns } from "../config/settings.ts";
import type { FilterParts } from "../filter/filter-parts.ts";
import { RegexBudgetError } from "../regex/errors.ts";
import { ExactSearch } from "../regex/exact/exact-search.ts";
import { isAnchored } from "../regex/exact/first-characters.ts";
import type { AnchorNode, Node, RepeatNode } from "../regex/tree.ts";
import { whomTakes } from "./filter-run.ts";
import { BYSTANDER, CULPRIT, type LintCheck, type Proof } from "./finding.ts";
import type { PatternView } from "./pattern-view.ts";
import { type Piece, samplePaths, textOf } from "./sample-paths.ts";

/** What is wrong with one regex, without its place. */
export interface HostFinding extends Pick<Diagnostic, "severity" | "message" | "remedy"> {
  readonly check: LintCheck;
  readonly proof: Proof;
}

/** Lines tried for one regex. */
const MAX_TRIALS = 3000;
/** A name that its owner can give any address of his. */
const NAME_AROUND = `${BYSTANDER}.example.net`;
/** The group that holds the name which a stranger chose. */
const USER = "user";
/** What no regex asks for. */
const AFTERWORD = "\u2026";
/** What may stand around the words in a field, so that the field is not empty before and after. */
const AROUND: readonly (readonly [before: string, after: string])[] = [
  ["", ""],
  ["x ", " x"],
  ["x", "x"],
];

const anchor = (at: AnchorNode["at"]): AnchorNode => ({ kind: "anchor", at, ascii: false });

/** Whether a field may hold a text: each field's regex is compiled once. */
class FieldTexts {
  readonly #searches = new Map<RepeatNode, ExactSearch>();

  mayHold(node: RepeatNode, text: string): boolean {
    const known = this.#searches.get(node);
    const items = [anchor("text-start"), node, anchor("text-end")];
    const search = known ?? new ExactSearch({ kind: "sequence", items }, 0, new Map());
    if (known === undefined) this.#searches.set(node, search);
    try {
      return search.search(text) !== undefined;
    } catch (error) {
      if (!(error instanceof RegexBudgetError)) throw error;
      return false;
    }
  }
}

/** A way through prefregex and failregex together. */
interface Path {
  readonly before: readonly Piece[];
  /** the failregex's own */
  readonly inside: readonly Piece[];
  readonly after: readonly Piece[];
}

const piecesOf = ({ before, inside, after }: Path): readonly Piece[] => [...before, ...inside, ...after];

/** One filter; its regexes are asked about one by one. */
export class HostTrials {
  readonly #parts: FilterParts;
  readonly #usedns: UseDns;
  readonly #prefix: PatternView | undefined;
  readonly #fields = new FieldTexts();
  #left = 0;

  constructor(parts: FilterParts, usedns: UseDns, prefix: PatternView | undefined) {
    this.#parts = parts;
    this.#usedns = usedns;
    this.#prefix = prefix;
  }

  /** What is wrong with a failregex; at most one finding of a kind. */
  findings(view: PatternView): readonly HostFinding[] {
    const found = new Map<LintCheck, HostFinding>();
    const paths = this.#paths(view);
    this.#left = MAX_TRIALS;
    for (const path of paths) {
      for (const finding of this.#ofPath(path, view)) {
        if (!found.has(finding.check)) found.set(finding.check, finding);
      }
    }
    return [...found.values()];
  }

  /** A way through the failregex goes with the first way through the prefregex that fits it. */
  #paths(view: PatternView): readonly Path[] {
    const own = samplePaths(view.root, view.groupNames);
    const prefix = this.#prefix;
    if (prefix === undefined) return own.map((inside) => ({ before: [], inside, after: [] }));
    const around = samplePaths(prefix.root, prefix.groupNames).map((pieces) => {
      const at = pieces.findIndex(({ kind }) => kind === "content");
      // without a content the failregexes search the whole line
      return at < 0 ? undefined : { before: pieces.slice(0, at), after: pieces.slice(at + 1) };
    });
    return own.flatMap((inside) => {
      const whole = around.map((parts) => ({ before: [], after: [], ...parts, inside }));
      const fits = (path: Path): boolean => this.#taken(textOf(piecesOf(path), CULPRIT)) !== undefined;
      return whole.find(fits) ?? whole.slice(0, 1);
    });
  }

  #taken(line: string): string | undefined {
    this.#left -= 1;
    return whomTakes(this.#parts, this.#usedns, line)?.host;
  }

  *#ofPath(whole: Path, view: PatternView): Generator<HostFinding> {
    const path = piecesOf(whole);
    if (!path.some(({ kind }) => kind === "host")) return;
    const line = textOf(path, CULPRIT);
    const taken = this.#taken(line);
    if (taken !== CULPRIT) {
      if (taken !== undefined && isPartOf(taken, CULPRIT)) yield cutHost(line, taken);
      return;
    }
    yield* this.#openHost(path);
    yield* this.#unanchored(whole, view);
    yield* this.#forged(path);
    yield* this.#openEnd(path, view);
  }

  /** Words behind all that the regex looks at, where a greedy loop before the host reaches them. */
  *#openEnd(path: readonly Piece[], view: PatternView): Generator<HostFinding> {
    if (hasEnd(view.root)) return;
    if (this.#taken(`${textOf(path, CULPRIT)} ${AFTERWORD}`) !== CULPRIT) return;
    for (const words of wordsFor(path)) {
      if (this.#left <= 0) return;
      const line = `${textOf(path, CULPRIT)} ${words}`;
      if (this.#taken(line) !== BYSTANDER) continue;
      yield {
        check: "open-end",
        // nobody knows but the service what comes there, and how it is quoted
        severity: "notice",
        message:
          "the regex has no end: if the service writes a stranger's words there, they can be taken for the host",
        proof: { line, outcome: `takes ${BYSTANDER}, though it was ${CULPRIT}` },
        remedy: "say all that the service writes behind the host, and end with '$'",
      };
      return;
    }
  }

  *#openHost(path: readonly Piece[]): Generator<HostFinding> {
    const line = textOf(path, NAME_AROUND);
    if (this.#taken(line) !== BYSTANDER) return;
    yield {
      check: "open-host",
      severity: "warning",
      message: "the host may go on behind what is taken for it",
      proof: { line, outcome: `takes ${BYSTANDER}, where the name ${NAME_AROUND} stands` },
      remedy: "write behind the host what follows it, or '$'",
    };
  }

  *#unanchored({ before, inside, after }: Path, view: PatternView): Generator<HostFinding> {
    const isInsideFree = !isAnchored(view.root);
    if (!isInsideFree && (this.#prefix === undefined || isAnchored(this.#prefix.root))) return;
    const around = (words: string): string => textOf(before, CULPRIT) + words + textOf(after, CULPRIT);
    const forged = textOf(inside, BYSTANDER);
    const lines = isInsideFree
      ? ["x ", "x"].flatMap((lead) => [
          around(`${lead}${forged} ${textOf(inside, CULPRIT)}`),
          around(`${CULPRIT} said ${lead}${forged}`),
        ])
      : ["x ", "x"].map((lead) => `${CULPRIT} said ${lead}${around(forged)}`);
    const line = lines.find((text) => this.#taken(text) === BYSTANDER);
    if (line === undefined) return;
    yield {
      check: "unanchored",
      severity: "warning",
      message: "the regex may begin anywhere: whoever can write into a line can write all that it looks for",
      proof: { line, outcome: `takes ${BYSTANDER}, which a stranger at ${CULPRIT} may have written` },
      remedy: "begin it with '^' and all that the service writes before the host",
    };
  }

  #isAnyWord(node: RepeatNode, words: string): boolean {
    const joined = words.replaceAll(" ", "");
    return (
      joined !== words && this.#fields.mayHold(node, joined) && this.#fields.mayHold(node, `\u00e4=${joined}`)
    );
  }

  *#forged(path: readonly Piece[]): Generator<HostFinding> {
    for (const [at, field] of path.entries()) {
      if (field.kind !== "field") continue;
      for (const words of wordsFor(path)) {
        if (this.#left <= 0) return;
        const isHeld = this.#fields.mayHold(field.node, words);
        // a user's name that the regex wants to be one word: few services see to that
        if (!isHeld && !(field.group === USER && this.#isAnyWord(field.node, words))) continue;
        const line = textOf(path.with(at, { kind: "text", text: words }), CULPRIT);
        if (this.#taken(line) !== BYSTANDER) continue;
        if (!isHeld) {
          yield blankedHost(line);
          return;
        }
        yield {
          check: "forged-host",
          severity: "error",
          message: "a stranger's words can be taken for the host",
          proof: { line, outcome: `takes ${BYSTANDER}, though it was ${CULPRIT}` },
          remedy: `let that part of the regex hold nothing that the host follows: not '.', '\\S' or '[^…]' with room for it`,
        };
        return;
      }
    }
  }
}

/** Whether every match ends where the text ends. */
function hasEnd(node: Node): boolean {
  switch (node.kind) {
    case "anchor":
      return node.at === "text-end" || node.at === "last-line-end" || node.at === "line-end";
    case "sequence":
      return node.items.some(hasEnd);
    case "alternation":
      return node.branches.every(hasEnd);
    case "group":
    case "atomic":
      return hasEnd(node.body);
    default:
      return false;
  }
}

/** What a stranger could write if he can write blanks. */
function blankedHost(line: string): HostFinding {
  return {
    check: "blank-host",
    severity: "warning",
    message:
      "if a stranger can write blanks where the regex wants a word, his words can be taken for the host",
    proof: { line, outcome: `takes ${BYSTANDER}, though it was ${CULPRIT}` },
    remedy: "end the regex with '$', and say all that the service writes behind the host",
  };
}

/** What a stranger would write: the words of the line around the host, more or less of them, with another address. */
function* wordsFor(path: readonly Piece[]): Generator<string> {
  for (const [host, piece] of path.entries()) {
    if (piece.kind !== "host") continue;
    const places = path.flatMap((other, index) => (other.kind === "field" ? [index] : []));
    const begins = [host, ...places.filter((index) => index < host).map((index) => index + 1), 0];
    const ends = [host + 1, ...places.filter((index) => index > host), path.length];
    for (const begin of new Set(begins)) {
      for (const end of new Set(ends)) {
        const words = textOf(path.slice(begin, end), BYSTANDER);
        for (const [before, after] of AROUND) yield before + words + after;
      }
    }
  }
}

const isPartOf = (part: string, whole: string): boolean => part !== whole && whole.endsWith(part);

function cutHost(line: string, taken: string): HostFinding {
  return {
    check: "forged-host",
    severity: "error",
    message: "what stands before the host takes its first digits, too",
    proof: { line, outcome: `takes ${taken}, though it was ${CULPRIT}` },
    remedy: "end what stands before the host with a character that no address has",
  };
}
