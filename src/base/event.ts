/**
 * What can happen in gaoler, as one type. The log line, the screen, the metric and the web stream are readers of this union:
 * to tell something new, add a member.
 * @module
 */
import type { Diagnostic } from "./diagnostic.ts";
import type { EpochSeconds, Seconds } from "./units.ts";

/** Log levels by fail2ban's names (B§1.12). */
export type Level =
  | "CRITICAL"
  | "ERROR"
  | "WARNING"
  | "NOTICE"
  | "INFO"
  | "MSG"
  | "DEBUG"
  | "TRACEDEBUG"
  | "HEAVYDEBUG";

/** fail2ban's logger names without the prefix `fail2ban.` (B§1.13); log watchers read them. */
export type Logger =
  | "server"
  | "actions"
  | "filter"
  | "filterpoll"
  | "filterpyinotify"
  | "filtersystemd"
  | "jail"
  | "observer"
  | "database"
  | "transmitter"
  | "asyncserver"
  | "utils"
  | "ipdns"
  | "failmanager"
  | "banmanager"
  | "datedetector"
  | "CommandAction";

/** Why a ban ended. */
export type UnbanReason = "expired" | "command" | "stop" | "removed";

export type GaolerEvent =
  | {
      readonly type: "failure-found";
      readonly jail: string;
      readonly id: string;
      readonly at: EpochSeconds;
      readonly attempts: number;
      readonly maxretry: number;
    }
  | {
      readonly type: "failure-ignored";
      readonly jail: string;
      readonly id: string;
      readonly source: string;
      /** by the verdict of an earlier failure, which was told (A§3.3) */
      readonly isRepeated: boolean;
    }
  | {
      readonly type: "banned";
      readonly jail: string;
      readonly id: string;
      readonly restored: boolean;
      readonly bantime: Seconds;
      readonly until: EpochSeconds | undefined;
    }
  | {
      readonly type: "rebanned";
      readonly jail: string;
      readonly id: string;
      readonly action: string | undefined;
    }
  | {
      readonly type: "already-banned";
      readonly jail: string;
      readonly id: string;
      readonly sinceBan: Seconds;
    }
  | { readonly type: "ban-expired-already"; readonly jail: string; readonly id: string }
  | { readonly type: "unbanned"; readonly jail: string; readonly id: string; readonly reason: UnbanReason }
  | {
      /** a failure of an ID that was banned before stands for several */
      readonly type: "failure-weighed";
      readonly jail: string;
      readonly id: string;
      readonly at: EpochSeconds;
      /** bans so far */
      readonly bans: number;
      /** how many failures it stands for */
      readonly weight: number;
      /** the weight was cut to what leads to a ban */
      readonly isCut: boolean;
      /** enough for a ban by itself */
      readonly isEnough: boolean;
    }
  | {
      /** a ban will last longer than the jail's, for the bans before */
      readonly type: "ban-grown";
      readonly jail: string;
      readonly id: string;
      /** bans before this one */
      readonly bans: number;
      readonly lastAt: EpochSeconds;
      readonly from: Seconds;
      readonly to: Seconds;
    }
  | {
      readonly type: "ban-increased";
      readonly jail: string;
      readonly id: string;
      readonly bancount: number;
      readonly bantime: Seconds;
      readonly until: EpochSeconds | undefined;
    }
  | {
      /** an action has confirmed a ban or an unban: from here on it is a fact */
      readonly type: "carried-out";
      readonly jail: string;
      readonly id: string;
      readonly action: string;
      readonly operation: "ban" | "unban";
    }
  | { readonly type: "diagnosed"; readonly diagnostic: Diagnostic }
  | { readonly type: "message"; readonly level: Level; readonly logger: Logger; readonly text: string };

/** Takes what happened. Never throws and never waits. */
export type Observe = (event: GaolerEvent) => void;
