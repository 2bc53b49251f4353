/**
 * The process that fuzzes one target: `node child.ts TARGET SEED MS FILE`.
 * @module
 */
import { fuzz } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";
import { TriedInputWriter } from "./tried-input.ts";

const [name, seed, untilMs, path = ""] = process.argv.slice(2);
const target = TARGETS.find((one) => one.name === name);
if (target === undefined) throw new Error(`no target ${name}`);
const tried = new TriedInputWriter(path);
const run = (input: Buffer): string => {
  tried.put(input);
  return target.run(input);
};
process.send?.(fuzz({ ...target, run }, Number(seed), Number(untilMs)), () => process.disconnect());
