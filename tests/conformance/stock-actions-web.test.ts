/**
 * Stock actions that speak to web services: the requests that a local server gets from the real curl and wget, held to a list, and to
 * those of Debian's package.
 * @module
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ActionTree, OURS, TREES } from "../e2e/actions-jail.ts";
import { sampleBan } from "../unit/action/sample.ts";
import { CloudflareAccount } from "./recorded/cloudflare-account.ts";
import { type Asked, missingClients } from "./recorded/programs.ts";
import { RecordedAction } from "./recorded/recorded-action.ts";
import { recordedPrograms } from "./recorded/recorded-programs.ts";

const [debian = OURS] = TREES;
const lacks = missingClients.map((name) => `no ${name}`);
const suffix = lacks.length === 0 ? "" : ` (skipped: ${lacks.join(", ")})`;
const web = test.skipIf(lacks.length > 0);
const lacksOriginal = [...lacks, ...(debian.missing === "" ? [] : [`no ${debian.missing}`])];
const both = test.skipIf(lacksOriginal.length > 0);
const bothSuffix = lacksOriginal.length === 0 ? "" : ` (skipped: ${lacksOriginal.join(", ")})`;

const programs = recordedPrograms("stock-web");

const actionOf = (item: string, tree: ActionTree = OURS): RecordedAction =>
  new RecordedAction(programs, tree, item);

interface Form {
  readonly request: string;
  readonly fields: Readonly<Record<string, string>>;
}
const formOf = ({ method, url, body }: Asked): Form => ({
  request: `${method} ${url}`,
  fields: Object.fromEntries(new URLSearchParams(body)),
});

const HOSTILE = `Failed password for x'; touch ${"$OUT"}/pwned; $(touch $OUT/pwned) & % + "é" <ip> \\n`;

const REPORTS = {
  abuseipdb: 'abuseipdb[abuseipdb_apikey=KEY, abuseipdb_category="18,22"]',
  blocklist_de: 'blocklist_de[email=f2b@example.org, apikey=KEY, service=ssh, agent="Agent/1"]',
  ipthreat: "ipthreat[ipthreat_apikey=KEY, ipthreat_flags=9]",
} as const;

web(`abuseipdb: address, categories and log lines in a form, the key in a header${suffix}`, async () => {
  const action = actionOf(REPORTS.abuseipdb);
  await action.start();
  await action.ban(sampleBan("2001:db8::7", { matches: ["one", HOSTILE] }));
  await action.unban("2001:db8::7");
  await action.stop();
  const [asked, ...more] = programs.takeAsked();
  if (asked === undefined) throw new Error("no request");
  expect(more).toEqual([]);
  expect(formOf(asked)).toEqual({
    request: "POST api.abuseipdb.com/api/v2/report",
    fields: { ip: "2001:db8::7", categories: "18,22", comment: `one\n${HOSTILE}\n...` },
  });
  expect(asked.headers).toMatchObject({ key: "KEY", accept: "application/json" });
  expect(existsSync(join(programs.directory, "pwned"))).toBe(false);
});

web(`abuseipdb: long lines are cut at a thousand bytes, between characters${suffix}`, async () => {
  await actionOf(REPORTS.abuseipdb).ban(sampleBan("198.51.100.7", { matches: [`x${"é".repeat(2000)}`] }));
  const [asked] = programs.takeAsked();
  const { fields } = formOf(asked ?? { method: "", url: "", headers: {}, body: "" });
  expect(fields["comment"]).toBe(`x${"é".repeat(499)}\n...`);
});

web(`blocklist_de: server, key, service, address and log lines in a form${suffix}`, async () => {
  const action = actionOf(REPORTS.blocklist_de);
  await action.ban(sampleBan("198.51.100.7", { matches: ["one", HOSTILE] }));
  const [asked] = programs.takeAsked();
  if (asked === undefined) throw new Error("no request");
  expect(formOf(asked)).toEqual({
    request: "POST www.blocklist.de/en/httpreports.html",
    fields: {
      server: "f2b@example.org",
      apikey: "KEY",
      service: "ssh",
      ip: "198.51.100.7",
      logs: `one\n${HOSTILE}\n`,
      format: "text",
    },
  });
  expect(asked.headers["user-agent"]).toBe("Agent/1");
  expect(existsSync(join(programs.directory, "pwned"))).toBe(false);
});

web(`ipthreat: address, flags and system in JSON${suffix}`, async () => {
  await actionOf(REPORTS.ipthreat).ban("198.51.100.7");
  const [asked] = programs.takeAsked();
  expect(asked?.method).toBe("POST");
  expect(asked?.url).toBe("api.ipthreat.net/api/report");
  expect(asked?.headers).toMatchObject({ "x-api-key": "KEY", "content-type": "application/json" });
  expect(JSON.parse(asked?.body ?? "")).toEqual({
    ip: "198.51.100.7",
    flags: "9",
    system: "j1",
    notes: "fail2ban",
  });
});

for (const [name, item] of Object.entries(REPORTS)) {
  web(
    `${name}: a ban from the database is not told again; a refusal of the service is a mistake${suffix}`,
    async () => {
      await actionOf(item).ban(sampleBan("198.51.100.7", { restored: true }));
      expect(programs.takeAsked()).toEqual([]);
      programs.answer = () => [403, '{"error":"no such key"}'];
      await expect(actionOf(item).ban("198.51.100.7")).rejects.toThrow("failed");
    },
  );

  both(`${name}: tells the service what the package's action tells it${bothSuffix}`, async () => {
    for (const ip of ["198.51.100.7", "2001:db8::7"]) {
      const told = async (tree: ActionTree): Promise<unknown> => {
        await actionOf(item, tree).ban(ip);
        return programs.takeAsked().map((asked) => [formOf(asked), asked.headers["user-agent"]]);
      };
      expect(await told(OURS)).toEqual(await told(debian));
    }
  });
}

const CLOUDFLARE = [
  [
    "cloudflare[cfuser=ops@example.org, cftoken=T]",
    "user",
    { "x-auth-email": "ops@example.org", "x-auth-key": "T" },
  ],
  ["cloudflare-token[cfzone=Z1, cftoken=T]", "zones/Z1", { authorization: "Bearer T" }],
] as const;

for (const [item, place, headers] of CLOUDFLARE) {
  for (const hasJq of [true, false]) {
    const name = item.replace(/\[.*/, hasJq ? "" : " without jq");
    web(
      `${name}: rules come and go; those of others stay, whatever the search answers${suffix}`,
      async () => {
        const account = new CloudflareAccount();
        programs.answer = account.answer;
        account.pretty = !hasJq;
        account.rules.set("a1", { mode: "block", target: "ip", value: "198.51.100.9", notes: "by hand" });
        const path = hasJq ? undefined : withoutJq();
        const action = new RecordedAction(programs, OURS, item, path);
        await action.ban("198.51.100.7", "2001:db8::7", "203.0.113.0/24", "198.51.100.77");
        const bans = [
          "ip 198.51.100.7",
          "ip6 2001:0db8:0000:0000:0000:0000:0000:0007",
          "ip_range 203.0.113.0/24",
        ];
        expect(account.values).toEqual(["ip 198.51.100.9", ...bans, "ip 198.51.100.77"]);
        expect([...account.rules.values()].at(-1)).toMatchObject({ mode: "block", notes: "Fail2Ban j1" });
        for (const asked of account.seen) {
          expect(asked.url).toMatch(
            new RegExp(`^api\\.cloudflare\\.com/client/v4/${place}/firewall/access_rules/rules`),
          );
          expect(asked.headers).toMatchObject(headers);
        }
        // as after a kill: the rule is there already
        await new RecordedAction(programs, OURS, item, path).ban("198.51.100.7");
        await action.unban("2001:db8::7");
        account.searches = false;
        await action.unban("203.0.113.0/24", "198.51.100.7");
        expect(account.values).toEqual(["ip 198.51.100.9", "ip 198.51.100.77"]);
        account.searches = true;
        // gone already, or somebody else's: nothing to lift
        await action.unban("198.51.100.7", "198.51.100.9");
        expect(account.values).toEqual(["ip 198.51.100.9", "ip 198.51.100.77"]);
        // two of our rules, and a search that does not tell them apart: none goes, and it is said
        account.rules.set("a2", {
          mode: "block",
          target: "ip6",
          value: "2001:0db8::8",
          notes: "Fail2Ban j1",
        });
        account.searches = false;
        await expect(action.unban("2001:db8::7")).rejects.toThrow("failed");
        expect(account.values).toHaveLength(3);
      },
    );
  }

  web(
    `${item}: a refusal of the service is a mistake, and so is an ID that is no address${suffix}`,
    async () => {
      programs.answer = () => [403, '{"success":false}'];
      await expect(actionOf(item).ban("198.51.100.7")).rejects.toThrow("failed");
      programs.takeAsked();
      await expect(actionOf(item).ban('x","mode":"whitelist')).rejects.toThrow("failed");
      expect(programs.takeAsked()).toEqual([]);
    },
  );

  both(`${item}: makes the rules that the package's action makes${bothSuffix}`, async () => {
    const made = async (tree: ActionTree): Promise<unknown> => {
      const action = actionOf(item, tree);
      await action.ban("198.51.100.7", "2001:db8::7");
      return programs.takeAsked().map(({ method, url, body }) => [method, url, JSON.parse(body)]);
    };
    expect(await made(OURS)).toEqual(await made(debian));
  });
}

/** A folder of programs that has all that the action calls but jq. */
function withoutJq(): string {
  const folder = join(programs.directory, "without-jq");
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  for (const name of ["sh", "cat", "tr", "sed", "grep"]) {
    symlinkSync(
      execFileSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim(),
      join(folder, name),
    );
  }
  symlinkSync(join(programs.directory, "programs/curl"), join(folder, "curl"));
  return folder;
}

const NETSCALER = "netscaler[ns_host=ns.example.org, ns_auth=dTpw, ns_dataset=bad]";

web(`netscaler: addresses are bound to a dataset and unbound${suffix}`, async () => {
  const action = actionOf(NETSCALER);
  await action.start();
  await action.ban("198.51.100.7");
  await action.unban("198.51.100.7");
  const asked = programs.takeAsked();
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "GET ns.example.org/nitro/v1/config",
    "PUT ns.example.org/nitro/v1/config/",
    "DELETE ns.example.org/nitro/v1/config/policydataset_value_binding/bad?args=value:198.51.100.7",
  ]);
  for (const { headers } of asked) expect(headers["authorization"]).toBe("Basic dTpw");
  expect(JSON.parse(asked[1]?.body ?? "")).toEqual({
    policydataset_value_binding: { name: "bad", value: "198.51.100.7" },
  });
  programs.answer = () => [401, "{}"];
  await expect(actionOf(NETSCALER).start()).rejects.toThrow("failed");
});

both(`netscaler: asks what the package's action asks${bothSuffix}`, async () => {
  const asked = async (tree: ActionTree): Promise<unknown> => {
    const action = actionOf(NETSCALER, tree);
    await action.start();
    await action.ban("198.51.100.7");
    await action.unban("198.51.100.7");
    return programs.takeAsked().map(({ method, url, body }) => [method, url, body]);
  };
  expect(await asked(OURS)).toEqual(await asked(debian));
});

web(`mynetwatchman: a report is a page that is asked for${suffix}`, async () => {
  const item = "mynetwatchman[mnwlogin=me, mnwpass=pw, port=22, myip=192.0.2.1]";
  await actionOf(item).ban("198.51.100.7");
  const [asked] = programs.takeAsked();
  expect(`${asked?.method} ${asked?.url}`).toBe(
    "GET mynetwatchman.com/insertwebreport.asp?AT=2&AV=0&AgentEmail=me&AgentPassword=pw&AttackerIP=198.51.100.7&SrcPort=0" +
      "&ProtocolID=6&DestPort=22&AttackCount=2&VictimIP=192.0.2.1&AttackDateTime=2026-11-22+11:26:02",
  );
  expect(asked?.headers["user-agent"]).toBe("Fail2ban");
  programs.answer = () => [500, ""];
  await expect(actionOf(item).ban("198.51.100.7")).rejects.toThrow("failed");
});
