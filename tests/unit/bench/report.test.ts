import { expect, test } from "vitest";
import { jsonOf, type PartReport, partLines, summaryLines } from "../../../bench/report.ts";

const screen = { hasColour: false, columns: undefined };
const reports: PartReport[] = [
  {
    name: "regex",
    seconds: 12.4,
    result: {
      goals: [{ what: "sshd: × fail2ban", unit: "×", better: "more", must: 60, aim: 100, measured: 66 }],
      figures: [{ title: "auth", columns: ["tool", "lines>"], rows: [["gaoler", "1,000"]] }],
      checks: [{ what: "gaoler found 5 lines, fail2ban 6", isRight: false }],
    },
  },
  { name: "bans", seconds: 0, result: { skipped: "no root" } },
];

test("a part shows its goals, the figures behind them, and what was not right", () => {
  expect(reports.flatMap((report) => partLines(report, screen))).toEqual([
    "",
    "regex (12 s)",
    "what                must      aim  measured  verdict",
    "sshd: × fail2ban  ≥ 60 ×  ≥ 100 ×      66 ×  met",
    "",
    "auth",
    "  tool    lines",
    "  gaoler  1,000",
    "",
    "  WRONG  gaoler found 5 lines, fail2ban 6",
    "",
    "bans: skipped: no root",
  ]);
});

test("the summary holds all goals, and names what was left out", () => {
  const lines = summaryLines(reports, screen);
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^regex {2}sshd: × fail2ban .* met$/);
  expect(lines[2]).toBe("bans: skipped: no root");
});

test("for programs there is all of it, with the verdicts", () => {
  const { load, parts } = JSON.parse(jsonOf(reports, { load: 3 }));
  expect(load).toBe(3);
  expect(parts[0].goals[0]).toMatchObject({ measured: 66, verdict: "met" });
  expect(parts[0].figures[0].columns).toEqual(["tool", "lines"]);
  expect(parts[1]).toEqual({ name: "bans", seconds: 0, skipped: "no root" });
});
