/**
 * Reads `[…]`. A `]` first in the class is a literal, a `-` at either end too.
 * @module
 */
import { parseClassEscape } from "./escapes.ts";
import { lengthOf, type PatternReader } from "./pattern-reader.ts";
import type { CharacterMode, ClassItem, ClassNode } from "./tree.ts";

const single = (codePoint: number): ClassItem => ({ kind: "range", low: codePoint, high: codePoint });

function parseMember(reader: PatternReader, token: string): ClassItem {
  if (!token.startsWith("\\")) return single(token.codePointAt(0) ?? 0);
  const escaped = parseClassEscape(reader, token);
  return escaped.kind === "literal" ? single(escaped.codePoint) : escaped;
}

/**
 * Reads a class whose `[` is taken already.
 *
 * @throws {RegexSyntaxError} as Python words it
 */
export function parseClass(reader: PatternReader, mode: CharacterMode): ClassNode {
  const start = reader.position - 1;
  const unterminated = () => reader.error("unterminated character set", reader.position - start);
  const negated = reader.accept("^");
  const items: ClassItem[] = [];
  for (;;) {
    const token = reader.take();
    if (token === undefined) throw unterminated();
    if (token === "]" && items.length > 0) break;
    const low = parseMember(reader, token);
    if (!reader.accept("-")) {
      items.push(low);
      continue;
    }
    const upTo = reader.take();
    if (upTo === undefined) throw unterminated();
    if (upTo === "]") {
      items.push(low, single(0x2d));
      break;
    }
    const high = parseMember(reader, upTo);
    if (low.kind !== "range" || high.kind !== "range" || high.low < low.low) {
      const back = lengthOf(token) + 1 + lengthOf(upTo);
      throw reader.error(`bad character range ${token}-${upTo}`, back);
    }
    items.push({ kind: "range", low: low.low, high: high.low });
  }
  return { kind: "class", negated, items, ...mode };
}
