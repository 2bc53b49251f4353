/**
 * What `gaoler doctor` makes of a machine: for each subject what was found, what was chosen, why, and how to change it.
 * Looks at nothing itself.
 * @module
 */
import { basename } from "node:path";
import { chooseBackend } from "../backend/select.ts";
import { IgnoreList } from "../ban/ignore-list.ts";
import type { JailSettings } from "../config/settings.ts";
import type { DoctorFacts } from "./doctor-facts.ts";
import { FAIL2BAN_SOCKET } from "./running-server.ts";

/** `bad`: bans will be missing or the daemon will not start; `look`: somebody should look at it. */
export type CheckState = "ok" | "look" | "bad";

export interface Check {
  readonly subject: string;
  readonly state: CheckState;
  readonly found: string;
  readonly chosen: string;
  readonly why: string;
  readonly change: string;
}

/** A file or journal of a jail takes so many watches: itself and its directory. */
const WATCHES_PER_LOG = 2;
/** Instances of inotify that others on the machine are left. */
const SPARE_INSTANCES = 8;
/** Names of jails shown in one cell. */
const SHOWN_NAMES = 4;

const some = (names: readonly string[]): string => {
  const more = names.length - SHOWN_NAMES;
  const shown = names.slice(0, SHOWN_NAMES).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
};

const orNone = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

const countOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** What an ordinary user cannot write, root may. */
const unwritable = ({ isRoot }: DoctorFacts): CheckState => (isRoot ? "bad" : "look");

/** All subjects but the jails, in the order in which a daemon needs them. */
export function examine(facts: DoctorFacts): readonly Check[] {
  return [
    rights(facts),
    configuration(facts),
    distribution(facts),
    firewall(facts),
    logs(facts),
    inotify(facts),
    database(facts),
    control(facts),
    otherServer(facts),
    ...ownSession(facts),
  ];
}

function rights({ isRoot }: DoctorFacts): Check {
  return {
    subject: "rights",
    state: isRoot ? "ok" : "look",
    found: isRoot ? "root" : "an ordinary user",
    chosen: isRoot ? "bans are real" : "gaoler run bans nothing, it shows what it would do",
    why: "only root may change the firewall and read all logs",
    change: isRoot ? "gaoler run --dry-run" : "sudo gaoler …",
  };
}

function configuration(facts: DoctorFacts): Check {
  const { place, isAsked, isSound, diagnostics, choices, broken } = facts;
  // a jail that is left out has its reason among the diagnostics, mostly
  const errors = Math.max(diagnostics.filter(({ severity }) => severity === "error").length, broken.size);
  const warnings = diagnostics.filter(({ severity }) => severity === "warning").length;
  const left = broken.size === 0 ? "" : `; left out: ${some([...broken.keys()])}`;
  return {
    subject: "configuration",
    state: !isSound || errors > 0 ? "bad" : warnings > 0 ? "look" : "ok",
    found: isSound
      ? `${countOf(errors, "error")}, ${countOf(warnings, "warning")}${left}`
      : "it cannot be read as it is written",
    chosen: place.directory,
    why: place.isStock
      ? `neither /etc/gaoler nor /etc/fail2ban has jails${choices.length === 0 ? "" : `; ${choices.join("; ")}`}`
      : isAsked
        ? "asked for by -c"
        : "the first of /etc/gaoler and /etc/fail2ban that has jails",
    change:
      errors > 0 || !isSound
        ? `gaoler${isAsked ? ` -c ${place.directory}` : ""} -t says what is wrong, and where`
        : "-c DIR, or put jail.local into /etc/gaoler",
  };
}

function distribution({ distribution: own, pathsFile, place }: DoctorFacts): Check {
  const wanted = own === undefined ? undefined : basename(own.file);
  const isOther = wanted !== undefined && pathsFile !== undefined && pathsFile !== wanted;
  return {
    subject: "log paths",
    state: isOther ? "look" : "ok",
    found: own?.name ?? "a system that says not what it is",
    chosen: pathsFile ?? "none: the jails name their logs themselves",
    why: place.isStock ? "it fits the distribution" : "jail.conf includes it",
    change: isOther ? `in jail.conf: before = ${wanted}` : "logpath = … in jail.local",
  };
}

function firewall({ tools, firewall: { wanted, missing }, jails }: DoctorFacts): Check {
  const hasActions = jails.some(({ actions }) => actions.length > 0);
  const present = tools.includes("nft")
    ? "nftables"
    : tools.includes("iptables")
      ? "iptables-multiport"
      : undefined;
  return {
    subject: "firewall",
    state: missing.length > 0 ? "bad" : wanted.length === 0 && jails.length > 0 ? "look" : "ok",
    found: `${orNone(tools)}${missing.length === 0 ? "" : `; missing: ${missing.join(", ")}`}`,
    chosen: wanted.length === 0 ? (hasActions ? "no firewall tool" : "no action at all") : wanted.join(", "),
    why: "the actions of the jails call it",
    change:
      missing.length > 0 && present !== undefined
        ? `banaction = ${present}`
        : missing.length > 0
          ? "apt-get install nftables"
          : "banaction = … in jail.local",
  };
}

function logs({ hasJournal, jails, backends }: DoctorFacts): Check {
  const ofJournal = jails.filter((jail) => backendOf(jail, backends) === "systemd");
  return {
    subject: "logs",
    state: ofJournal.length > 0 && !hasJournal ? "bad" : "ok",
    found: hasJournal ? "files and a journal" : "files, no journal",
    chosen: `${countOf(jails.length - ofJournal.length, "jail")} by files, ${ofJournal.length} by the journal`,
    why: "a jail reads files where they are, else the journal if its filter knows what to look for",
    change: "backend = systemd or backend = auto in the jail",
  };
}

function inotify({ maxWatches, maxInstances, jails, backends, logs: files }: DoctorFacts): Check {
  const watching = jails.filter((jail) => backendOf(jail, backends) === "pyinotify");
  const paths = watching.flatMap(({ logpaths }) =>
    logpaths.flatMap(({ pattern }) => files.get(pattern) ?? [""]),
  );
  const watches = paths.length * WATCHES_PER_LOG;
  const isTight =
    (maxWatches !== undefined && maxWatches < watches) ||
    (maxInstances !== undefined && maxInstances < watching.length + SPARE_INSTANCES);
  return {
    subject: "inotify",
    state: isTight ? "look" : "ok",
    found: `${maxWatches ?? "?"} watches, ${maxInstances ?? "?"} instances allowed to a user`,
    chosen: `${countOf(paths.length, "log")} watched for ${countOf(watching.length, "jail")}`,
    why: isTight ? "there are too few: such logs are looked at once in a while instead" : "there are enough",
    change: "sysctl fs.inotify.max_user_watches=… fs.inotify.max_user_instances=…",
  };
}

function database(facts: DoctorFacts): Check {
  const { dbfile } = facts.server;
  const { state, bytes } = facts.database;
  if (dbfile === undefined || dbfile === ":memory:") {
    return {
      subject: "database",
      state: "look",
      found: "none",
      chosen: dbfile ?? "None",
      why: "dbfile says so",
      change: "dbfile = /var/lib/fail2ban/fail2ban.sqlite3 in fail2ban.local: bans outlive a restart",
    };
  }
  const size = bytes === undefined ? "" : `, ${bytes} bytes`;
  return {
    subject: "database",
    state: state === "no" ? unwritable(facts) : "ok",
    found:
      state === "there"
        ? `there, can be written${size}`
        : state === "no"
          ? `cannot be written${size}`
          : "not there yet, can be made",
    chosen: dbfile,
    why: "dbfile; it is the one of fail2ban, which can take it back",
    change: "dbfile = … in fail2ban.local",
  };
}

function control(facts: DoctorFacts): Check {
  const { socket: state, answering } = facts;
  const { socket } = facts.server;
  const isUp = answering === socket;
  return {
    subject: "control socket",
    state: state === "no" ? unwritable(facts) : "ok",
    found: isUp
      ? "a server answers"
      : state === "no"
        ? "cannot be made"
        : state === "there"
          ? "there, nobody answers"
          : "not there: no server runs",
    chosen: socket,
    why: "socket in fail2ban.conf",
    change: "socket = … in fail2ban.local, or -s FILE",
  };
}

function otherServer({ answering, server: { socket } }: DoctorFacts): Check {
  const isOther = answering !== undefined && answering !== socket;
  return {
    subject: "another server",
    state: isOther ? "bad" : "ok",
    found:
      answering === undefined ? `nobody answers on ${FAIL2BAN_SOCKET}` : `a server answers on ${answering}`,
    chosen:
      answering === undefined
        ? "gaoler can start"
        : isOther
          ? "gaoler must not start"
          : "it is the one of this configuration",
    why: "two servers would undo each other's bans",
    change: answering === undefined ? "gaoler start" : "systemctl stop fail2ban, or gaoler stop",
  };
}

/** Whether the administrator could ban himself. */
function ownSession({ sessions, jails }: DoctorFacts): readonly Check[] {
  return sessions.map((address) => {
    const banning = jails.filter((jail) => !isIgnored(jail, address)).map(({ name }) => name);
    return {
      subject: "your SSH session",
      state: banning.length > 0 ? "look" : "ok",
      found: `it comes from ${address}`,
      chosen: banning.length === 0 ? "never banned" : `may be banned by ${some(banning)}`,
      why: banning.length === 0 ? "it stands in ignoreip" : "it does not stand in ignoreip",
      change: `ignoreip = 127.0.0.1/8 ::1 ${address}`,
    };
  });
}

function isIgnored({ ignoreip }: JailSettings, address: string): boolean {
  const list = new IgnoreList();
  for (const entry of ignoreip) list.add(entry);
  return list.check(address) !== undefined;
}

function backendOf({ backend, name }: JailSettings, available: DoctorFacts["backends"]): string | undefined {
  return chooseBackend(backend, available, name).kind;
}

export interface JailCheck {
  readonly jail: string;
  readonly state: CheckState;
  /** as configured, and what it comes to */
  readonly backend: string;
  readonly chosen: string;
  /** what it reads, or why it cannot run */
  readonly reads: string;
  readonly missing: readonly string[];
}

/** Each jail: its backend, and whether its logs are there. */
export function examineJails(facts: DoctorFacts): readonly JailCheck[] {
  const { jails, broken, backends, logs: files } = facts;
  const running = jails.map((jail): JailCheck => {
    const { name, backend, logpaths } = jail;
    const choice = chooseBackend(backend, backends, name);
    const terms = { jail: name, backend };
    if (choice.kind === undefined)
      return { ...terms, state: "bad", chosen: "none", reads: choice.problem, missing: [] };
    const chosen = choice.kind;
    if (chosen === "systemd") {
      const matches = jail.journalmatch.map((words) => words.join(" ")).join(" or ");
      const state = facts.hasJournal ? "ok" : "bad";
      return {
        ...terms,
        state,
        chosen,
        reads: matches === "" ? "the whole journal" : `journal: ${matches}`,
        missing: [],
      };
    }
    const paths = logpaths.flatMap(({ pattern }) => files.get(pattern) ?? []);
    const missing = logpaths
      .map(({ pattern }) => pattern)
      .filter((pattern) => (files.get(pattern) ?? []).length === 0);
    const reads = paths.length === 0 ? "nothing: no log is there yet, it is waited for" : some(paths);
    return { ...terms, state: paths.length === 0 ? "look" : "ok", chosen, reads, missing };
  });
  const left = [...broken].map(
    ([jail, reads]): JailCheck => ({
      jail,
      state: "bad",
      backend: "",
      chosen: "left out",
      reads,
      missing: [],
    }),
  );
  return [...running, ...left];
}
