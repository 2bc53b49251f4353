/**
 * Soft units: plain numbers fit, the wrong unit does not. A time without a suffix is seconds.
 * @module
 */
declare const unit: unique symbol;

/** A span of time in seconds; fractions allowed. */
export type Seconds = number & { readonly [unit]?: "s" };

/** A moment: seconds since 1970-01-01T00:00:00Z; fractions allowed. */
export type EpochSeconds = number & { readonly [unit]?: "epoch-s" };
