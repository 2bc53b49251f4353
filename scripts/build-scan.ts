/**
 * `npm run build:scan`: writes the modules of src/scan/ anew that are made of assembly/. A test compares them with their sources.
 * @module
 */
import { writeFileSync } from "node:fs";
import { SCAN_MODULES, scanModulePath, scanModuleText } from "./scan-modules.ts";

for (const module of SCAN_MODULES) writeFileSync(scanModulePath(module), await scanModuleText(module));
