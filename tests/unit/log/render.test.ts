/**
 * The exact words of the log.
 * @module
 */
import { expect, test } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { CivilText } from "../../../src/log/civil-text.ts";
import { renderEvent } from "../../../src/log/render.ts";
import { utc } from "../date/fixed-zones.ts";

const civil = new CivilText(utc);

const at = 1_795_346_730.9;
const jail = "sshd";
const id = "192.0.2.1";

const cases: readonly (readonly [event: GaolerEvent, line: string])[] = [
  [
    { type: "failure-found", jail, id, at, attempts: 1, maxretry: 5 },
    "INFO filter [sshd] Found 192.0.2.1 - 2026-11-22 11:25:30",
  ],
  [
    { type: "failure-ignored", jail, id, source: "ignoreself rule", isRepeated: false },
    "INFO filter [sshd] Ignore 192.0.2.1 by ignoreself rule",
  ],
  [
    { type: "failure-ignored", jail, id, source: "ignoreself rule", isRepeated: true },
    "DEBUG filter [sshd] Ignore 192.0.2.1 by ignoreself rule",
  ],
  [
    { type: "banned", jail, id, restored: false, bantime: 600, until: at },
    "NOTICE actions [sshd] Ban 192.0.2.1",
  ],
  [
    { type: "banned", jail, id, restored: true, bantime: 600, until: at },
    "NOTICE actions [sshd] Restore Ban 192.0.2.1",
  ],
  [{ type: "rebanned", jail, id, action: undefined }, "NOTICE actions [sshd] Reban 192.0.2.1"],
  [{ type: "rebanned", jail, id, action: "nft" }, "NOTICE actions [sshd] Reban 192.0.2.1, action 'nft'"],
  [{ type: "already-banned", jail, id, sinceBan: 2.9 }, "DEBUG actions [sshd] 192.0.2.1 already banned"],
  [{ type: "already-banned", jail, id, sinceBan: 3 }, "NOTICE actions [sshd] 192.0.2.1 already banned"],
  [{ type: "already-banned", jail, id, sinceBan: 60 }, "WARNING actions [sshd] 192.0.2.1 already banned"],
  [{ type: "ban-expired-already", jail, id }, "INFO actions [sshd] Ignore 192.0.2.1, expired bantime"],
  [{ type: "unbanned", jail, id, reason: "expired" }, "NOTICE actions [sshd] Unban 192.0.2.1"],
  [{ type: "unbanned", jail, id, reason: "command" }, "NOTICE actions [sshd] Unban 192.0.2.1"],
  [{ type: "unbanned", jail, id, reason: "stop" }, "NOTICE actions [sshd] Repeal Ban 192.0.2.1"],
  [
    { type: "failure-weighed", jail, id, at, bans: 1, weight: 2, isCut: false, isEnough: false },
    "INFO observer [sshd] Found 192.0.2.1, bad - 2026-11-22 11:25:30, 1 # -> 2.0",
  ],
  [
    { type: "failure-weighed", jail, id, at, bans: 9, weight: 3, isCut: true, isEnough: true },
    "INFO observer [sshd] Found 192.0.2.1, bad - 2026-11-22 11:25:30, 9 # -> 3, Ban",
  ],
  [
    { type: "ban-grown", jail, id, bans: 1, lastAt: at, from: 4, to: 8 },
    "INFO observer [sshd] IP 192.0.2.1 is bad: 1 # last 2026-11-22 11:25:30 - incr 4s to 8s",
  ],
  [
    { type: "ban-increased", jail, id, bancount: 2, bantime: 8, until: at },
    "NOTICE observer [sshd] Increase Ban 192.0.2.1 (2 # 8s -> 2026-11-22 11:25:30)",
  ],
  [
    { type: "ban-increased", jail, id, bancount: 3, bantime: -1, until: undefined },
    "NOTICE observer [sshd] Increase Ban 192.0.2.1 (3 # permanent -> infinite)",
  ],
  [
    {
      type: "diagnosed",
      diagnostic: {
        severity: "warning",
        message: "odd",
        origin: { file: "jail.local", line: 3, column: 1 },
        jail,
        remedy: "x",
      },
    },
    "WARNING server [sshd] jail.local:3:1: odd; try: x",
  ],
];
for (const [event, line] of cases) {
  test(`the log says ${line}`, () => {
    const { level, logger, text } = renderEvent(event, civil);
    expect(`${level} ${logger} ${text}`).toBe(line);
  });
}

test("an ID with line breaks and terminal commands cannot forge a log line", () => {
  const evil =
    "x\n2026-11-22 12:00:00,000 fail2ban.actions [1]: NOTICE  [sshd] Ban 192.0.2.9\r\u001b[2J\u2028\u202e";
  const { text } = renderEvent(
    { type: "banned", jail, id: evil, restored: false, bantime: 1, until: at },
    civil,
  );
  expect(text).toBe(
    "[sshd] Ban x\\n2026-11-22 12:00:00,000 fail2ban.actions [1]: NOTICE  [sshd] Ban 192.0.2.9\\r\\x1b[2J\\u2028\\u202e",
  );
});

test("further lines of a message are marked", () => {
  const { text } = renderEvent(
    {
      type: "message",
      level: "ERROR",
      logger: "utils",
      text: "7f -- exec: a\n2026-11-22 NOTICE [sshd] Ban 1\tx\x07\n",
    },
    civil,
  );
  expect(text).toBe("7f -- exec: a\n  | 2026-11-22 NOTICE [sshd] Ban 1\tx\\x07");
});
