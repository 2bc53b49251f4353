/**
 * The choice of the backend.
 * @module
 */
import { expect, test } from "vitest";
import { chooseBackend } from "../../../src/backend/select.ts";

const all = { pyinotify: true, polling: true, systemd: true };
const cases = [
  { name: "auto takes inotify", configured: "auto", available: all, kind: "pyinotify" },
  {
    name: "auto goes on to polling",
    configured: "auto",
    available: { ...all, pyinotify: false },
    kind: "polling",
  },
  { name: "any case will do", configured: "Polling", available: all, kind: "polling" },
  {
    name: "systemd keeps its arguments",
    configured: "systemd[journalflags=1, rotated=on]",
    available: all,
    kind: "systemd",
  },
] as const;
for (const { name, configured, available, kind } of cases) {
  test(`chooseBackend: ${name}`, () => {
    expect(chooseBackend(configured, available)).toMatchObject({ kind, notes: [] });
  });
}

test("arguments are given on", () => {
  const choice = chooseBackend(`systemd[journalpath="/a, b", rotated=on][journalflags=4]`, all);
  expect(choice.kind === undefined ? [] : [...choice.options]).toEqual([
    ["journalpath", "/a, b"],
    ["rotated", "on"],
    ["journalflags", "4"],
  ]);
});

test("what cannot be had is replaced with a note", () => {
  expect(chooseBackend("pyinotify", { ...all, pyinotify: false })).toMatchObject({
    kind: "polling",
    notes: ["Could only initiated 'polling' backend whenever 'pyinotify' was requested"],
  });
  expect(chooseBackend("gamin", all)).toMatchObject({
    kind: "pyinotify",
    notes: ["Backend 'gamin' is no longer supported; log files are watched by 'pyinotify' instead"],
  });
});

test("what cannot be replaced is a problem", () => {
  expect(chooseBackend("foo", all)).toEqual({
    kind: undefined,
    problem: "Unknown backend foo. Must be among ['pyinotify', 'polling', 'systemd'] or 'auto'",
  });
  expect(chooseBackend("systemd", { ...all, systemd: false }, "sshd")).toEqual({
    kind: undefined,
    problem: "Failed to initialize any backend for Jail 'sshd'",
  });
});
