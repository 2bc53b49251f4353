/**
 * Sends the mails among the commands of actions; all others go on to who runs them. Each mail has one connection of its own and a
 * deadline, after which the connection is cut. The library is loaded with the first mail. Writes no text of a mail and judges none.
 * @module
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { CommandPlan, CommandResult, RunCommand } from "../action/command-plan.ts";
import type { MailPlan } from "../action/mail-plan.ts";
import { messageOf } from "../base/error-text.ts";
import type { Haste } from "../exec/haste.ts";

/** Longest deadline that a timer can hold. */
const MAX_TIMER_MS = 2_147_483_647;
/** Shown of what a server answered. */
const MAX_SHOWN_CHARS = 1_000;

const SENT: CommandResult = { code: 0, stdout: "", stderr: "", timedOut: false };

function failed(error: unknown, timedOut: boolean): CommandResult {
  const text = messageOf(error);
  return { code: 1, stdout: "", stderr: text.slice(0, MAX_SHOWN_CHARS), timedOut };
}

/** Speaks with the server over an open connection. */
async function converse(plan: MailPlan, connection: Socket): Promise<CommandResult> {
  const { createTransport } = await import("nodemailer");
  const { server, sender, recipients, subject, body } = plan;
  const transport = createTransport({
    connection,
    host: server.host,
    port: server.port,
    secure: false,
    requireTLS: server.tls,
    ignoreTLS: !server.tls,
    // as fail2ban: encrypted towards whoever answers, since the usual server on the next machine has a certificate of its own making
    tls: { rejectUnauthorized: false },
    // what is given is text, never a file or an address to fetch
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
    ...(server.login && { auth: { user: server.login.user, pass: server.login.password } }),
    // a server that offers no login is not given the mail without one
    forceAuth: true,
  });
  const to = recipients.map((address) => ({ name: "", address }));
  const { rejected } = await transport.sendMail({
    envelope: { from: sender.address, to: [...recipients] },
    from: sender,
    to,
    subject,
    text: body,
  });
  if (rejected.length === 0) return SENT;
  return { ...SENT, stderr: `refused for ${rejected.join(", ")}`.slice(0, MAX_SHOWN_CHARS) };
}

/** Sends one mail within `timeout` seconds. */
async function send(
  plan: MailPlan,
  { timeout }: CommandPlan,
  haste: Haste | undefined,
): Promise<CommandResult> {
  const wantedMs = Math.min(timeout * 1000, MAX_TIMER_MS);
  const connection = connect({ host: plan.server.host, port: plan.server.port });
  let isOver = false;
  const cut = (): void => {
    isOver = true;
    connection.destroy(new Error("the mail server did not take the mail in time"));
  };
  // a connection that breaks after the mail was taken is nobody's business
  connection.on("error", () => undefined);
  let timer = setTimeout(cut, haste?.limit(wantedMs) ?? wantedMs);
  const forget = haste?.onBegin((limitMs) => {
    clearTimeout(timer);
    timer = setTimeout(cut, Math.min(limitMs, wantedMs));
  });
  try {
    await once(connection, "connect");
    return await converse(plan, connection);
  } catch (error) {
    return failed(error, isOver);
  } finally {
    clearTimeout(timer);
    forget?.();
    connection.destroy();
  }
}

/** A runner that sends mails itself and leaves all other commands to `run`. Never rejects. */
export function withMail(run: RunCommand, haste?: Haste): RunCommand {
  return (plan) => (plan.mail === undefined ? run(plan) : send(plan.mail, plan, haste));
}
