/**
 * Thirteen days of the same load on a clock of their own: lines through filter, count, ban, end of ban, database and log. Prints, for each
 * day, what it cost and what was held at its end. What would grow shows as a slope.
 *
 *     node --expose-gc bench/steady/days.ts
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LineDecoder } from "../../src/backend/decode.ts";
import { JailCore, type JailEffect } from "../../src/ban/jail-core.ts";
import type { GaolerEvent } from "../../src/base/event.ts";
import { newJailSettings } from "../../src/config/apply-command.ts";
import { LogDetector } from "../../src/detect/log-detector.ts";
import { CivilText } from "../../src/log/civil-text.ts";
import { renderEvent } from "../../src/log/render.ts";
import { openStore } from "../../src/store/sqlite-store.ts";
import { Dice } from "../../tests/dice.ts";
import { utc } from "../../tests/unit/date/fixed-zones.ts";
import { stockFilter } from "../../tests/unit/stock/stock-jails.ts";
import { syslogStamp } from "../corpora/stamps.ts";

const DAYS = 13;
const MINUTES_A_DAY = 1440;
const LINES_A_MINUTE = 60;
const JAIL = "sshd";
const START = Date.UTC(2026, 10, 1) / 1000;
/** Attackers at a time, and after how many minutes one of them is another. */
const ATTACKERS = 40;
const MINUTES_OF_ONE = 3;

let now = START;
let written = 0;
const clock = { now: () => now };
const dice = new Dice(7);
const civil = new CivilText(utc);
const observe = (event: GaolerEvent): void => {
  written += renderEvent(event, civil).text.length;
};
const folder = mkdtempSync(join(tmpdir(), "gaoler-days-"));
const store = openStore(join(folder, "database.sqlite3"), { observe, clock });
store.addJail(JAIL);
const settings = {
  ...newJailSettings(JAIL, "polling"),
  maxretry: 5,
  findtime: 600,
  bantime: 3600,
  maxmatches: 5,
};
const core = new JailCore({ ...settings, jail: JAIL, history: () => undefined, random: () => 0.5 });

function apply(effects: readonly JailEffect[]): void {
  for (const effect of effects) {
    if (effect.type === "tell") observe(effect.event);
    else if (effect.type === "ban") store.saveBan(JAIL, effect.ban, effect.bantime);
  }
}

const detector = new LogDetector({
  jail: JAIL,
  filter: stockFilter("sshd"),
  decoder: new LineDecoder("auto", { observe, clock }),
  clock,
  observe,
  found: ({ id = "", ip, at, matches, data }) => apply(core.fail({ id, ip, at, matches, data }, now)),
});

/** A minute of the log: a third failures, of ever others. */
function minuteOf(minute: number): Buffer {
  const first = Math.floor(minute / MINUTES_OF_ONE);
  const attacker = (): string => {
    const who = first + dice.below(ATTACKERS);
    return `${11 + ((who >> 16) & 63)}.${(who >> 8) & 255}.${who & 255}.9`;
  };
  let text = "";
  for (let line = 0; line < LINES_A_MINUTE; line++) {
    const stamp = syslogStamp(new Date((START + minute * 60 + line) * 1000));
    text += dice.once(3)
      ? `${stamp}sshd[${dice.below(60_000)}]: Failed password for root from ${attacker()} port ${dice.below(60_000)} ssh2\n`
      : `${stamp}CRON[${dice.below(60_000)}]: pam_unix(cron:session): session closed for user root\n`;
  }
  return Buffer.from(text);
}

for (let day = 0; day < DAYS; day++) {
  const begun = process.cpuUsage();
  for (let minute = day * MINUTES_A_DAY; minute < (day + 1) * MINUTES_A_DAY; minute++) {
    now = START + (minute + 1) * 60;
    const bytes = minuteOf(minute);
    store.transaction(() => {
      detector.takeChunk({ path: "/var/log/auth.log", bytes, offset: 0, inOperation: true });
      apply(core.tick(now));
      store.saveLogPosition(JAIL, "/var/log/auth.log", "", minute);
    });
    if (minute % 60 === 0) store.purge(now);
  }
  const { user, system } = process.cpuUsage(begun);
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const held = {
    heap: (heapUsed + external) / 2 ** 20,
    bans: core.bans.size,
    counted: core.failures.current,
  };
  process.stdout.write(`${JSON.stringify({ day: day + 1, cpu: (user + system) / 1e6, ...held, written })}\n`);
}
store.close();
rmSync(folder, { recursive: true, force: true });
