/**
 * Stores one ban after another and tells each once it is written, until it is killed.
 * @module
 */
import { writeSync } from "node:fs";
import { openStore } from "../../../src/store/sqlite-store.ts";

const at = 1_795_348_800;
const store = openStore(process.argv[2] ?? "", { observe: () => undefined, clock: { now: () => at } });
for (let i = 1; i < 1_000_000; i++) {
  const matches = ["x".repeat(500)];
  const ban = {
    id: `id ${i}`,
    ip: "",
    at,
    attempts: 1,
    matches,
    data: new Map(),
    bancount: 1,
    restored: false,
  };
  store.saveBan("j", { ...ban, bantime: undefined }, 600);
  writeSync(1, `${i}\n`);
}
