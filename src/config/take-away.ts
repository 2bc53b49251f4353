/**
 * What `set J del…` takes out of a jail's settings (B§2.3).
 * @module
 */
import { canonicalId } from "../address/address.ts";
import { parsePythonInt } from "./python-text.ts";
import type { JailSettings, StreamWord } from "./settings.ts";

/** @returns the settings without it; a sentence, in the server's words, where it cannot be taken out */
type TakeAway = (settings: JailSettings, words: readonly string[]) => JailSettings | string;

/** A wrong index changes nothing and is no mistake, as in fail2ban. */
function withoutIndex(list: "failregex" | "ignoreregex"): TakeAway {
  return (settings, [word = ""]) => {
    const index = parsePythonInt(word);
    if (index === undefined) return `invalid literal for int() with base 10: '${word}'`;
    if (index < 0 || index >= settings[list].length) return settings;
    return { ...settings, [list]: settings[list].toSpliced(index, 1) };
  };
}

const TAKE_AWAYS: Readonly<Record<string, TakeAway>> = {
  delignoreip: (settings, [entry = ""]) => {
    const same = (other: string): boolean => other === entry || canonicalId(other) === canonicalId(entry);
    const left = settings.ignoreip.filter((other) => !same(other));
    if (left.length === settings.ignoreip.length) return "list.remove(x): x not in list";
    return { ...settings, ignoreip: left };
  },
  dellogpath: (settings, [path]) => ({
    ...settings,
    logpaths: settings.logpaths.filter(({ pattern }) => pattern !== path),
  }),
  delfailregex: withoutIndex("failregex"),
  delignoreregex: withoutIndex("ignoreregex"),
  deljournalmatch: (settings, words) => {
    const match = words.join(" ");
    const left = settings.journalmatch.filter((other) => words.length > 0 && other.join(" ") !== match);
    return { ...settings, journalmatch: left };
  },
  delaction: (settings, [name]) => ({
    ...settings,
    actions: settings.actions.filter((action) => action.name !== name),
  }),
};

/**
 * The settings after `set J OPTION WORDS…` where the option takes something away.
 *
 * @returns `undefined` if it is another option; a sentence where it cannot be done
 */
export function takeAway(
  settings: JailSettings,
  option: string,
  words: readonly StreamWord[],
): JailSettings | string | undefined {
  const change = Object.hasOwn(TAKE_AWAYS, option) ? TAKE_AWAYS[option] : undefined;
  return change?.(
    settings,
    words.map((word) => (typeof word === "string" || typeof word === "number" ? String(word) : "")),
  );
}
