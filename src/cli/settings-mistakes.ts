/**
 * What is wrong with a configuration beyond what reading it shows: values that are none, regexes that cannot be made. Loaded for a
 * test alone: it takes all that filters are made of.
 * @module
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { foldConfiguration } from "../config/fold.ts";
import type { LoadedConfiguration } from "../config/load.ts";
import { systemLocalZone } from "../exec/local-zone.ts";
import { systemClock } from "../exec/system-clock.ts";
import { compileFilter } from "../filter/line-filter.ts";

/** All mistakes, those that reading it showed first. */
export function settingsMistakes(loaded: LoadedConfiguration): readonly Diagnostic[] {
  const zone = systemLocalZone;
  const present = { zone, startYear: zone.civilAt(systemClock.now()).year };
  const { jails, diagnostics } = foldConfiguration(loaded);
  return [...diagnostics, ...jails.flatMap((settings) => compileFilter(settings, present).diagnostics)];
}
