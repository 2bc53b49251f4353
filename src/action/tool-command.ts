/**
 * Recognises the commands of firewall tools that put single addresses into sets or take them out, so that they can be given to the tool
 * itself, many at once, instead of a shell each. A recognised command is provably what the shell would have run; everything else
 * stays a script. Knows how these tools read their words, and runs nothing.
 * @module
 */
import { parseAddress } from "../address/address.ts";
import type { Seconds } from "../base/units.ts";
import type { CommandPlan } from "./command-plan.ts";
import { ensuredRule } from "./ensured-rule.ts";
import { plainCommands } from "./plain-commands.ts";

export type Tool = "nft" | "ipset" | "iptables";

/** One address into a set or out of it, or into a chain, in the tool's language: `add element inet t s` and `192.0.2.1`. */
export interface ToolChange {
  readonly head: string;
  /** an address or a network, perhaps with a timeout */
  readonly element: string;
  /** what becomes of it, of a rule */
  readonly tail?: string;
  /** a rule that is there already is not to be there twice */
  readonly isOnce?: boolean;
  /** how the set was made, for an nft that need not read it then ({@link declarationOf}) */
  readonly declaration?: string | undefined;
}

/** What a script does, without a shell, or what several like it do. */
export interface ToolCommand {
  readonly tool: Tool;
  /** the tool as the script calls it */
  readonly program: string;
  readonly changes: readonly ToolChange[];
}

/**
 * How a transaction ended. Refused: the tool has said no, and for all it says nothing has changed. Unknown: there was no tool, or no
 * answer in time; what has changed nobody knows.
 */
export type TransactionOutcome = "done" | "refused" | "unknown";

/** Carries out commands of one program, all or none as far as the tool can. Never rejects. */
export type RunTransaction = (
  commands: readonly ToolCommand[],
  timeout: Seconds,
) => Promise<TransactionOutcome>;

const PROGRAM = /^(?:\/[\w.-]+)*\/?(?:(nft|ipset)|(ip6?tables(?:-nft|-legacy)?))$/;
const ADDRESS = /^[0-9A-Fa-f.:]{2,45}(?:\/\d{1,3})?$/;
const NFT_CHANGE =
  /^(?<head>(?<verb>add|delete) element (?:(?:ip|ip6|inet|arp|bridge|netdev) )?[A-Za-z][\w.-]{0,127} [A-Za-z][\w.-]{0,127}) \{ ?(?<address>[^\s{}]+)(?<timeout> timeout \d{1,9}[smhd]?)? ?\}$/;
const IPSET_EXIST = new Set(["-exist", "--exist", "-!"]);
const IPSET_CHANGE =
  /^(?<head>(?<verb>add|del) [A-Za-z0-9_][\w.:-]{0,30}) (?<address>\S+)(?<timeout> timeout \d{1,10})?$/;
/** A rule for one address, first or last in a chain of the table `filter`, or no more there. What waits for a lock may wait in a batch. */
const RULE_CHANGE =
  /^(?:(?:-w|--wait) (?:\d{1,4} )?)?(?<head>(?<verb>-I|-A|-D) [A-Za-z0-9_][\w.-]{0,28} (?:1 )?(?:-s|-d)) (?<address>\S+) (?<tail>-j [A-Za-z][\w.-]*(?: --reject-with [a-z0-9-]+)?)$/;

interface Reading extends ToolChange {
  readonly verb: string;
}

function read(pattern: RegExp, text: string): Reading | undefined {
  const { head, verb, address, timeout = "", tail } = pattern.exec(text)?.groups ?? {};
  if (head === undefined || verb === undefined || address === undefined) return undefined;
  if (!ADDRESS.test(address) || parseAddress(address) === undefined) return undefined;
  const change = { head, verb, element: address + timeout };
  return tail === undefined ? change : { ...change, tail };
}

/**
 * Only with `-exist`: such a command may be repeated, and has to be where a batch was given up half-way (other than nft's
 * transactions, a batch of ipset is not undone).
 */
function readIpset(words: readonly string[]): Reading | undefined {
  const others = words.filter((word) => !IPSET_EXIST.has(word));
  return others.length === words.length - 1 ? readWords(IPSET_CHANGE, others) : undefined;
}

/** For tools to which a word with a blank in it is something else than two words. */
function readWords(pattern: RegExp, words: readonly string[]): Reading | undefined {
  return words.some((word) => word.includes(" ")) ? undefined : read(pattern, words.join(" "));
}

const READERS: Readonly<Record<Tool, (words: readonly string[]) => Reading | undefined>> = {
  // it joins its words itself before it reads them
  nft: (words) => read(NFT_CHANGE, words.join(" ")),
  ipset: readIpset,
  iptables: (words) => readWords(RULE_CHANGE, words),
};

function toolOf(program: string): Tool | undefined {
  const [, name, iptables] = PROGRAM.exec(program) ?? [];
  if (iptables !== undefined) return "iptables";
  return name === "nft" || name === "ipset" ? name : undefined;
}

/** What a command does without a shell; `undefined` if it needs one, or if that is not certain. */
export function recogniseTool({ script, args, mail }: CommandPlan): ToolCommand | undefined {
  // values that are anything to a shell stand in the arguments
  if (args.length > 0 || mail !== undefined) return undefined;
  const ensured = ensuredRule(script);
  const commands = ensured === undefined ? plainCommands(script) : [ensured];
  const program = commands?.[0]?.[0];
  if (commands === undefined || program === undefined) return undefined;
  const tool = toolOf(program);
  if (tool === undefined || (ensured !== undefined && tool !== "iptables")) return undefined;
  const changes: Reading[] = [];
  for (const [called, ...words] of commands) {
    const change = READERS[tool](words);
    // what is put in and taken out again has an order to it that a batch would not keep
    if (called !== program || change === undefined || change.verb !== (changes[0] ?? change).verb) {
      return undefined;
    }
    changes.push(change);
  }
  const isOnce = ensured === undefined ? {} : { isOnce: true };
  return { tool, program, changes: changes.map(({ verb: _, ...change }) => ({ ...change, ...isOnce })) };
}

/** A recognised command, and the address in it. */
interface Known {
  readonly address: string;
  /** the script around the address */
  readonly parts: readonly string[];
  readonly command: ToolCommand;
}

/** Recognises commands that differ from the last one by the address only at a glance. Hot: per ban and unban. */
export class ToolRecogniser {
  #known: Known | undefined;

  /** @param address what the script is about, as it stands there if it does; its text was made from a parsed one */
  recognise(plan: CommandPlan, address: string): ToolCommand | undefined {
    const known = this.#known;
    if (known !== undefined && plan.args.length === 0 && plan.mail === undefined) {
      // one address means no more to a shell or a tool than another
      if (plan.script === known.parts.join(address)) return exchanged(known, address);
    }
    const command = recogniseTool(plan);
    // a set named after the address is another one for the next
    const isClear =
      ADDRESS.test(address) &&
      command?.changes.every(({ head, tail = "" }) => !`${head} ${tail}`.includes(address));
    this.#known =
      command !== undefined && isClear === true
        ? { address, parts: plan.script.split(address), command }
        : undefined;
    return command;
  }
}

/** The same command for another address. */
function exchanged({ address: old, command }: Known, address: string): ToolCommand {
  const changes = command.changes.map((change) => {
    const { element } = change;
    const isAbout = element === old || element.startsWith(`${old} `);
    return { ...change, element: isAbout ? address + element.slice(old.length) : element };
  });
  return { tool: command.tool, program: command.program, changes };
}

/** Changes of one set. */
interface SetChanges {
  readonly head: string;
  readonly declaration: string | undefined;
  readonly elements: string[];
}

/** Changes as one command for each set, in the order of the sets' first changes. */
function bySet(commands: readonly ToolCommand[]): readonly SetChanges[] {
  const sets: SetChanges[] = [];
  let last: SetChanges | undefined;
  for (const { changes } of commands) {
    for (const { head, element, declaration } of changes) {
      // mostly they are all of the same
      if (last?.head !== head || last.declaration !== declaration) {
        last = sets.find((set) => set.head === head && set.declaration === declaration) ?? {
          head,
          declaration,
          elements: [],
        };
        if (last.elements.length === 0) sets.push(last);
      }
      last.elements.push(element);
    }
  }
  return sets;
}

/** Commands in the language of nft, a set at a time. */
export function nftLines(commands: readonly ToolCommand[]): string[] {
  return bySet(commands).map(({ head, declaration, elements }) => {
    const list = `{ ${elements.join(", ")} }`;
    if (declaration === undefined) return `${head} ${list}`;
    return `${head.replace("add element", "add set")} { ${declaration}; elements = ${list}; }`;
  });
}

/** Commands in the language of `ipset restore`. */
export function ipsetLines(commands: readonly ToolCommand[]): string[] {
  return commands.flatMap(({ changes }) => changes.map(({ head, element }) => `${head} ${element} -exist`));
}

/** Commands in the language of `iptables-restore`. */
export function iptablesLines(commands: readonly ToolCommand[]): string[] {
  const rules = commands.flatMap(({ changes }) =>
    changes.map(({ head, element, tail = "" }) => `${head} ${element} ${tail}`),
  );
  return ["*filter", ...rules, "COMMIT"];
}
