/**
 * A mail server that takes everything and keeps what was said to it; or refuses, or hangs, at the point a test names.
 * @module
 */
import { createServer, type Server, type Socket } from "node:net";

/** One connection: the client's words before the mail, and the mail. */
export interface Conversation {
  readonly commands: string[];
  /** header lines, folded ones joined */
  header: string[];
  body: string;
}

/** A word of the client that is not answered, or answered with an error. */
export interface Trouble {
  readonly hangsAt?: string;
  readonly refuses?: string;
}

const GREETING = "CONNECT";

export class SmtpStandIn {
  readonly conversations: Conversation[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #trouble: Trouble;

  private constructor(trouble: Trouble) {
    this.#trouble = trouble;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async listen(trouble: Trouble = {}): Promise<SmtpStandIn> {
    const standIn = new SmtpStandIn(trouble);
    await new Promise<void>((resolve) => standIn.#server.listen(0, "127.0.0.1", resolve));
    return standIn;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    const conversation: Conversation = { commands: [], header: [], body: "" };
    this.conversations.push(conversation);
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined);
    let mail: string[] | undefined;
    let rest = "";
    this.#answer(socket, GREETING);
    socket.on("data", (data) => {
      const lines = (rest + data.toString("latin1")).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (mail === undefined) {
          conversation.commands.push(line);
          if (this.#answer(socket, line) && /^DATA$/i.test(line)) mail = [];
        } else if (line === ".") {
          take(conversation, mail);
          mail = undefined;
          this.#answer(socket, "MESSAGE");
        } else mail.push(line.replace(/^\./, ""));
      }
    });
  }

  /** @returns whether the word was welcome */
  #answer(socket: Socket, line: string): boolean {
    const word = line.toUpperCase();
    const { hangsAt, refuses } = this.#trouble;
    if (hangsAt !== undefined && word.startsWith(hangsAt)) return false;
    if (refuses !== undefined && word.startsWith(refuses)) {
      socket.write("550 no, \x1b[2J thank you\r\n");
      return false;
    }
    if (word.startsWith("EHLO")) socket.write("250-stand-in\r\n250 AUTH PLAIN\r\n");
    else if (word.startsWith("DATA")) socket.write("354 go on\r\n");
    else if (word.startsWith("AUTH")) socket.write("235 welcome\r\n");
    else if (word.startsWith("QUIT")) socket.end("221 bye\r\n");
    else socket.write(word === GREETING ? "220 stand-in ESMTP\r\n" : "250 fine\r\n");
    return true;
  }
}

function take(conversation: Conversation, mail: readonly string[]): void {
  const end = mail.indexOf("");
  conversation.header = mail
    .slice(0, end)
    .join("\n")
    .replace(/\n[ \t]+/g, " ")
    .split("\n");
  const raw = mail.slice(end + 1).join("\n");
  const encoding = conversation.header.find((line) => /^content-transfer-encoding:/i.test(line)) ?? "";
  conversation.body = decode(raw, encoding.split(":")[1]?.trim().toLowerCase() ?? "");
}

function decode(raw: string, encoding: string): string {
  if (encoding === "base64") return Buffer.from(raw, "base64").toString("utf8");
  if (encoding !== "quoted-printable") return Buffer.from(raw, "latin1").toString("utf8");
  const bytes = raw
    .replace(/=\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
