/** Jails on real files. */
import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeLogSource } from "../../../src/daemon/log-source.ts";
import { Jail } from "../../../src/jail/jail.ts";
import { buildParts } from "../../../src/jail/jail-parts.ts";
import type { JailPorts } from "../../../src/jail/jail-ports.ts";
import { JailStage, settingsOf } from "../jail/stage.ts";
import { temporaryFolder } from "../store/store-fixture.ts";

/** Longest wait for an expected outcome, milliseconds. */
const PATIENCE_MS = 10_000;

const A = "192.0.2.1";
const line = `fail from ${A}\n`;

function jailOn(stage: JailStage, paths: readonly string[]): Jail {
  const ports: JailPorts = {
    ...stage.ports,
    makeSource: (request) => makeLogSource(request, { ...stage.ports }),
  };
  const logpaths = paths.map((pattern) => ({ pattern, tail: false }));
  const { parts } = buildParts(settingsOf({ logpaths, maxretry: 100, backend: "polling" }), ports);
  if (parts === undefined) throw new Error("no parts");
  return new Jail(parts, ports);
}

/** Lets files be looked at and read until so many failures were found. */
async function untilFound(stage: JailStage, count: number): Promise<void> {
  const found = (): number => stage.events.filter(({ type }) => type === "failure-found").length;
  // the files are real: on a busy machine they take their time
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end && found() < count) await stage.pass(0.01);
  expect(found()).toBe(count);
}

test("a restart on real files neither loses nor repeats lines, however soon the stop comes", async () => {
  const stage = new JailStage();
  const log = join(temporaryFolder(), "auth.log");
  writeFileSync(log, line.repeat(3));
  const jail = jailOn(stage, [log]);
  await jail.start();
  await untilFound(stage, 3);
  await jail.stop();
  expect(stage.store?.logPosition("j1", log)).toMatchObject({ position: 3 * line.length });
  appendFileSync(log, line.repeat(2));
  const again = jailOn(stage, [log]);
  await again.start();
  await untilFound(stage, 5);
  await stage.pass(3);
  await again.stop();
  await untilFound(stage, 5);
});

test("a change of the log paths on real files neither loses nor repeats lines", async () => {
  for (const database of [":memory:", undefined]) {
    const stage = new JailStage({ database });
    const folder = temporaryFolder();
    const [one, two] = [join(folder, "one.log"), join(folder, "two.log")];
    writeFileSync(one, line.repeat(3));
    writeFileSync(two, line);
    const jail = jailOn(stage, [one]);
    await jail.start();
    await untilFound(stage, 3);
    await jail.reconfigure(jailOn(stage, [one, two]).parts);
    appendFileSync(one, line);
    await untilFound(stage, 5);
    await jail.stop();
  }
});

test("a log that is rotated away is read to its end, the new one from its beginning", async () => {
  const stage = new JailStage();
  const log = join(temporaryFolder(), "auth.log");
  writeFileSync(log, `first of old\n${line}`);
  const jail = jailOn(stage, [log]);
  await jail.start();
  await untilFound(stage, 1);
  appendFileSync(log, line);
  renameSync(log, `${log}.1`);
  writeFileSync(log, `first of new\n${line}`);
  await untilFound(stage, 3);
  await jail.stop();
  expect(stage.store?.logPosition("j1", log)).toMatchObject({ position: 13 + line.length });
});
