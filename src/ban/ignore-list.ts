/**
 * Who is never banned: addresses, networks, names and files of them (A§3.3, the part that needs no network and no disk).
 * Knows the addresses of no name and the text of no file until it is told.
 * Hot: per failure, as far as it is asked about IDs.
 * @module
 */
import { type Address, bitsOf, canonicalId, isInside, parseAddress, quadOf } from "../address/address.ts";
import { PrefixSet } from "../address/prefix-set.ts";
import type { Diagnostic } from "../base/diagnostic.ts";

/** `file:PATH` in the spellings that fail2ban takes. */
const FILE_ENTRY = /^file:(?:\/{0,2}(?=\/(?!\/|.{1,2}\/))|\/{0,2})(.*)$/;

/** What is wrong with an entry that is written like a network and is none; `b/c` may be an ID as a filter finds it. */
function badNetwork(text: string): string | undefined {
  const [base = "", mask = "", ...more] = text.split("/");
  if (!text.includes("/") || !/^[\d.]+$|^[\da-fA-F]*:[\da-fA-F:.]*$/.test(base)) return undefined;
  if (more.length > 0 || parseAddress(base) === undefined) {
    return `'${text}' is no network: there is no address before the slash`;
  }
  if (parseAddress(mask) !== undefined) return `invalid mask '${mask}', no plen representation`;
  return `'${text}' is no network: after the slash stands neither a number nor a mask`;
}

/** fail2ban takes a prefix that is longer than the address for the whole address (A§3.3); hardly what was meant. */
function tooLongPrefix(text: string, { family }: Address): string | undefined {
  const longest = family === "inet4" ? 32 : 128;
  const length = /\/(\d+)$/.exec(text)?.[1];
  if (length === undefined || Number(length) <= longest) return undefined;
  return `'${text}' has a prefix longer than ${longest}`;
}

/** From a file's comment sign to the end of the line. */
const COMMENT = /(?:^|\s)[#;][\s\S]*$/;
/** Entries of a file that are taken before others get their turn. */
const WORDS_BEFORE_PAUSE = 2000;

function* linesOf(text: string): Generator<string, void> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const next = end < 0 ? text.length : end;
    yield text.slice(from, next);
    from = next + 1;
  }
}

interface FileSet {
  /** entries that are no addresses */
  readonly texts: ReadonlySet<string>;
  readonly networks: PrefixSet;
}

/** One jail's ignore list. */
export class IgnoreList {
  /** text of the entry → its address, where it is one */
  readonly #entries = new Map<string, Address | undefined>();
  readonly #networks = new PrefixSet();
  readonly #files = new Map<string, FileSet | undefined>();
  /** entries that are names; made when somebody asks */
  #names: readonly string[] | undefined;

  /** Adds an entry; an empty one and an exact duplicate change nothing. */
  add(text: string): { readonly diagnostic?: Diagnostic } {
    const entry = text.trim();
    if (entry === "") return {};
    const address = parseAddress(entry);
    const key = address?.text ?? entry;
    if (this.#entries.has(key)) {
      return { diagnostic: { severity: "notice", message: `ignoreip has '${key}' twice` } };
    }
    const message = address === undefined ? badNetwork(entry) : undefined;
    if (message !== undefined) {
      return { diagnostic: { severity: "error", message, consequence: "the entry is left out" } };
    }
    this.#names = undefined;
    this.#entries.set(key, address);
    if (address !== undefined) this.#networks.add(address);
    else if (FILE_ENTRY.test(entry)) this.#files.set(entry, undefined);
    const doubt = address === undefined ? undefined : tooLongPrefix(entry, address);
    if (doubt === undefined) return {};
    return { diagnostic: { severity: "warning", message: doubt, consequence: `only ${key} is ignored` } };
  }

  /** Removes an entry, spelled in any form of the same address. */
  remove(text: string): boolean {
    const entry = text.trim();
    const key = this.#entries.has(entry) ? entry : canonicalId(entry);
    const address = this.#entries.get(key);
    if (address !== undefined) this.#networks.delete(address);
    this.#files.delete(key);
    this.#names = undefined;
    return this.#entries.delete(key);
  }

  /** Networks, names and files in the order they were added, then single addresses (B§2.7), in canonical text. */
  entries(): string[] {
    const isSingle = (address: Address | undefined) =>
      address !== undefined && address.prefix === bitsOf(address.family);
    const entries = [...this.#entries];
    return [false, true].flatMap((single) =>
      entries.flatMap(([entry, address]) => (isSingle(address) === single ? [entry] : [])),
    );
  }

  /**
   * Whether the ID is an ignored address, lies in an ignored network, or is written in the list as it is. The last makes what
   * the manual says of raw IDs true (A§7.6).
   */
  check(id: string): "ip" | undefined {
    const quad = quadOf(id);
    if (quad !== undefined) return this.#networks.hasQuad(quad) ? "ip" : undefined;
    const address = parseAddress(id);
    if (address === undefined) return this.#entries.has(id) ? "ip" : undefined;
    return this.#networks.has(address) ? "ip" : undefined;
  }

  /**
   * The entry that would be hit by a ban of the ID: it names the ID, holds the address, or lies in the network that the ID is.
   *
   * @param id canonical
   */
  entryHitBy(id: string): string | undefined {
    const wanted = parseAddress(id);
    if (wanted === undefined) return this.#entries.has(id) ? id : undefined;
    const isSingle = wanted.prefix === bitsOf(wanted.family);
    if (isSingle && !this.#networks.has(wanted)) return undefined;
    for (const [entry, address] of this.#entries) {
      if (address !== undefined && (isInside(wanted, address) || isInside(address, wanted))) return entry;
    }
    return undefined;
  }

  /** Entries that are names: somebody has to look them up and ask `checkResolved`. */
  dnsNames(): readonly string[] {
    this.#names ??= [...this.#entries].flatMap(([entry, address]) =>
      address === undefined && !this.#files.has(entry) ? [entry] : [],
    );
    return this.#names;
  }

  /** Nobody is in it, and nobody has to be asked. */
  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Whether there are `file:` entries. */
  get hasFiles(): boolean {
    return this.#files.size > 0;
  }

  /** Whether the ID is among the addresses of a name of the list. */
  checkResolved(id: string, name: string, addresses: readonly string[]): boolean {
    if (!this.#entries.has(name)) return false;
    const canonical = canonicalId(id);
    return addresses.some((address) => canonicalId(address) === canonical);
  }

  /** `file:` entries and their paths: somebody has to read them and tell `setFile`. */
  files(): readonly { readonly entry: string; readonly path: string }[] {
    return [...this.#files.keys()].map((entry) => ({ entry, path: FILE_ENTRY.exec(entry)?.[1] ?? "" }));
  }

  /** Tells the text of a file, all at once. */
  setFile(entry: string, text: string): void {
    for (const _ of this.takeFile(entry, text));
  }

  /**
   * Takes the text of a file: entries by blank or comma, comments after `#` or `;`. Pauses now and then, for whoever has other
   * things to do; until it comes to its end what was known of the file holds. Does nothing for an entry that is not there.
   */
  *takeFile(entry: string, text: string): Generator<void, void> {
    const texts = new Set<string>();
    const networks = new PrefixSet();
    let words = 0;
    for (const line of linesOf(text)) {
      for (const word of line.replace(COMMENT, "").split(/[\s,]+/)) {
        if (word === "") continue;
        const address = parseAddress(word);
        if (address === undefined) texts.add(word);
        else networks.add(address);
        words += 1;
        if (words % WORDS_BEFORE_PAUSE === 0) yield;
      }
    }
    if (this.#files.has(entry)) this.#files.set(entry, { texts, networks });
  }

  /** The `file:` entry whose file names the ID, an address or a raw one. */
  checkFiles(id: string): string | undefined {
    if (this.#files.size === 0) return undefined;
    const address = parseAddress(id);
    for (const [entry, set] of this.#files) {
      if (set === undefined) continue;
      if (set.texts.has(id) || (address !== undefined && set.networks.has(address))) return entry;
    }
    return undefined;
  }
}
