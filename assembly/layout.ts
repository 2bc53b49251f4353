/**
 * Where in the memory of searches lies what several parts of the module share; the same numbers stand in `src/scan/capture-memory.ts`.
 * @module
 */

/** The group places of a search that nobody keeps. */
export const PLACES: usize = 1024;
/** Lines that are searched by one call, what was found in them, and the group places of that. */
export const LINES: usize = 1523712;
export const FOUND: usize = 1524736;
export const LINE_PLACES: usize = 1527808;
/** Bytes of a line, and of what was found in it. */
export const LINE_BYTES: usize = 32;
export const FOUND_BYTES: usize = 32;
