/**
 * The parts of the benchmark, in the order of docs/performance.md.
 * @module
 */
import type { Part } from "./part.ts";
import { bansPart } from "./parts/bans.ts";
import { idlePart } from "./parts/idle.ts";
import { jailsPart } from "./parts/jails.ts";
import { latencyPart } from "./parts/latency.ts";
import { memoryPart } from "./parts/memory.ts";
import { microPart } from "./parts/micro.ts";
import { regexPart } from "./parts/regex.ts";
import { restorePart } from "./parts/restore.ts";
import { serverPart } from "./parts/server.ts";
import { startPart } from "./parts/start.ts";
import { steadyPart } from "./parts/steady.ts";

export const PARTS: readonly Part[] = [
  regexPart,
  serverPart,
  jailsPart,
  bansPart,
  latencyPart,
  restorePart,
  memoryPart,
  idlePart,
  startPart,
  steadyPart,
  microPart,
];
