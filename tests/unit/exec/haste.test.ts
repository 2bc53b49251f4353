import { expect, test } from "vitest";
import { Haste } from "../../../src/exec/haste.ts";
import { createRunner } from "../../../src/exec/run-command.ts";

test("once haste begins, a command under way ends soon, and so does one that is started later", async () => {
  const haste = new Haste(50);
  const run = createRunner({ haste });
  const plan = { script: "sleep 60", args: [], timeout: 60 };
  const underWay = run(plan);
  haste.begin();
  expect((await underWay).timedOut).toBe(true);
  expect((await run(plan)).timedOut).toBe(true);
});

test("haste takes nothing from a command that is quick", async () => {
  const haste = new Haste(2000);
  const run = createRunner({ haste });
  const underWay = run({ script: "sleep 0.1; echo done", args: [], timeout: 60 });
  haste.begin();
  expect(await underWay).toMatchObject({ code: 0, stdout: "done\n", timedOut: false });
  expect(haste.limit(100)).toBe(100);
});
