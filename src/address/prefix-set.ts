/**
 * A set of addresses and networks that answers "is this address in one of them?" in as many steps as there are
 * different prefix lengths, however many members it has. Knows nothing of names or of what the set is for.
 * Hot: per failure.
 * @module
 */
import { type Address, bitsOf, type Family } from "./address.ts";

/** The leading bits that a network compares; IPv4's fit into a number, which is cheaper to make and to find. */
type Bits = bigint | number;

/** Members of one family: the leading bits of each, by prefix length. */
type ByLength = Map<number, Set<Bits>>;

/** The leading bits of an address that a network of this length compares. */
function leadingBits(address: Address, length: number): Bits {
  if (address.family === "inet4") return leadingOfQuad(Number(address.value), length);
  return address.value >> BigInt(bitsOf(address.family) - length);
}

function leadingOfQuad(quad: number, length: number): number {
  // a shift by 32 would shift by nothing
  return length === 0 ? 0 : quad >>> (32 - length);
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

  /** As {@link has} for an IPv4 address by its number. */
  hasQuad(quad: number): boolean {
    for (const [length, members] of this.#members.inet4) {
      if (members.has(leadingOfQuad(quad, length))) return true;
    }
    return false;
  }
}
