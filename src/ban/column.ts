/**
 * Columns: what is known of many slots, one number of each. Knows nothing of what the numbers mean.
 * @module
 */

type Column =
  | Float64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

/**
 * The memory of a column for so many numbers, zeros behind those that it has. The column is empty afterwards: what it had held is free at
 * once and does not wait for a garbage collection, which is a long time for something so large.
 */
export function lengthened(column: Column, length: number): ArrayBuffer {
  return column.buffer.transfer(Math.floor(length) * column.BYTES_PER_ELEMENT);
}
