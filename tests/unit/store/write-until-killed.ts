/**
 * Stores bans one by one up to a number, then all others in one transaction, and tells of each, until it is killed.
 * @module
 */
import { writeSync } from "node:fs";
import { openStore } from "../../../src/store/sqlite-store.ts";

const at = 1_795_348_800;
const store = openStore(process.argv[2] ?? "", { observe: () => undefined, clock: { now: () => at } });
const grouped = Number(process.argv[3]);

function write(from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const id = `id ${i}`;
    const rest = { attempts: 1, data: new Map(), bantime: undefined, bancount: 1, restored: false };
    store.saveBan("j", { id, ip: id, at, matches: ["x".repeat(500)], ...rest }, 600);
    writeSync(1, `${i}\n`);
  }
}

write(1, grouped);
// so much in one transaction that SQLite writes to the file before it is complete
store.transaction(() => write(grouped, 1_000_000));
