/**
 * What commands that look at filters get of the machine.
 * @module
 */
import type { ConfigFiles } from "../config/config-files.ts";

export interface FiltersIo {
  readonly files: ConfigFiles;
  /** gaoler's own configuration */
  readonly stockDirectory: string;
  readonly hasColour: boolean;
  out(text: string): void;
  err(text: string): void;
}
