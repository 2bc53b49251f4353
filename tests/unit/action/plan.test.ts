import { expect, test } from "vitest";
import { planOperation } from "../../../src/action/plan.ts";
import { emptyTicketInfo, ticketInfo } from "../../../src/action/ticket-info.ts";
import { context, sampleAction, sampleBan, sampleInfo } from "./sample.ts";

const families = sampleAction({ actionban: "<set> <family> <ip>", set: "s4", "set?family=inet6": "s6" });

const places = [
  { family: "inet4", id: "192.0.2.1", script: "s4 inet4 192.0.2.1" },
  { family: "inet6", id: "2001:db8::1", script: "s6 inet6 2001:db8::1" },
  { family: "", id: "no-address", script: "s4 None no-address" },
] as const;
for (const { family, id, script } of places) {
  test(`planOperation takes the properties of family '${family}'`, () => {
    expect(planOperation(families, "ban", family, sampleInfo(id))?.script).toBe(script);
  });
}

/** Script of an `actionban` for a ban with captured data. */
function banScript(actionban: string, data: Record<string, string> = {}, id = "198.51.100.1"): string {
  const info = sampleInfo(id, { data: new Map(Object.entries(data)) });
  return planOperation(sampleAction({ actionban }), "ban", "", info)?.script ?? "";
}

// right sides as printed by fail2ban 1.0.2 for the same ban
const values = [
  { script: "<ip> <fid> <family>", result: "198.51.100.1 198.51.100.1 inet4" },
  { script: "<ip-rev>", result: "1.100.51.198." },
  { script: "<ip-host>", result: "None" },
  { script: "<failures> <time> <bantime> <bancount>", result: "2 1795346762.0 600 1" },
  { script: "<restored>", result: "0" },
  {
    script: "<jail.name> <jail.banned>/<jail.found>/<jail.banned_total>/<jail.found_total>",
    result: "j1 1/3/2/4",
  },
  { script: "<ipfailures> <ipjailfailures>", result: "2 2" },
  { script: "<F-USER> <F-ID> <F-PORT> <F-NONE>.", result: "bob me 22 ." },
  { script: "<F-FAILURES>", result: "2" },
  { script: "<user> <f-user> <HOST>", result: "<user> <f-user> <HOST>" },
  { script: "<fq-hostname> <sh-hostname>", result: "host.example.org host" },
  { script: "a<sp>b<br>c", result: "a b\nc" },
  { script: "<name> <actname> <timeout>", result: "j1 a1 60" },
] as const;
for (const { script, result } of values) {
  test(`planOperation gives ${script} its value`, () => {
    expect(banScript(script, { user: "bob", fid: "me", fport: "22" })).toBe(result);
  });
}

test("planOperation prints tickets as Python does", () => {
  const info = sampleInfo("198.51.100.7", {
    at: 1_795_383_584,
    matches: [["", "2026-11-22", " fail user=x'; touch"], "second é"],
    data: new Map([
      ["user", "x'; touch"],
      ["fport", "22"],
    ]),
  });
  const plan = planOperation(
    sampleAction({ actionban: '"<F-*>" "<raw-ticket>" "<matches>"' }),
    "ban",
    "",
    info,
  );
  const matches = `[('', '2026-11-22', " fail user=x'; touch"), 'second é']`;
  expect(plan?.args).toEqual([
    `{'matches': ${matches}, 'failures': 2, 'user': "x'; touch", 'fport': '22'}`,
    `BanTicket: ip=198.51.100.7 time=1795383584.0 bantime=None bancount=1 #attempts=2 matches=${matches}`,
    "2026-11-22 fail user=x'; touch\nsecond é",
  ]);
  expect(plan?.script).toBe(
    'f2bV_F__=$0 f2bV_raw_ticket=$1 f2bV_matches=$2 \n"$f2bV_F__" "$f2bV_raw_ticket" "$f2bV_matches"',
  );
});

test("planOperation names variables as fail2ban does", () => {
  expect(banScript("<F-USER> <F-ID> <F-USER>", { user: "a;b", fid: "c d" })).toBe(
    "f2bV_F_user=$0 f2bV_F_fid=$1 \n$f2bV_F_user $f2bV_F_fid $f2bV_F_user",
  );
});

test("planOperation keeps a variable's name apart from what follows", () => {
  expect(banScript("<F-USER>_x <F-USER>.x", { user: "a;b" })).toBe(
    "f2bV_F_user=$0 \n${f2bV_F_user}_x $f2bV_F_user.x",
  );
});

test("planOperation braces the arguments from the eleventh on", () => {
  const letters = "ABCDEFGHIJKL".split("");
  const data = Object.fromEntries(letters.map((letter) => [letter.toLowerCase(), `$(${letter})`]));
  const script = banScript(letters.map((letter) => `<F-${letter}>`).join(" "), data);
  expect(script).toMatch(/f2bV_F_j=\$9 f2bV_F_k=\$\{10\} f2bV_F_l=\$\{11\} \n/);
});

test("planOperation tells two tags with one variable name apart", () => {
  expect(banScript("<F-A-B> <F-A_B>", { "a-b": "1;", a_b: "2;" })).toBe(
    "f2bV_F_a_b=$0 f2bV_F_a_b_2=$1 \n$f2bV_F_a_b $f2bV_F_a_b_2",
  );
});

test("planOperation uses looked-up values where it gets them", () => {
  const prepared = new Map([
    ["ip-host", "host.example.net"],
    ["ipfailures", "17"],
  ] as const);
  const info = ticketInfo(sampleBan("192.0.2.1"), { ...context, prepared });
  const plan = planOperation(sampleAction({ actionban: "<ip-host> <ipfailures>" }), "ban", "", info);
  expect(plan?.script).toBe("host.example.net 17");
});

test("planOperation gives operations without a ban an empty ticket", () => {
  const definition = sampleAction({
    actionstart: "<family>|<ip>|<failures>|<time>|<bantime>|<bancount>|<restored>|<ip-host>|<ip-rev>|",
  });
  const info = emptyTicketInfo(1_795_383_581.5, context);
  expect(planOperation(definition, "start", "inet6", info)?.script).toBe(
    "inet6||0|1795383581.5|600|0|0|None||",
  );
});

test("planOperation gives check and repair the family and nothing of the ban", () => {
  const definition = sampleAction({
    actioncheck: "<set> <family> <name> <ip>",
    set: "s4",
    "set?family=inet6": "s6",
  });
  expect(planOperation(definition, "check", "inet6", sampleInfo("192.0.2.1"))?.script).toBe(
    "s6 inet6 j1 <ip>",
  );
});

test("planOperation has nothing to run for an empty command", () => {
  expect(planOperation(sampleAction({ actionban: "" }), "ban", "", sampleInfo("192.0.2.1"))).toBeUndefined();
  expect(planOperation(sampleAction({}), "flush", "")).toBeUndefined();
});

test("planOperation repeats a ban by actionban unless there is an actionreban", () => {
  const info = sampleInfo("192.0.2.1");
  expect(planOperation(sampleAction({ actionban: "ban" }), "reban", "", info)?.script).toBe("ban");
  expect(
    planOperation(sampleAction({ actionban: "ban", actionreban: "again" }), "reban", "", info)?.script,
  ).toBe("again");
});

test("planOperation lets a property win over a dynamic tag of the same name", () => {
  const definition = sampleAction({ actionban: "<ip> <matches>", ip: "mine", matches: "a;b" });
  const plan = planOperation(definition, "ban", "", sampleInfo("192.0.2.1"));
  expect(plan).toEqual({ script: "f2bV_matches=$0 \nmine $f2bV_matches", args: ["a;b"], timeout: 60 });
});

test("planOperation prints a ban for ever and a ban time of its own", () => {
  const definition = sampleAction({ actionban: "<bantime> <bancount> <restored>" });
  const forEver = sampleInfo("192.0.2.1", { bantime: -1, bancount: 3, restored: true });
  expect(planOperation(definition, "ban", "", forEver)?.script).toBe("-1 3 1");
});

const insertions = [
  { value: "bob", isRaw: true },
  { value: "a.b:c/d%e+f@g_h-1", isRaw: true },
  { value: "", isRaw: true },
  { value: "-n", isRaw: false },
  { value: "a b", isRaw: false },
  { value: "a=b", isRaw: false },
  { value: "é", isRaw: false },
  { value: "!x", isRaw: false },
  { value: "a,b", isRaw: false },
  { value: "bob\n", isRaw: false },
] as const;
for (const { value, isRaw } of insertions) {
  test(`planOperation puts ${JSON.stringify(value)} into the script ${isRaw ? "as it is" : "by a variable"}`, () => {
    expect(banScript("<F-USER>", { user: value })).toBe(isRaw ? value : "f2bV_F_user=$0 \n$f2bV_F_user");
  });
}
