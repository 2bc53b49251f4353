/**
 * Where the code is kept that V8 made of the bundle's parts: by the machine's kind, the version of the runtime, and what the runtime was told
 * on its command line, for V8 takes no code that was made under other flags.
 * @module
 */
import { join } from "node:path";

/** Flags that change no code. */
const WITHOUT_MEANING = "--disable-warning";

/** The directory for code made and used by this very process. */
export function codeDirectory(bundle: string): string {
  const flags = process.execArgv.filter((flag) => !flag.startsWith(WITHOUT_MEANING));
  const words = [process.arch, process.version, ...flags.map((flag) => flag.replace(/^--/, ""))];
  return join(bundle, "../code", words.join(",").replaceAll(/[^\w.,=-]/g, "_"));
}
