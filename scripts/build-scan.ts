/**
 * `npm run build:scan`: writes src/scan/walk-module.ts anew. A test compares it with its source.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { walkModuleText } from "./walk-source.ts";

writeFileSync(join(import.meta.dirname, "../src/scan/walk-module.ts"), await walkModuleText());
