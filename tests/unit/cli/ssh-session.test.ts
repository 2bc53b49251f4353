import { expect, test } from "vitest";
import { type ReadProcess, sessionAddresses } from "../../../src/cli/ssh-session.ts";

/** Processes by number: their parent and what their environment says. */
const processes =
  (table: Readonly<Record<number, readonly [parent: number, environment: string]>>): ReadProcess =>
  (pid, file) => {
    const [parent, environment] = table[pid] ?? [];
    return file === "stat" ? `${pid} (a) b) S ${parent} 1 1` : environment;
  };

const nobody: ReadProcess = () => undefined;

test.each([
  [{}, []],
  [{ SSH_CONNECTION: "203.0.113.9 50000 198.51.100.1 22" }, ["203.0.113.9"]],
  [{ SSH_CLIENT: "203.0.113.9 50000 22" }, ["203.0.113.9"]],
  [
    { SSH_CONNECTION: "fe80::1%eth0 50000 fe80::2%eth0 22", SSH_CLIENT: "2001:DB8::5 1 22" },
    ["fe80::1", "2001:db8::5"],
  ],
  [{ SSH_CONNECTION: "nonsense", SSH_CLIENT: "" }, []],
])("the environment %j says %j", (env, addresses) => {
  expect(sessionAddresses(env, 9, nobody)).toEqual(addresses);
});

test("sudo does not hide the session: the processes above are asked", () => {
  const read = processes({
    9: [8, ""],
    8: [7, "SHELL=/bin/sh\0SSH_CONNECTION=203.0.113.9 1 198.51.100.1 22\0"],
    7: [1, "MY_SSH_CLIENT=192.0.2.1 1 22\0SSH_CLIENT=203.0.113.10 1 22"],
    1: [0, "SSH_CLIENT=192.0.2.2 1 22"],
  });
  expect(sessionAddresses({}, 9, read)).toEqual(["203.0.113.9", "203.0.113.10"]);
});

test("processes that go in a circle are left after a while", () => {
  let asked = 0;
  const read: ReadProcess = (pid, file) => {
    asked += 1;
    return processes({ 5: [6, ""], 6: [5, ""] })(pid, file);
  };
  expect(sessionAddresses({}, 5, read)).toEqual([]);
  expect(asked).toBeLessThan(100);
});

test("the real processes can be looked through", () => {
  expect(Array.isArray(sessionAddresses({}, process.pid))).toBe(true);
});
