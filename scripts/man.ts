/**
 * `npm run man`: writes packaging/man/gaoler.8.
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manPage } from "./man-page.ts";
import { manSources } from "./man-sources.ts";

const folder = join(import.meta.dirname, "../packaging/man");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "gaoler.8"), manPage(await manSources()));
