/**
 * Stores a ban, waits for a line on its input, stores another, and tells of both and of all that was said.
 * @module
 */
import { readSync, writeSync } from "node:fs";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { openStore } from "../../../src/store/sqlite-store.ts";

const [, , path = "", begin = "0"] = process.argv;
const start = Number(begin);
let now = start;
const print = (text: string): number => writeSync(1, `${text}\n`);
const observe = (event: GaolerEvent): void => {
  if (event.type === "message") print(`${event.level} ${event.text}`);
};

const store = openStore(path, { observe, clock: { now: () => now } });

function write(id: string): void {
  const rest = {
    attempts: 1,
    matches: [],
    data: new Map(),
    bantime: undefined,
    bancount: 1,
    restored: false,
  };
  store.addJail("j");
  store.saveBan("j", { id, ip: id, at: start, ...rest }, 600);
  const ids = store.currentBans("j", start).map((each) => each.id);
  print(`bans ${ids.join(" ")}, ${store.pendingWrites} waiting`);
}

write("during");
print("-- during");
readSync(0, Buffer.alloc(100));
for (let second = 0; second < 60; second++) {
  now += 1;
  store.tend();
}
write("after");
