/**
 * The version of fail2ban whose behaviour the compatible faces show.
 * @module
 */

/** Answer of `version` and `-V`; scripts compare it. */
export const COMPAT_VERSION = "1.1.0";
