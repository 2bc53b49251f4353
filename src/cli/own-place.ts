/**
 * Where this gaoler is installed: what ships beside its programs is found from here.
 * @module
 */
import { join } from "node:path";

/** The directory of the package; the sources and the bundle of a release lie equally deep in it. */
export const PACKAGE_DIRECTORY = join(import.meta.dirname, "../..");
