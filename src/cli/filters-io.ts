/**
 * What commands that look at filters get of the machine.
 * @module
 */
import type { ConfigFiles } from "../config/config-files.ts";
import type { Outlet } from "./own-face.ts";

export interface FiltersIo extends Outlet {
  readonly files: ConfigFiles;
  /** gaoler's own configuration */
  readonly stockDirectory: string;
  readonly hasColour: boolean;
}
