/**
 * The memory that pages of the file are kept in: enough for an attack, given back after it.
 * @module
 */
import { expect, test, vi } from "vitest";
import { ban, Stage } from "./store-fixture.ts";

test("what is remembered of the file is given back once, when nobody has written between two looks", () => {
  const stage = new Stage();
  const store = stage.open();
  const [database] = stage.connections;
  if (database === undefined) throw new Error("no connection");
  const exec = vi.spyOn(database, "exec");
  const rests = (): number => exec.mock.calls.filter(([sql]) => sql === "PRAGMA shrink_memory").length;
  store.addJail("sshd");
  store.tend();
  expect(rests()).toBe(0);
  store.tend();
  store.tend();
  expect(rests()).toBe(1);
  store.transaction(() => store.saveBan("sshd", ban("192.0.2.1"), 600));
  store.tend();
  expect(rests()).toBe(1);
  store.tend();
  expect(rests()).toBe(2);
  expect(store.currentBans("sshd", stage.now)).toHaveLength(1);
});

test("more pages are kept than SQLite keeps by itself", () => {
  const stage = new Stage();
  stage.open();
  expect(stage.connections[0]?.prepare("PRAGMA cache_size").get()).toEqual({ cache_size: -8000 });
});
