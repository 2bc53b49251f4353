/**
 * `ban/fail-counter.ts` and `ban/ban-ledger.ts`: failures of very many IDs, counted in turn as a swarm makes them, and their bans.
 * @module
 */
import { BanLedger } from "../../src/ban/ban-ledger.ts";
import { FailCounter } from "../../src/ban/fail-counter.ts";
import type { CountedFailure } from "../../src/ban/failing-id.ts";
import type { Ticket } from "../../src/ban/ticket.ts";
import { cost, END } from "./micro.ts";

/** Of a swarm, and of a handful who stay in the processor's caches. */
const MANY = 200_000;
const FEW = 500;
const MAXRETRY = 5;
const WEEK = 604_800;

const addressOf = (who: number): string => `${11 + (who >> 16)}.${(who >> 8) & 255}.${who & 255}.7`;

/** As a filter makes it: the texts are cut from longer ones. */
function failureOf(who: number): CountedFailure {
  const id = addressOf(who);
  const line = `Nov 22 10:00:00 host1 sshd[${1000 + (who % 30_000)}]: Failed password for root from ${id} port ${30_000 + (who % 9999)} ssh2`;
  const data = new Map([
    ["mlfid", line.slice(15, line.indexOf(": ") + 2)],
    ["user", "root"],
    ["ip4", line.slice(line.indexOf("from ") + 5, line.indexOf(" port"))],
  ]);
  return { id, ip: undefined, at: END, matches: [["", line.slice(0, 15), line.slice(15)]], data };
}

const failures = Array.from({ length: MANY }, (_, who) => failureOf(who));
const newCounter = (maxretry = MAXRETRY): FailCounter =>
  new FailCounter({ maxretry, findtime: WEEK, maxmatches: MAXRETRY, seed: 7 });

let counter = newCounter();
cost(`failure counted, the first of each of ${MANY} IDs`, MANY, () => {
  counter = newCounter();
  for (const failure of failures) counter.add(failure, END);
});

counter = newCounter(1e6);
for (const failure of failures) counter.add(failure, END);
cost(`failure counted, another one of each of ${MANY} IDs`, MANY, () => {
  for (const failure of failures) counter.add(failure, END);
});

const few = failures.slice(0, FEW);
counter = newCounter(1e6);
cost(`failure counted, another one of each of ${FEW} IDs`, MANY, () => {
  for (let round = 0; round < MANY / FEW; round += 1) for (const failure of few) counter.add(failure, END);
});

const tickets: Ticket[] = [];
counter = newCounter();
for (const failure of few) {
  for (let left = MAXRETRY; left > 0; left -= 1) {
    const { ticket } = counter.add(failure, END);
    if (ticket !== undefined) tickets.push(ticket);
  }
}
let ledger = new BanLedger({ bantime: WEEK });
cost(`ban entered, ${MANY} in all`, MANY, () => {
  ledger = new BanLedger({ bantime: WEEK, seed: 7 });
  for (let who = 0; who < MANY; who += 1) {
    const ticket = tickets[who % FEW];
    const failure = failures[who];
    if (ticket !== undefined && failure !== undefined)
      ledger.ban({ ...ticket, id: failure.id, ip: failure.id }, END);
  }
});
cost(`ban asked for again, ${MANY} in all`, MANY, () => {
  for (const { id } of failures) if (ledger.has(id)) ledger.nextExpiry();
});
cost(`ban expired, ${MANY} in all`, MANY, () => {
  if (ledger.size === 0)
    for (const failure of failures)
      ledger.ban({ ...failure, ip: failure.id, attempts: 5, bantime: 1, bancount: 0, restored: false }, END);
  while (ledger.expire(END + 2 * WEEK, 500).length > 0);
});
