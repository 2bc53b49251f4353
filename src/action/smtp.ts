/**
 * The action that fail2ban ships as `smtp.py`, served natively: its options, and the mails it writes. The Python text is never read.
 * Knows no network: a mail is a plan like a command.
 * @module
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { ActionSettings } from "../config/settings.ts";
import {
  type ActionDefinition,
  type ActionFamily,
  DEFAULT_TIMEOUT,
  type HostNames,
  type Operation,
  type StaticScript,
} from "./action-definition.ts";
import {
  bodyText,
  headerText,
  MATCHES_TAGS,
  type MailPlan,
  type MailServer,
  type MatchesTag,
  type SmtpTerms,
} from "./mail-plan.ts";
import { dynamicValue, type TicketInfo } from "./ticket-info.ts";

const SMTP_PORT = 25;
/** More are a mistake of the configuration. */
const MAX_RECIPIENTS = 100;

/** What stands above the lines of each kind. */
const MATCHES_TITLES: Readonly<Record<MatchesTag, (jail: string) => string>> = {
  matches: () => "Matches for this ban:",
  ipmatches: () => "Matches for this IP:",
  ipjailmatches: (jail) => `Matches for this IP for jail ${jail}:`,
};

const OPTIONS = ["host", "ssl", "user", "password", "sendername", "sender", "dest", "matches"] as const;
type Option = (typeof OPTIONS)[number];
const DEFAULTS: Readonly<Record<Option, string>> = {
  host: "localhost",
  ssl: "False",
  user: "",
  password: "",
  sendername: "Fail2Ban",
  sender: "fail2ban",
  dest: "root",
  matches: "",
};

const FALSE_WORD = /^(?:|0|off|false|no|none)$/i;
/** `name`, `name:port`, `[2001:db8::1]:port`, a bare IPv6 address. */
const HOST = /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$|^([0-9a-fA-F:.]+)$/;
/** What an address of a mailbox may be made of; a local part alone is an account of the server. */
const MAILBOX = /^[^\s<>()[\]\\,;:"\p{C}@]+(?:@[^\s<>()\\,;"\p{C}@]+)?$/u;

/** Whether the file of a Python action is the one that is served here; its name tells. */
export function isSmtpFile(file: string): boolean {
  return file === "smtp.py" || file.endsWith("/smtp.py");
}

/** A mistake in the options; the action cannot be used. */
class OptionMistake extends Error {}

function readOptions(settings: ActionSettings): ReadonlyMap<Option, string> {
  const texts = new Map<string, unknown>(Object.entries(DEFAULTS));
  let given: unknown;
  try {
    given = JSON.parse(settings.python?.options ?? "{}");
  } catch {
    throw new OptionMistake("its options are no JSON");
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new OptionMistake("its options are no JSON object");
  }
  for (const [name, value] of [...Object.entries(given), ...settings.properties]) {
    if (!OPTIONS.some((option) => option === name)) {
      throw new OptionMistake(`it has no option '${headerText(name)}'`);
    }
    texts.set(name, value);
  }
  return new Map(OPTIONS.map((option) => [option, String(texts.get(option) ?? "").trim()]));
}

function readServer(options: ReadonlyMap<Option, string>): MailServer {
  const text = options.get("host") ?? "";
  const match = HOST.exec(text);
  const host = match?.[1] ?? match?.[2] ?? match?.[4];
  const port = match?.[3] === undefined ? SMTP_PORT : Number(match[3]);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new OptionMistake(`'host' is neither NAME nor NAME:PORT: '${headerText(text)}'`);
  }
  const user = options.get("user") ?? "";
  const login = user === "" ? undefined : { user, password: options.get("password") ?? "" };
  return { host, port, tls: !FALSE_WORD.test(options.get("ssl") ?? ""), login };
}

/** An address, bare or behind a name: `Ops <ops@example.org>`. */
function readMailbox(option: Option, text: string): string {
  const address = /^[^<>\p{C}]*<([^<>]*)>$/u.exec(text)?.[1] ?? text;
  if (!MAILBOX.test(address))
    throw new OptionMistake(`'${option}' is no mail address: '${headerText(text)}'`);
  return address;
}

function readTerms(settings: ActionSettings, machine: string): SmtpTerms {
  const options = readOptions(settings);
  const recipients = (options.get("dest") ?? "").split(",").map((part) => readMailbox("dest", part.trim()));
  if (recipients.length > MAX_RECIPIENTS) {
    throw new OptionMistake(`'dest' has more than ${MAX_RECIPIENTS} addresses`);
  }
  const wanted = options.get("matches") ?? "";
  const matches = MATCHES_TAGS.find((name) => name === wanted);
  if (matches === undefined && !FALSE_WORD.test(wanted)) {
    throw new OptionMistake(`'matches' is none of ${MATCHES_TAGS.join(", ")}: '${headerText(wanted)}'`);
  }
  return {
    server: readServer(options),
    sender: {
      name: headerText(options.get("sendername") ?? ""),
      address: readMailbox("sender", options.get("sender") ?? ""),
    },
    recipients,
    matches,
    machine: headerText(machine),
  };
}

/** The definition of a `smtp.py`, or the mistake that leaves it out. */
export function compileSmtp(
  settings: ActionSettings,
  jail: string,
  host: HostNames,
): { readonly definition: ActionDefinition } | { readonly diagnostic: Diagnostic } {
  let mail: SmtpTerms;
  try {
    mail = readTerms(settings, host.full);
  } catch (error) {
    if (!(error instanceof OptionMistake)) throw error;
    const place = settings.origin === undefined ? {} : { origin: settings.origin };
    const message = `action '${settings.name}' (smtp.py): ${error.message}`;
    const consequence = "the action is left out, the jail runs with its others";
    return { diagnostic: { severity: "error", message, consequence, jail, ...place } };
  }
  const script = (...tags: string[]): StaticScript => ({ text: "# a mail", tags: new Set(tags) });
  const scripts = new Map<Operation, StaticScript>([
    ["start", script()],
    ["stop", script()],
    ["ban", mail.matches === undefined ? script() : script(mail.matches)],
  ]);
  return {
    definition: {
      name: settings.name,
      jail,
      isConditional: false,
      isOnDemand: false,
      timeout: DEFAULT_TIMEOUT,
      norestored: true,
      repairsOnUnban: false,
      operations: new Set(scripts.keys()),
      scripts: new Map<ActionFamily, typeof scripts>([
        ["", scripts],
        ["inet4", scripts],
        ["inet6", scripts],
      ]),
      matchesProperties: new Map(),
      diagnostics: [],
      mail,
    },
  };
}

function banBody(terms: SmtpTerms, jail: string, info: TicketInfo): string {
  const value = (tag: string): string => dynamicValue(info, tag)?.text ?? "";
  const seconds = Number(value("bantime"));
  const time = seconds < 0 ? "for ever" : `for ${seconds} seconds`;
  const lines = [
    `The IP ${headerText(value("ip"))} has just been banned ${time}`,
    `by Fail2Ban after ${value("failures")} attempts against ${jail}.`,
  ];
  if (terms.matches !== undefined) lines.push("", MATCHES_TITLES[terms.matches](jail), value(terms.matches));
  return lines.join("\n");
}

/** The mail of an operation; `undefined` where none is due. */
export function planMail(
  terms: SmtpTerms,
  jailName: string,
  operation: Operation,
  info: TicketInfo | undefined,
): MailPlan | undefined {
  const jail = headerText(jailName);
  const mail = (what: string, text: string): MailPlan => ({
    server: terms.server,
    sender: terms.sender,
    recipients: terms.recipients,
    subject: headerText(`[Fail2Ban] ${jail}: ${what} ${terms.machine}`),
    body: `Hi,\n\n${bodyText(text)}\n\nRegards,\nFail2Ban\n`,
  });
  if (operation === "start") return mail("started on", `The jail ${jail} has been started successfully.`);
  if (operation === "stop") return mail("stopped on", `The jail ${jail} has been stopped.`);
  if ((operation !== "ban" && operation !== "reban") || info === undefined) return undefined;
  const ip = headerText(dynamicValue(info, "ip")?.text ?? "");
  return mail(`banned ${ip} from`, banBody(terms, jail, info));
}
