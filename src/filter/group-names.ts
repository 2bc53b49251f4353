/**
 * The names of groups in their order, shared by all that have the same: what one more name, or one less, makes of them is worked out
 * once, and so is where the names stand that are asked for with every line. Names are those of regexes and few others.
 * Knows no values.
 * Hot: per matched line.
 * @module
 */

/** Where the names of a regex are among others. */
export interface Extension {
  readonly names: GroupNames;
  /** by name of the regex */
  readonly places: readonly number[];
}

/** The one object for equal names: they are compared by where they are. */
function shared(name: string): string {
  const [key = name] = Object.keys({ [name]: 0 });
  return key;
}

export class GroupNames {
  static readonly NONE = new GroupNames([]);

  readonly list: readonly string[];
  // Where these stand, -1 for nowhere (A§2.15, A§2.16).
  readonly fid: number;
  readonly ip4: number;
  readonly ip6: number;
  readonly cidr: number;
  readonly dns: number;
  readonly user: number;
  readonly mlfid: number;
  readonly nofail: number;
  readonly mlfgained: number;
  readonly mlfforget: number;
  readonly users: number;
  #withUsers: GroupNames | undefined;
  readonly #more = new Map<string, GroupNames>();
  readonly #less = new Map<string, GroupNames>();
  readonly #extensions = new WeakMap<readonly string[], Extension>();

  private constructor(list: readonly string[]) {
    this.list = list.map(shared);
    this.fid = list.indexOf("fid");
    this.ip4 = list.indexOf("ip4");
    this.ip6 = list.indexOf("ip6");
    this.cidr = list.indexOf("cidr");
    this.dns = list.indexOf("dns");
    this.user = list.indexOf("user");
    this.mlfid = list.indexOf("mlfid");
    this.nofail = list.indexOf("nofail");
    this.mlfgained = list.indexOf("mlfgained");
    this.mlfforget = list.indexOf("mlfforget");
    this.users = list.indexOf("users");
  }

  static of(list: readonly string[]): GroupNames {
    let names = GroupNames.NONE;
    for (const name of list) names = names.with(name);
    return names;
  }

  indexOf(name: string): number {
    const { list } = this;
    for (let index = 0; index < list.length; index++) if (list[index] === name) return index;
    return -1;
  }

  /** With a new name at the end. */
  with(name: string): GroupNames {
    let more = this.#more.get(name);
    if (more === undefined) {
      more = new GroupNames([...this.list, name]);
      this.#more.set(name, more);
    }
    return more;
  }

  /** With the users of a session, at the end unless they are there. */
  withUsers(): GroupNames {
    if (this.users >= 0) return this;
    this.#withUsers ??= this.with("users");
    return this.#withUsers;
  }

  /** With the names of a regex at the end, as far as they are new. */
  withAll(names: readonly string[]): Extension {
    let extension = this.#extensions.get(names);
    if (extension === undefined) {
      let all: GroupNames = this;
      for (const name of names) if (all.indexOf(name) < 0) all = all.with(name);
      extension = { names: all, places: names.map((name) => all.indexOf(name)) };
      this.#extensions.set(names, extension);
    }
    return extension;
  }

  without(name: string): GroupNames {
    let less = this.#less.get(name);
    if (less === undefined) {
      less = GroupNames.of(this.list.filter((other) => other !== name));
      this.#less.set(name, less);
    }
    return less;
  }
}
