/**
 * A set of addresses and networks that answers "is this address in one of them?" in as many steps as there are
 * different prefix lengths, however many members it has. Knows nothing of names or of what the set is for.
 * @module
 */
import { type Address, bitsOf, type Family } from "./address.ts";

/** Members of one family: the leading bits of each, by prefix length. */
type ByLength = Map<number, Set<bigint>>;

/** The leading bits of an address that a network of this length compares. */
function leadingBits(address: Address, length: number): bigint {
  return address.value >> BigInt(bitsOf(address.family) - length);
}

export class PrefixSet {
  readonly #members: Readonly<Record<Family, ByLength>> = { inet4: new Map(), inet6: new Map() };
  #size = 0;

  /** Members, each address or network once. */
  get size(): number {
    return this.#size;
  }

  add(address: Address): void {
    const byLength = this.#members[address.family];
    const key = leadingBits(address, address.prefix);
    const members = byLength.get(address.prefix);
    if (members === undefined) byLength.set(address.prefix, new Set([key]));
    else if (members.has(key)) return;
    else members.add(key);
    this.#size++;
  }

  /** Removes exactly this address or network. */
  delete(address: Address): boolean {
    const byLength = this.#members[address.family];
    const members = byLength.get(address.prefix);
    if (members === undefined || !members.delete(leadingBits(address, address.prefix))) return false;
    if (members.size === 0) byLength.delete(address.prefix);
    this.#size--;
    return true;
  }

  /** Whether the base address lies in a member; a wider network than the member counts too (A§3.3). */
  has(address: Address): boolean {
    for (const [length, members] of this.#members[address.family]) {
      if (members.has(leadingBits(address, length))) return true;
    }
    return false;
  }
}
