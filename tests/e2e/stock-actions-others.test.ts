/**
 * Stock actions for other tools than plain iptables, nftables and sendmail, for real: the kernel's routes, sets, lists and log rules,
 * and the files that services read. In a machine of their own.
 * @module
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ActionJail, OURS } from "./actions-jail.ts";
import { missingTools, until, World } from "./world.ts";

const missing = missingTools(["unshare", "nsenter", "ip", "nft", "iptables", "ip6tables", "ipset"]);
const suffix = missing.length === 0 ? "" : ` (skipped: no ${missing.join(", no ")})`;
const e2e = test.skipIf(missing.length > 0);

const PORT = 2222;
const OTHER_PORT = 8080;
const MACHINE = "10.99.0.1";
const MACHINE6 = "2001:db8:99::1";

let world: World;

beforeAll(async () => {
  if (missing.length === 0) world = await World.create([PORT, OTHER_PORT]);
});
afterEach(() => {
  if (missing.length > 0) return;
  const tables = "for t in iptables ip6tables; do $t -F; $t -X; done";
  world.shSync(`${tables}; ipset destroy; rm -f /etc/hosts.deny /run/nginx.pid /var/log/nginx-calls`);
});
afterAll(async () => {
  if (missing.length === 0) await world.close();
});

const jailOf = (action: string): ActionJail => new ActionJail(world, OURS, action);
const rules = (tool = "iptables"): string[] =>
  world
    .shSync(`${tool} -S`)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("-P"));

async function stop(jail: ActionJail): Promise<void> {
  jail.demand(await jail.action.stop());
  expect(jail.told()).toEqual([]);
}

/** Bans one address of each family, and looks what packets meet then and after the unban. */
async function banAndUnban(jail: ActionJail, met: string): Promise<void> {
  const six = world.hasIpv6;
  const meets = async (): Promise<string[]> => [
    await world.connect("198.51.100.5", MACHINE, PORT),
    await world.connect("198.51.100.6", MACHINE, PORT),
    ...(six ? [await world.connect("2001:db8:99::11", MACHINE6, PORT)] : []),
    ...(six ? [await world.connect("2001:db8:99::12", MACHINE6, PORT)] : []),
  ];
  await jail.ban("198.51.100.5", "2001:db8:99::11");
  expect(await meets()).toEqual([met, "open", ...(six ? [met, "open"] : [])]);
  await jail.unban("198.51.100.5", "2001:db8:99::11");
  expect(await meets()).toEqual(["open", "open", ...(six ? ["open", "open"] : [])]);
}

const REJECT = "-j REJECT --reject-with icmp-port-unreachable";

e2e(`iptables-new: new connections alone are refused${suffix}`, async () => {
  const jail = jailOf(`iptables-new[port=${PORT}]`);
  await banAndUnban(jail, "ECONNREFUSED");
  await jail.ban("198.51.100.7");
  expect(rules()).toEqual([
    "-N f2b-j1",
    `-A INPUT -p tcp -m state --state NEW -m tcp --dport ${PORT} -j f2b-j1`,
    `-A f2b-j1 -s 198.51.100.7/32 ${REJECT}`,
    "-A f2b-j1 -j RETURN",
  ]);
  await stop(jail);
  expect([rules(), rules("ip6tables")]).toEqual([[], []]);
});

e2e(`iptables-multiport-log: what is refused is logged first, a few times a minute${suffix}`, async () => {
  const jail = jailOf(`iptables-multiport-log[port="${PORT},8000:8010"]`);
  await banAndUnban(jail, "ECONNREFUSED");
  await jail.ban("198.51.100.7", "2001:db8::7");
  const expected = [
    "-N f2b-j1",
    "-N f2b-j1-log",
    `-A INPUT -p tcp -m multiport --dports ${PORT},8000:8010 -j f2b-j1`,
    "-A f2b-j1 -s 198.51.100.7/32 -j f2b-j1-log",
    "-A f2b-j1 -j RETURN",
    '-A f2b-j1-log -m limit --limit 6/min --limit-burst 2 -j LOG --log-prefix "f2b-j1:DROP "',
    `-A f2b-j1-log ${REJECT}`,
  ];
  expect(rules()).toEqual(expected);
  expect(rules("ip6tables")).toContain("-A f2b-j1 -s 2001:db8::7/128 -j f2b-j1-log");
  // what a killed run left is taken over, nothing is there twice
  const next = jailOf(`iptables-multiport-log[port="${PORT},8000:8010"]`);
  await next.ban("198.51.100.7");
  expect(rules()).toEqual(expected);
  next.demand(await next.action.flush());
  expect(rules()).toEqual(expected.filter((line) => !line.includes("198.51")));
  await stop(next);
  await stop(jail);
  expect([rules(), rules("ip6tables")]).toEqual([[], []]);
});

e2e(`iptables-multiport-log: a long name of a jail is cut in the log's prefix${suffix}`, async () => {
  const jail = jailOf("iptables-multiport-log[name=a-name-of-20-letters, port=22]");
  await jail.ban("198.51.100.7");
  expect(rules().join("\n")).toContain('--log-prefix "f2b-a-name-of-20-letter:DROP "');
  await stop(jail);
});

e2e(`iptables-ipset-proto4: a set for each family, one rule that looks it up${suffix}`, async () => {
  const jail = jailOf(`iptables-ipset-proto4[port=${PORT}]`);
  await banAndUnban(jail, "ECONNREFUSED");
  expect(rules()).toEqual([`-A INPUT -p tcp -m tcp --dport ${PORT} -m set --match-set f2b-j1 src ${REJECT}`]);
  await stop(jail);
  expect([rules(), world.shSync("ipset -n list")]).toEqual([[], ""]);
});

e2e(`iptables-xt_recent-echo: addresses come and go by the kernel's list${suffix}`, async () => {
  const jail = jailOf("iptables-xt_recent-echo");
  await jail.ban("198.51.100.5", "2001:db8:99::11");
  const listed = (name: string): string[] =>
    [...world.shSync(`cat /proc/net/xt_recent/${name}`).matchAll(/^src=(\S+)/gm)].map(([, ip = ""]) => ip);
  expect(listed("f2b-j1")).toEqual(["198.51.100.5"]);
  expect(listed("f2b-j16")).toEqual(["2001:0db8:0099:0000:0000:0000:0000:0011"]);
  expect(rules()[0]).toMatch(
    /^-A INPUT -m recent --update --seconds 3600 --name f2b-j1 --mask \S+ --rsource -j REJECT/,
  );
  expect(await world.connect("198.51.100.5", MACHINE, PORT)).toBe("ECONNREFUSED");
  expect((await jail.action.check()).kind).toBe("done");
  await jail.unban("198.51.100.5");
  expect(await world.connect("198.51.100.5", MACHINE, PORT)).toBe("open");
  await jail.ban("198.51.100.6");
  jail.demand(await jail.action.flush());
  expect([listed("f2b-j1"), listed("f2b-j16")]).toEqual([[], []]);
  await stop(jail);
  expect([rules(), rules("ip6tables")]).toEqual([[], []]);
});

e2e(
  `symbiosis-blacklist-allports: a file and a rule, and no name leads out of the folder${suffix}`,
  async () => {
    world.shSync(
      "mkdir -p /etc/symbiosis/firewall/blacklist.d; for t in iptables ip6tables; do $t -N blacklist; $t -A INPUT -j blacklist; done",
    );
    const files = (): string[] =>
      world.shSync("cd /etc/symbiosis/firewall/blacklist.d; grep -rH . | sort").split("\n").slice(0, -1);
    const jail = jailOf("symbiosis-blacklist-allports");
    await jail.ban("198.51.100.5", "2001:db8::7", "203.0.113.0/24");
    expect(files()).toEqual(["198.51.100.5.auto:all", "2001:db8::7.auto:all", "203.0.113.0|24.auto:all"]);
    expect(rules()).toContain("-A blacklist -s 198.51.100.5/32 -j DROP");
    expect(rules("ip6tables")).toContain("-A blacklist -s 2001:db8::7/128 -j DROP");
    await expect(jail.ban("../../../../../run/out")).rejects.toThrow("failed");
    expect(world.shSync("ls /run")).not.toContain("out");
    await jail.unban("198.51.100.5", "2001:db8::7", "203.0.113.0/24");
    expect(world.shSync("ls -A /etc/symbiosis/firewall/blacklist.d")).toBe("");
    expect(rules()).toEqual(["-N blacklist", "-A INPUT -j blacklist"]);
  },
);

e2e(`route: nothing goes back to the banned, and the routes go again${suffix}`, async () => {
  const routes = (): string[] =>
    world
      .shSync("ip -4 route show type unreachable; ip -6 route show type unreachable")
      .split("\n")
      .flatMap((line) => /^(?:unreachable )?(\S+)/.exec(line)?.[1] ?? [])
      .filter((word) => /^(?:198\.51\.100|203|2001:db8:99::1)/.test(word));
  const jail = jailOf("route");
  await jail.ban("198.51.100.5", "2001:db8:99::11", "203.0.113.0/24");
  expect(routes()).toEqual(["198.51.100.5", "203.0.113.0/24", "2001:db8:99::11"]);
  expect(await world.connect("198.51.100.5", MACHINE, PORT)).not.toBe("open");
  expect(await world.connect("198.51.100.6", MACHINE, PORT)).toBe("open");
  // as after a kill
  const next = jailOf("route");
  await next.ban("198.51.100.5", "2001:db8:99::11");
  expect(routes()).toHaveLength(3);
  await next.unban("198.51.100.5", "2001:db8:99::11", "203.0.113.0/24");
  expect(routes()).toEqual([]);
  await expect(next.ban("no-address")).rejects.toThrow("failed");
});

e2e(`hostsdeny: a line comes once and goes exactly; what else is in the file stays${suffix}`, async () => {
  world.write("/etc/hosts.deny", "# mine\nALL: 198.51.100.77\nsshd: 198.51.100.7");
  world.shSync("chmod 640 /etc/hosts.deny; chown 0:4 /etc/hosts.deny");
  const mine = "# mine\nALL: 198.51.100.77\nsshd: 198.51.100.7\n";
  const jail = jailOf("hostsdeny");
  await jail.ban("198.51.100.7", "2001:db8::7", "198.51.100.7");
  expect(world.read("/etc/hosts.deny")).toBe(`${mine}ALL: 198.51.100.7\nALL: [2001:db8::7]\n`);
  await expect(jail.ban("ALL EXCEPT LOCAL : spawn touch /run/out")).rejects.toThrow("failed");
  await jail.unban("198.51.100.7", "2001:db8::7");
  expect(world.read("/etc/hosts.deny")).toBe(mine);
  expect(world.shSync("stat -c '%a %g' /etc/hosts.deny")).toBe("640 4\n");
  expect(world.shSync("ls /etc | grep hosts.deny.f2b || true")).toBe("");
});

e2e(`hostsdeny: jails that share the file lose no line of each other${suffix}`, async () => {
  const numbers = [...Array(8).keys()];
  const lives = numbers.map(async (number) => {
    const jail = jailOf(`hostsdeny[daemon_list=d${number}]`);
    for (let host = 1; host <= 3; host += 1) await jail.ban(`198.51.100.${host}`);
    await jail.unban("198.51.100.2");
  });
  await Promise.all(lives);
  const expected = numbers.flatMap((number) => [`d${number}: 198.51.100.1`, `d${number}: 198.51.100.3`]);
  expect(world.read("/etc/hosts.deny").trim().split("\n").sort()).toEqual(expected);
  expect(world.shSync("stat -c %a /etc/hosts.deny")).toBe("644\n");
});

e2e(`shorewall-ipset-proto6: the set that Shorewall looks up stays, empty${suffix}`, async () => {
  const members = (): string[] =>
    world.shSync("ipset list f2b-j1 | sed '1,/^Members/d' | sort").split("\n").slice(0, -1);
  const jail = jailOf("shorewall-ipset-proto6[ipsettype='hash:net', ipsettime='<timeout-bantime>']");
  jail.demand(await jail.action.start());
  await jail.ban("198.51.100.7", "198.51.100.7", "203.0.113.0/24");
  expect(members().map((line) => line.replace(/ timeout \d+$/, ""))).toEqual([
    "198.51.100.7",
    "203.0.113.0/24",
  ]);
  await jail.unban("203.0.113.0/24");
  await stop(jail);
  expect(members()).toEqual([]);
  const next = jailOf("shorewall-ipset-proto6");
  next.demand(await next.action.start());
  await stop(next);
});

e2e(
  `nginx-block-map: IDs are lines of a map that nginx reads again, whatever is in them${suffix}`,
  async () => {
    world.shSync("mkdir -p /etc/nginx");
    world.write("/run/nginx-stand-in", '#!/bin/sh\necho "$@" >>/var/log/nginx-calls\n');
    world.shSync("chmod 755 /run/nginx-stand-in");
    const map = "/etc/nginx/blacklisted-sessions.map";
    const jail = jailOf("nginx-block-map[srv_cmd=/run/nginx-stand-in]");
    jail.demand(await jail.action.start());
    expect(world.shSync(`stat -c '%a %s' ${map}`)).toBe("644 0\n");
    await jail.ban("0a1b2c");
    expect(world.read("/var/log/nginx-calls")).toBe("");
    world.write("/run/nginx.pid", "1\n");
    // the third would be a tab for nginx; the fourth would end the line and begin another
    await jail.ban("0a1b2c", "198.51.100.7", "token", 'x" 1;\ninclude /etc/shadow; \\');
    expect(world.read(map)).toBe(
      [
        "\\0a1b2c 1;",
        "\\198.51.100.7 1;",
        '"\\\\token" 1;',
        '"\\\\x\\" 1;include /etc/shadow; \\\\" 1;',
        "",
      ].join("\n"),
    );
    expect(world.read("/var/log/nginx-calls")).toBe("-qt\n-s reload\n".repeat(4));
    await jail.unban("0a1b2c", "token", 'x" 1;\ninclude /etc/shadow; \\');
    expect(world.read(map)).toBe("\\198.51.100.7 1;\n");
    await stop(jail);
    expect(world.shSync(`stat -c '%a %s' ${map}`)).toBe("644 0\n");
  },
);

const noNginx = missingTools(["nginx"]).filter((tool) => tool !== "root");
test.skipIf(missing.length + noNginx.length > 0)(
  `nginx-block-map: nginx finds the banned IDs in the map, and no others${[...missing, ...noNginx].map((tool) => ` (skipped: no ${tool})`).join("")}`,
  async () => {
    const ids = ["0a1b2c", "token", 'x" 1;include /etc/shadow; \\', "default", "~tilde", "a b{}", "$b${c}"];
    world.shSync("mkdir -p /etc/nginx /var/lib/nginx /var/log/nginx");
    world.write(
      "/etc/nginx/test.conf",
      `daemon off; pid /run/nginx.pid; error_log stderr; events {}
http { access_log off; map $http_x_id $banned { include /etc/nginx/blacklisted-sessions.map; default 0; }
server { listen 127.0.0.1:8999; return 200 "$banned"; } }\n`,
    );
    const jail = jailOf("nginx-block-map[srv_cmd=nginx -c /etc/nginx/test.conf]");
    jail.demand(await jail.action.start());
    const nginx = world.start("nginx", ["-c", "/etc/nginx/test.conf"]);
    const isBanned = async (id: string): Promise<string> =>
      (await world.run("curl", ["-s", "-H", `X-Id: ${id}`, "http://127.0.0.1:8999/"])).stdout;
    await until("nginx answers", async () => (await isBanned("0a1b2c")) === "0");
    await jail.ban(...ids);
    await until("nginx has read the map again", async () => (await isBanned(ids.at(-1) ?? "")) === "1");
    expect(await Promise.all(ids.map(isBanned))).toEqual(ids.map(() => "1"));
    expect(await Promise.all(["oken", "tilde", "other"].map(isBanned))).toEqual(["0", "0", "0"]);
    await jail.unban(...ids);
    await until("nginx has forgotten", async () => (await isBanned("token")) === "0");
    await stop(jail);
    nginx.kill();
  },
);

e2e(`dummy: what comes is written down until the stop${suffix}`, async () => {
  const file = "/run/fail2ban/fail2ban.dummy";
  const jail = jailOf("dummy");
  jail.demand(await jail.action.start());
  await jail.ban("198.51.100.7", "2001:db8::7");
  await jail.unban("2001:db8::7");
  jail.demand(await jail.action.flush());
  expect(world.shSync("cat /var/run/fail2ban/fail2ban.dummy || cat /run/fail2ban/fail2ban.dummy")).toBe(
    "123\n+198.51.100.7\n+2001:db8::7\n-2001:db8::7\n-*\n",
  );
  await stop(jail);
  expect(world.read(file)).toBe("");
});
