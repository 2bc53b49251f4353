/**
 * `set J action A METHOD [JSON]`: a client calls what an action can do, as fail2ban's clients call the methods of its Python class (B§2.3).
 * Knows no jail's settings.
 * @module
 */
import { canonicalId } from "../address/address.ts";
import type { Ban } from "../ban/ticket.ts";
import type { Seconds } from "../base/units.ts";
import { badValue, missingArgument, missingAttribute, missingKey } from "../control/command-error.ts";
import type { WireValue } from "../control/wire-value.ts";
import type { JailAction } from "../enforce/jail-action.ts";
import type { Jail } from "../jail/jail.ts";
import type { JailPorts } from "../jail/jail-ports.ts";

/** Deadline of a command that a client words. */
const BY_HAND_TIMEOUT: Seconds = 60;

/** Methods that need a ban to work with. */
const WITH_BAN: ReadonlySet<string> = new Set(["ban", "unban", "reban", "prolong"]);

/** Methods that make fail2ban forget what it computed before; nothing is kept here that could be stale. */
const FORGETTING: ReadonlySet<string> = new Set(["clearAllParams", "invalidateBanEpoch"]);

type ActionMethod = (action: JailAction, ban: Ban | undefined) => Promise<unknown>;

const withBan =
  (method: "ban" | "unban" | "reban" | "prolong"): ActionMethod =>
  async (action, ban) => {
    if (ban === undefined) throw badValue("aInfo is needed");
    return await action[method](ban);
  };

const ACTION_METHODS: ReadonlyMap<string, ActionMethod> = new Map<string, ActionMethod>([
  ["start", (action) => action.start()],
  ["stop", (action) => action.stop()],
  ["flush", (action) => action.flush()],
  ["reload", (action) => action.reload()],
  ["consistencyCheck", (action) => action.check()],
  ["ban", withBan("ban")],
  ["unban", withBan("unban")],
  ["reban", withBan("reban")],
  ["prolong", withBan("prolong")],
]);

/** A ban made of the `aInfo` that a client sends: `{"aInfo": {"ip": "192.0.2.1", …}}` (B§2.3). */
function banOfInfo(json: string, now: number): Ban {
  const given: unknown = JSON.parse(json);
  const info: unknown = typeof given === "object" && given !== null && "aInfo" in given ? given.aInfo : given;
  const ip = typeof info === "object" && info !== null && "ip" in info ? String(info.ip) : "";
  return {
    id: canonicalId(ip),
    ip: canonicalId(ip),
    at: now,
    attempts: 0,
    matches: [],
    data: new Map(),
    bantime: undefined,
    bancount: 1,
    restored: false,
  };
}

interface ActionCall {
  readonly action: string;
  readonly method: string;
  /** its argument */
  readonly json: string | undefined;
}

/**
 * Carries a call out, in turn with the jail's own bans.
 *
 * @throws {CommandError} no such action or method, or not with such an argument
 */
export async function callAction(
  jail: Jail,
  { action, method, json }: ActionCall,
  { clock, run }: Pick<JailPorts, "clock" | "run">,
): Promise<WireValue> {
  if (!jail.runners.has(action)) throw missingKey(`Invalid Action name: ${action}`);
  if (method === "executeCmd") return await runByHand(json, run);
  if (FORGETTING.has(method)) return null;
  const work = ACTION_METHODS.get(method);
  if (work === undefined) throw missingAttribute(method);
  if (WITH_BAN.has(method) && json === undefined) {
    throw missingArgument(`CommandAction.${method}`, "aInfo");
  }
  const ban = json === undefined ? undefined : banOfInfo(json, clock.now());
  await jail.enforcer.call(action, async (runner) => await work(runner, ban));
  return WITH_BAN.has(method) ? null : true;
}

/** A command as a client words it; it may do what its actions may. @returns whether it went well */
async function runByHand(json: string | undefined, run: JailPorts["run"]): Promise<boolean> {
  const given: unknown = json === undefined ? undefined : JSON.parse(json);
  const script =
    typeof given === "object" && given !== null && "realCmd" in given ? given.realCmd : undefined;
  if (typeof script !== "string") throw missingArgument("CommandAction.executeCmd", "realCmd");
  const { code } = await run({ script, args: [], timeout: BY_HAND_TIMEOUT });
  return code === 0;
}
