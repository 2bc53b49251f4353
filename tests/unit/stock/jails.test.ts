import { expect, test } from "vitest";
import { COMPAT_VERSION } from "../../../src/base/compat-version.ts";
import type { ActionSettings, JailSettings } from "../../../src/config/settings.ts";
import { JAIL_FACTS, type JailFacts, OWN_JAIL_FACTS } from "./jail-facts.ts";
import { PATH_FACTS } from "./path-facts.ts";
import { stockJails, textOf } from "./stock-jails.ts";

const COMMON = PATH_FACTS["common"] ?? {};
const ALL_FACTS = { ...JAIL_FACTS, ...OWN_JAIL_FACTS };
const ALL_PORTS = "0:65535";

/** Filters and actions that say which they are and what they were given, so that the jails can be read before all of them are there. */
function standIn(path: string): string | undefined {
  const [, folder, name = ""] = /^(filter|action)\.d\/([^/*]*)\.conf$/.exec(path) ?? [];
  if (folder === "filter")
    return `[Definition]\nmode = none\nknocking_url = none\nfailregex = ^${name} <mode> <knocking_url> <HOST>$\n`;
  if (folder === "action") return "[Definition]\nactionban = in <chain>\n[Init]\nchain = here\n";
  return undefined;
}

/** Path variables lead to files of their names, backend variables to backends that can be told apart. */
const VARIABLES = Object.keys(COMMON)
  .filter((name) => /_log$|^syslog_(?!backend)/.test(name))
  .map((name) => `${name} = /logs/${name}\n`);

/** Which backend variables there are; each takes its turn as the one that says `polling`. */
const BACKENDS = Object.keys(COMMON).filter((name) => name.endsWith("_backend"));

const everything = (defaults = "") =>
  stockJails(`[DEFAULT]\nenabled = true\nbanaction = one\nbanaction_allports = all\n${defaults}`, standIn);

const argument = (action: ActionSettings | undefined, name: string): string =>
  String(action?.properties.get(name) ?? "");

const { jails } = everything(VARIABLES.join(""));
const pollingBy = new Map(
  BACKENDS.map((variable) => {
    const { jails: asked } = everything(`${VARIABLES.join("")}${variable} = polling\n`);
    return [variable, new Set([...asked.values()].filter(isPolling).map(({ name }) => name))];
  }),
);

function isPolling({ backend }: JailSettings): boolean {
  return backend === "polling";
}

function filterOf(name: string, { filter = `${name}[mode=normal]` }: JailFacts): string {
  const [, bare = filter, mode = "none"] = /^([^[]*)(?:\[mode=(.*)\])?$/.exec(filter) ?? [];
  const [knocker, url] = filter.split("[knocking_url=");
  return url === undefined ? `^${bare} ${mode} none` : `^${knocker} none ${url.slice(0, -1)}`;
}

test("every stock jail is there, and no other", () => {
  expect([...jails.keys()].sort()).toEqual(Object.keys(ALL_FACTS).sort());
});

for (const [name, facts] of Object.entries(ALL_FACTS)) {
  test(`the jail ${name} has the port, the log, the filter and the limits that people expect`, () => {
    const jail = jails.get(name);
    const log = typeof facts.log === "string" ? [facts.log] : facts.log;
    expect(jail?.logpaths.map(({ pattern }) => pattern)).toEqual(
      log.map((place) => (place.startsWith("/") ? place : `/logs/${place}`)),
    );
    const answering = BACKENDS.filter((variable) => pollingBy.get(variable)?.has(name));
    expect(answering).toEqual(facts.backend === undefined ? [] : [facts.backend]);
    const [regex] = jail?.failregex ?? [];
    expect(regex?.value).toMatch(/ <HOST>\$$/);
    expect(regex?.value.replace(/ <HOST>\$$/, "")).toBe(filterOf(name, facts));
    const { maxretry = 5, bantime = 600, findtime = 600 } = facts;
    expect(jail).toMatchObject({ maxretry, bantime, findtime, maxmatches: maxretry, usedns: "warn" });

    const protocols = facts.protocol === "both" ? ["tcp", "udp"] : [facts.protocol ?? "tcp"];
    const actions = jail?.actions ?? [];
    expect(actions.map((action) => argument(action, "protocol"))).toEqual(protocols);
    const wanted = facts.banaction === "allports" ? "all" : (facts.banaction ?? "one");
    for (const [index, action] of actions.entries()) {
      const ending = facts.protocol === "both" ? `-${protocols[index]}` : "";
      expect(argument(action, "name")).toBe(`${name}${ending}`);
      expect(action.name).toBe(`${wanted}${ending}`);
      expect(argument(action, "actionban")).toBe("in here");
      if (name !== "counter-strike") expect(argument(action, "port")).toBe(facts.port ?? ALL_PORTS);
    }
  });
}

test("Counter-Strike's two protocols have ports of their own", () => {
  const ports = jails.get("counter-strike")?.actions.map((action) => argument(action, "port"));
  expect(ports).toEqual(["27030:27039", "1200,27000:27015"]);
});

test("a knock opens the port: who asks for the secret page is let in, all others are turned away from the start", () => {
  const [action] = jails.get("pass2allow-ftp")?.actions ?? [];
  expect(argument(action, "blocktype")).toBe("RETURN");
  expect(argument(action, "returntype")).toBe("DROP");
  expect(argument(action, "actionstart_on_demand")).toBe("false");
  expect(argument(action, "actionrepair_on_unban")).toBe("true");
});

test("whether a robot is Google's is asked of a command beside the filters", () => {
  const command = jails.get("apache-fakegooglebot")?.ignorecommand ?? "";
  expect(command).toMatch(/\/filter\.d\/ignorecommands\/apache-fakegooglebot <ip>$/);
});

test("the log of macOS is read as UTF-8, whatever the server's language", () => {
  expect(jails.get("screensharingd")?.logencoding.toLowerCase()).toBe("utf-8");
});

const SHORTCUTS: Readonly<Record<string, readonly (readonly [action: string, ...string[]])[]>> = {
  action_: [["one", "port=ssh", "protocol=tcp", "actionban=in here"]],
  action_mw: [
    ["one"],
    ["sendmail-whois", "sender=me@here", "dest=you@there", "protocol=tcp", "actionban=in here"],
  ],
  action_mwl: [
    ["one"],
    ["sendmail-whois-lines", "sender=me@here", "dest=you@there", "logpath=/logs/sshd_log"],
  ],
  action_xarf: [
    ["one"],
    ["xarf-login-attack", "service=sshd", "sender=me@here", "logpath=/logs/sshd_log", "port=ssh"],
  ],
  action_cf_mwl: [
    ["cloudflare", "cfuser=us@cf", "cftoken=secret"],
    ["sendmail-whois-lines", "sender=me@here", "dest=you@there", "logpath=/logs/sshd_log"],
  ],
  action_blocklist_de: [
    ["blocklist_de", "email=me@here", "service=sshd", "apikey=key", `agent=Fail2Ban/${COMPAT_VERSION}`],
  ],
  action_abuseipdb: [["abuseipdb"]],
};
const SET =
  "sender = me@here\ndestemail = you@there\ncfemail = us@cf\ncfapikey = secret\nblocklist_de_apikey = key\n";

for (const [shortcut, wanted] of Object.entries(SHORTCUTS)) {
  test(`%(${shortcut})s stands for its actions with their arguments`, () => {
    const local = `${VARIABLES.join("")}${SET}action = %(${shortcut})s\n`;
    const { jails: read, errors } = everything(local);
    expect([...errors]).toEqual([]);
    const actions = read.get("sshd")?.actions ?? [];
    expect(actions.map(({ name }) => name)).toEqual(wanted.map(([name]) => name));
    for (const [index, [, ...parameters]] of wanted.entries()) {
      for (const parameter of parameters) {
        const [key = ""] = parameter.split("=");
        expect(`${key}=${argument(actions[index], key)}`).toBe(parameter);
      }
    }
  });
}

for (const [shortcut, wanted] of Object.entries(SHORTCUTS)) {
  test(`%(${shortcut})s loads with the actions that stock has`, () => {
    const local = `[DEFAULT]\n${SET}action = %(${shortcut})s\n[sshd]\nenabled = true\nlogpath = /dev/null\n`;
    const { jails: read, diagnostics, errors } = stockJails(local);
    expect([...errors, ...diagnostics.map(textOf)]).toEqual([]);
    const names = wanted.map(([name]) => (name === "one" ? "nftables" : name));
    expect(read.get("sshd")?.actions.map(({ name }) => name)).toEqual(names);
  });
}

test("mail goes through what `mta` names", () => {
  const { jails: read } = everything(`${VARIABLES.join("")}mta = mail\naction = %(action_mwl)s\n`);
  expect(read.get("sshd")?.actions.map(({ name }) => name)).toEqual(["one", "mail-whois-lines"]);
});

for (const [distribution, own] of Object.entries(PATH_FACTS)) {
  test(`paths-${distribution}.conf says where services log and what bans there`, () => {
    const facts = { ...COMMON, ...own };
    const marks = Object.keys(facts).map((name) => `${name}:%(${name})s;`);
    const local = `[INCLUDES]\nbefore = paths-${distribution}.conf\n[probe]\nenabled = true\nfilter = probe\nlogpath = /dev/null\nignorecommand = ${marks.join("")}\n`;
    // above jail.conf, which reads Debian's
    const read = stockJails(local, standIn);
    const said = read.jails.get("probe")?.ignorecommand ?? "";
    const found = said.split(";").flatMap((mark) => {
      const colon = mark.indexOf(":");
      return colon === -1
        ? []
        : [
            [
              mark.slice(0, colon),
              mark
                .slice(colon + 1)
                .trim()
                .split(/\s+/)
                .join(" "),
            ],
          ];
    });
    expect(Object.fromEntries(found)).toEqual(facts);
  });
}
