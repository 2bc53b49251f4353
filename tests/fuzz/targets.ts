/**
 * All targets.
 * @module
 */
import type { FuzzTarget } from "./fuzz-target.ts";
import { COMMAND_TARGETS } from "./targets/commands.ts";
import { CONFIGURATION_TARGETS } from "./targets/configuration.ts";
import { FAST_PATH_TARGETS } from "./targets/fast-path.ts";
import { LINE_TARGETS } from "./targets/lines.ts";
import { SCAN_TARGETS } from "./targets/scan.ts";

export const TARGETS: readonly FuzzTarget[] = [
  ...CONFIGURATION_TARGETS,
  ...LINE_TARGETS,
  ...FAST_PATH_TARGETS,
  ...SCAN_TARGETS,
  ...COMMAND_TARGETS,
];
