/**
 * The servers that are measured, as their users start them.
 * @module
 */
import type { BenchContext } from "../part.ts";

export interface ServerProgram {
  readonly name: string;
  /** the command line before its options */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** the configuration that it ships with */
  readonly configuration: string;
}

export const gaolerServer = ({ gaoler, stock }: BenchContext): ServerProgram => ({
  name: "gaoler",
  argv: [gaoler, "server"],
  env: {},
  configuration: stock,
});

export function fail2banServer({ peers: { fail2ban } }: BenchContext): ServerProgram | undefined {
  if (fail2ban === undefined) return undefined;
  const { name, env, configuration } = fail2ban;
  return { name, env, configuration, argv: fail2ban.program("fail2ban-server") };
}
