/**
 * What a failure costs from the filter to the ban: intake, counting, decision, events, log file, database. Neither filter nor
 * firewall. Prints processor time for each failure, the bans, and the memory.
 *
 *     node bench/micro/failures.ts [failures=1000000] [ids=30000] [maxretry=5] [log=on|off] [database=on|off] [order=mixed|rounds] [waits=0]
 *
 * @module
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IgnoreList } from "../../src/ban/ignore-list.ts";
import { JailCore } from "../../src/ban/jail-core.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { GaolerEvent } from "../../src/base/event.ts";
import { newJailSettings } from "../../src/config/apply-command.ts";
import { Enforcer } from "../../src/enforce/enforcer.ts";
import { systemLocalZone } from "../../src/exec/local-zone.ts";
import type { Failure } from "../../src/filter/failure.ts";
import { Annals } from "../../src/jail/annals.ts";
import { Execution } from "../../src/jail/execution.ts";
import { IgnoreCheck } from "../../src/jail/ignore-check.ts";
import { Intake } from "../../src/jail/intake.ts";
import type { JailParts } from "../../src/jail/jail-parts.ts";
import { KeptFailures } from "../../src/jail/kept-failures.ts";
import { Log } from "../../src/log/target.ts";
import { openStore } from "../../src/store/sqlite-store.ts";

const JAIL = "sshd";
/** Bytes of text that lines are cut from. */
const PIECE_CHARS = 16 * 1024;
/** A reader's slice of work; milliseconds. */
const SLICE_MS = 10;

const given = new Map(process.argv.slice(2).map((word) => word.split("=") as [string, string]));
const numberOf = (name: string, otherwise: number): number => Number(given.get(name) ?? otherwise);
const failures = numberOf("failures", 1_000_000);
const ids = numberOf("ids", 30_000);
const maxretry = numberOf("maxretry", 5);
const isInRounds = given.get("order") === "rounds";
const directory = mkdtempSync(join(tmpdir(), "gaoler-failures-"));

/** A number from 0 to 1 that looks like chance and is the same in each run. */
let state = 42;
function chance(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

/** One of seven is an IPv6 address. */
function idOf(who: number): string {
  if (who % 7 === 0) return `2001:db8:${(who >> 16).toString(16)}:${(who & 0xffff).toString(16)}::1`;
  return `${11 + (who >> 24)}.${(who >> 16) & 255}.${(who >> 8) & 255}.${who & 255}`;
}

const clockShift = 0;
const clock: Clock = { now: () => Date.now() / 1000 + clockShift };
const log =
  given.get("log") === "off"
    ? undefined
    : new Log({
        clock,
        zone: systemLocalZone,
        pid: process.pid,
        stdout: process.stdout,
        stderr: process.stderr,
        soon: queueMicrotask,
      });
log?.setTarget(join(directory, "gaoler.log"));
const observe = (event: GaolerEvent): void => {
  log?.write(event);
};
const store =
  given.get("database") === "off"
    ? undefined
    : openStore(join(directory, "gaoler.sqlite3"), { observe, clock, dbmaxmatches: 10 });
store?.addJail(JAIL);

const settings = { ...newJailSettings(JAIL, "polling"), maxretry, maxmatches: maxretry, bantime: 86_400 };
const core = new JailCore({
  ...settings,
  jail: JAIL,
  history: (id, scope) => store?.history(id, scope === "jail" ? JAIL : undefined),
  random: Math.random,
});
const list = new IgnoreList();
for (const entry of ["127.0.0.0/8", "::1", "192.168.0.0/16"]) list.add(entry);
const own = new Set(["127.0.0.1", "::1", "192.0.2.77"]);
const ignoreCheck = new IgnoreCheck(
  list,
  {
    jail: JAIL,
    bantime: settings.bantime,
    ignoreself: true,
    command: undefined,
    cache: undefined,
    prepare: () => Promise.resolve(new Map()),
  },
  {
    clock,
    observe,
    ownAddresses: () => own,
    lastAddressesOf: () => Promise.resolve([]),
    readIfChanged: () => Promise.resolve({ kind: "unchanged" }),
    run: () => Promise.reject(new Error("nothing is run")),
  },
);
// what the intake asks of a jail's parts
const parts = { settings, ignoreCheck } as unknown as JailParts;
const enforcer = new Enforcer({ jail: JAIL, actions: [], clock, observe });
// no slice is told to it: it holds nothing back
const annals = new Annals({ jail: JAIL, clock, observe, store: () => store, written: () => undefined });
const execution = new Execution({
  jail: JAIL,
  annals,
  bans: core.bans,
  enforcer,
  done: () => undefined,
});
const intake = new Intake({
  jail: JAIL,
  ports: { observe, addressesOf: () => Promise.resolve([]) },
  parts: () => parts,
  count: (failure) => execution.carryOut(core.fail(failure, clock.now())),
});
const kept = new KeptFailures(JAIL, core.failures, clock);

/** Failures as a filter makes them: their texts are cut from longer ones. */
function* endless(): Generator<Failure, void> {
  let made = 0;
  while (made < failures) {
    let text = "";
    const shown: string[] = [];
    while (text.length < PIECE_CHARS) {
      const who = isInRounds ? (made + shown.length) % ids : Math.floor(chance() ** 2 * ids);
      const id = idOf(who);
      shown.push(id);
      text += `Nov 23 08:00:00 host1 sshd[${1000 + (made % 30_000)}]: Failed password for invalid user admin from ${id} port ${40_000 + (who % 20_000)} ssh2\n`;
    }
    const lines = text.split("\n");
    const at = Math.floor(clock.now());
    for (const [number, id] of shown.entries()) {
      const line = lines[number] ?? "";
      const from = line.indexOf(" from ") + 6;
      const captured = line.slice(from, from + id.length);
      const data = new Map([
        ["mlfid", line.slice(16, line.indexOf(":", 16))],
        ["user", line.slice(line.indexOf("admin"), from - 6)],
        [id.includes(":") ? "ip6" : "ip4", captured],
      ]);
      const matches = [["", line.slice(0, 15), line.slice(15)]] as const;
      yield { id: captured, host: undefined, ip: undefined, at, matches, data, regexIndex: 0 };
      made += 1;
      if (made === failures) return;
    }
  }
}

const source = endless();
const once = { seconds: 0 };
/** How long the making alone takes, which is not to be counted. */
{
  const began = process.cpuUsage();
  let count = 0;
  for (const _ of endless()) {
    count += 1;
    if (count === 200_000) break;
  }
  const { user, system } = process.cpuUsage(began);
  once.seconds = (user + system) / 1e6 / count;
}

let most = 0;
let longestSave = 0;
let saves = 0;
let savingMs = 0;
function save(): void {
  if (store === undefined) return;
  const began = performance.now();
  store.saveLogPosition(JAIL, "/var/log/auth.log", "0123456789abcdef", taken);
  kept.save(store);
  const took = performance.now() - began;
  longestSave = Math.max(longestSave, took);
  savingMs += took;
  saves += 1;
}

let taken = 0;
const began = process.cpuUsage();
const start = performance.now();
let savedAt = start;
for (let isOver = false; !isOver; ) {
  const slice = (): void => {
    const sliceBegan = performance.now();
    const bans = core.bans.total;
    do {
      for (let n = 0; n < 32; n += 1) {
        const next = source.next();
        if (next.done === true) {
          isOver = true;
          break;
        }
        intake.take(next.value);
        taken += 1;
      }
    } while (!isOver && performance.now() - sliceBegan < SLICE_MS);
    if (core.bans.total > bans || kept.due >= 500 || performance.now() - savedAt > 1000) {
      savedAt = performance.now();
      save();
    }
  };
  if (store === undefined) slice();
  else store.transaction(slice);
  await new Promise((resolve) => setImmediate(resolve));
  most = Math.max(most, process.memoryUsage.rss());
}
store?.transaction(save);
const used = process.cpuUsage(began);
const wait = numberOf("waits", 0);
if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait * 1000));
const seconds = (used.user + used.system) / 1e6;
const perFailure = (all: number): string => ((all / failures) * 1e6).toFixed(2);
const sizeOf = (name: string): string => {
  const bytes = statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0;
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
};
log?.close();
process.stdout.write(
  [
    `${failures} failures of ${ids} IDs: ${perFailure(seconds - once.seconds * failures)} µs of processor each (making them: ${perFailure(once.seconds * failures)})`,
    `bans ${core.bans.size}, counted ${core.failures.current}, forgotten ${core.failures.evicted}`,
    `saves ${saves}, ${savingMs.toFixed(0)} ms in all, longest ${longestSave.toFixed(1)} ms; wall ${((performance.now() - start) / 1000).toFixed(1)} s`,
    `memory at most ${(most / 2 ** 20).toFixed(0)} MiB; log ${sizeOf("gaoler.log")}, database ${sizeOf("gaoler.sqlite3")}`,
    "",
  ].join("\n"),
);
store?.close();
rmSync(directory, { recursive: true, force: true });
