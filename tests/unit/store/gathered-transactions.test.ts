/**
 * Transactions in quick succession become one.
 * @module
 */
import { expect, test } from "vitest";
import { Stage } from "./store-fixture.ts";

const COUNT = "SELECT count(*) AS logs FROM logs";

function gatheringStage() {
  const stage = new Stage();
  const due: (() => void)[] = [];
  const store = stage.open({ later: (work) => due.push(work) });
  store.addJail("sshd");
  let logs = 0;
  /** stores the place of one more log */
  const add = (): void =>
    store.transaction(() => store.saveLogPosition("sshd", `/var/log/${logs++}`, "hash", 1));
  const stored = (): unknown => stage.rows(COUNT)[0]?.["logs"];
  return { stage, store, due, add, stored };
}

test("a transaction after a pause is committed at once, those that follow it closely a moment later", () => {
  const { stage, due, add, stored } = gatheringStage();
  stage.now += 60;
  add();
  expect([stored(), due.length]).toEqual([1, 0]);
  stage.now += 0.01;
  add();
  add();
  expect([stored(), due.length]).toEqual([1, 1]);
  due[0]?.();
  expect(stored()).toBe(3);
  stage.now += 1;
  add();
  expect([stored(), due.length]).toEqual([4, 1]);
});

test("what is gathered is read, joined by single writes, and kept when the store is closed or looked after", () => {
  const { stage, store, add, stored } = gatheringStage();
  stage.now += 60;
  add();
  add();
  store.saveLogPosition("sshd", "/var/log/single", "hash", 7);
  expect(store.logPosition("sshd", "/var/log/single")).toEqual({ hash: "hash", position: 7 });
  expect(stored()).toBe(1);
  store.tend();
  expect(stored()).toBe(3);
  add();
  expect(stored()).toBe(3);
  store.close();
  expect(stored()).toBe(4);
});

test("what was gathered when the file failed waits in memory, and is written once it can be", () => {
  const { stage, store, due, add, stored } = gatheringStage();
  stage.now += 60;
  add();
  add();
  stage.setReadOnly(true);
  add();
  due[0]?.();
  expect(store.logPosition("sshd", "/var/log/1")).toEqual({ hash: "hash", position: 1 });
  stage.setReadOnly(false);
  stage.now += 600;
  store.tend();
  expect(stored()).toBe(3);
});
