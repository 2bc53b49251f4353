/**
 * Access rules at Cloudflare, as far as actions ask for them: a server's answers over rules that a test can look at.
 * @module
 */
import type { Asked } from "./programs.ts";

/** An account's access rules, as Cloudflare keeps them: addresses of IPv6 in full, answers with a search's hits. */
export class CloudflareAccount {
  readonly rules = new Map<string, { mode: string; target: string; value: string; notes: string }>();
  readonly seen: Asked[] = [];
  /** without: the search finds all rules, as if it did not know the parameters */
  searches = true;
  /** blanks and line ends in the answer */
  pretty = false;

  readonly answer = (asked: Asked): readonly [number, string] => {
    this.seen.push(asked);
    const { method } = asked;
    const url = new URL(`http://${asked.url}`);
    if (method === "POST") {
      const { mode, notes, configuration } = JSON.parse(asked.body) as {
        mode: string;
        notes: string;
        configuration: { target: string; value: string };
      };
      const value = CloudflareAccount.#full(configuration.value);
      if ([...this.rules.values()].some((rule) => rule.value === value)) return [400, '{"success":false}'];
      const id = `f${"0".repeat(30)}${this.rules.size + 1}`;
      this.rules.set(id, { mode, notes, target: configuration.target, value });
      return [200, '{"success":true}'];
    }
    if (method === "DELETE") {
      return [this.rules.delete(url.pathname.split("/").at(-1) ?? "") ? 200 : 404, '{"success":true}'];
    }
    const wanted = (key: string, value: string): boolean => {
      const asked = url.searchParams.get(key);
      return !this.searches || asked === null || CloudflareAccount.#full(asked) === value;
    };
    const result = [...this.rules].flatMap(([id, { mode, target, value, notes }]) =>
      wanted("configuration.value", value) && wanted("notes", notes) && wanted("mode", mode)
        ? [
            {
              id,
              paused: false,
              notes,
              mode,
              configuration: { target, value },
              scope: { id: "7c5dae5552338874e5053f2534d2767a", type: "user" },
            },
          ]
        : [],
    );
    return [200, JSON.stringify({ result, success: true, errors: [] }, null, this.pretty ? 2 : 0)];
  };

  static #full(text: string): string {
    return text === "2001:db8::7" ? "2001:0db8:0000:0000:0000:0000:0000:0007" : text;
  }

  get values(): string[] {
    return [...this.rules.values()].map(({ target, value }) => `${target} ${value}`);
  }
}
