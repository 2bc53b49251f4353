/**
 * Where in the memory of searches lies what several parts of the module share; the same numbers stand in `src/scan/capture-memory.ts`.
 * @module
 */

/** Lines that are searched by one call, what was found in them, and the group places of that. */
export const LINES: usize = 1523712;
export const FOUND: usize = 1527808;
export const LINE_PLACES: usize = 1548288;
/** What the walk over a log has told of lines, and by set of patterns that it may name where the plan lies of what is searched then, 0: it is to be asked. */
export const ITEMS: usize = 1531904;
export const PLANS: usize = 1540096;
/** Bytes of a line, and of what was found in it. */
export const LINE_BYTES: usize = 32;
export const FOUND_BYTES: usize = 32;
/** Bytes of the group places of a line, at most. */
export const LINE_PLACE_BYTES: usize = 4096;
/** Further matches of a line: bytes of what is told of one, before its group places; and instead of one that there is none, or that it is not known. */
export const FURTHER_BYTES: usize = 16;
export const NO_FURTHER: u32 = 0;
export const UNKNOWN_FURTHER: u32 = 1;
