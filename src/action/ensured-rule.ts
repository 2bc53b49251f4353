/**
 * Reads the way to have a rule in a chain once: `iptables -C RULE 2>/dev/null || iptables -I RULE`. Without a shell it is a look at the
 * chain, and a rule for those that are not there.
 * @module
 */
import { plainCommands } from "./plain-commands.ts";

const OTHERWISE = " || ";
const UNHEARD = /[ \t]+2>[ \t]?\/dev\/null[ \t]*$/;
const CHECK = /^(?:-C|--check)$/;

/**
 * The words of the command that puts the rule in.
 *
 * @returns `undefined` if the script is anything else, or asks for another rule than it makes
 */
export function ensuredRule(script: string): readonly string[] | undefined {
  const halves = script.split(OTHERWISE);
  const [check = "", make = ""] = halves;
  if (halves.length !== 2 || !UNHEARD.test(check)) return undefined;
  const asked = only(check.replace(UNHEARD, ""));
  const made = only(make);
  if (asked === undefined || made === undefined) return undefined;
  const at = asked.findIndex((word) => CHECK.test(word));
  const verb = made[at];
  if (at < 0 || (verb !== "-I" && verb !== "-A")) return undefined;
  // after the chain a place in it may be named
  const [chain, first, ...rest] = made.slice(at + 1);
  const rule = verb === "-I" && first === "1" ? rest : [first, ...rest];
  const wanted = [...made.slice(0, at), chain, ...rule];
  const known = [...asked.slice(0, at), ...asked.slice(at + 1)];
  const isSame = wanted.length === known.length && wanted.every((word, index) => word === known[index]);
  return isSame ? made : undefined;
}

function only(text: string): readonly string[] | undefined {
  const commands = plainCommands(text);
  return commands?.length === 1 ? commands[0] : undefined;
}
