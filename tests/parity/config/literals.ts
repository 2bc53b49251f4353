/**
 * Python literals as data, by way of Python itself.
 * @module
 */
import type { ParityContext } from "../part.ts";

const SCRIPT =
  "import sys,ast,json\nfor l in sys.stdin.read().split('\\n'):\n  if l: print(json.dumps(ast.literal_eval(l)))";

/** The values of Python literals, one a line. */
export async function readLiterals(
  lines: readonly string[],
  { python }: Pick<ParityContext, "python">,
): Promise<readonly unknown[]> {
  if (lines.length === 0) return [];
  const { stdout } = await python(["-c", SCRIPT], { stdin: lines.join("\n") });
  return stdout.split("\n").flatMap((line): unknown[] => (line === "" ? [] : [JSON.parse(line)]));
}
