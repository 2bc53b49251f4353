/**
 * `npm run man`: writes what ships and is made of the helps: packaging/man/gaoler.8 and packaging/completions/gaoler.
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bashCompletion } from "./bash-completion.ts";
import { manPage } from "./man-page.ts";
import { manSources } from "./man-sources.ts";

const packaging = join(import.meta.dirname, "../packaging");
const sources = await manSources();

function write(folder: string, name: string, text: string): void {
  mkdirSync(join(packaging, folder), { recursive: true });
  writeFileSync(join(packaging, folder, name), text);
}

write("man", "gaoler.8", manPage(sources));
write("completions", "gaoler", bashCompletion(sources));
