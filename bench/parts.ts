/**
 * The parts of the benchmark, in the order of docs/performance.md.
 * @module
 */
import type { Part } from "./part.ts";
import { bansPart } from "./parts/bans.ts";
import { latencyPart } from "./parts/latency.ts";
import { regexPart } from "./parts/regex.ts";

export const PARTS: readonly Part[] = [regexPart, bansPart, latencyPart];
