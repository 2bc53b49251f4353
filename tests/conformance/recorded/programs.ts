/**
 * Programs that actions call, as stand-ins that write down how they were called; curl and wget are the real ones, turned to a
 * server of the test, which keeps what it was asked.
 * @module
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMES =
  "iptables ip6tables ipset ip ufw firewall-cmd shorewall shorewall6 apf csf pfctl ipfw npfctl ipf afctl mail sendmail " +
  "nsupdate apprise ssh whois dig geoiplookup geoiplookup6 nginx ss conntrack host";

/** Takes its input where it is meant to have some; answers what a test laid down for it. One write for each call. */
const STAND_IN = `#!/bin/sh
name=\${0##*/}
call=$name
for word in "$@"; do call="$call {$word}"; done
case $name in mail|sendmail|nsupdate|apprise|ipf) call="$call
$(cat)" ;; esac
printf '%s\\0' "$call" >>"$OUT/calls"
[ ! -e "$OUT/says.$name" ] || . "$OUT/says.$name"
`;

const real = (program: string): string | undefined => {
  try {
    return execFileSync("/bin/sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
};

/** Clients of the web that are not on this machine. */
export const missingClients = ["curl", "wget"].filter((name) => real(name) === undefined);

/** What the server was asked. */
export interface Asked {
  readonly method: string;
  /** with the host that the client meant as the first part */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Answer = (asked: Asked) => readonly [status: number, body: string];

/** The server's answer where a test says nothing of it. */
const OK: Answer = () => [200, "{}"];

export class Programs {
  readonly #server = createServer();
  readonly #asked: Asked[] = [];
  #directory: string | undefined;
  /** the server's answer: a status and a body */
  answer: Answer = OK;

  /** @param name begins the name of the directory that is made for them */
  async open(name: string): Promise<void> {
    const directory = mkdtempSync(join(tmpdir(), `${name}-`));
    this.#directory = directory;
    const programs = join(directory, "programs");
    mkdirSync(programs);
    writeFileSync(join(programs, "stand-in"), STAND_IN);
    for (const one of NAMES.split(" ")) symlinkSync("stand-in", join(programs, one));
    this.#server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).flatMap(([name, value]) =>
            typeof value === "string" ? [[name, value]] : [],
          ),
        );
        const asked: Asked = {
          method: request.method ?? "",
          url: (request.url ?? "").slice(1),
          headers,
          body: Buffer.concat(chunks).toString(),
        };
        this.#asked.push(asked);
        const [status, body] = this.answer(asked);
        response.writeHead(status, { "content-type": "application/json" }).end(body);
      });
    });
    await new Promise<void>((resolve) => {
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = this.#server.address() as AddressInfo;
    for (const client of ["curl", "wget"]) {
      const web = `#!/bin/sh
for word; do shift; case $word in http*://*) word="http://127.0.0.1:${port}/\${word#http*://}";; esac; set -- "$@" "$word"; done
exec ${real(client) ?? "false"} "$@"
`;
      writeFileSync(join(programs, client), web);
      chmodSync(join(programs, client), 0o755);
    }
    chmodSync(join(programs, "stand-in"), 0o755);
  }

  /** Where they write what they remember; they find it as `$OUT`. */
  get directory(): string {
    if (this.#directory === undefined) throw new Error("the programs are not there");
    return this.#directory;
  }

  /** The environment in which an action finds them. */
  get env(): Readonly<Record<string, string | undefined>> {
    const { PATH = "" } = process.env;
    const path = `${join(this.directory, "programs")}:${PATH}`;
    return { ...process.env, PATH: path, OUT: this.directory, no_proxy: "*", TZ: "UTC" };
  }

  /** What a program says from now on: shell text that runs with the program's arguments. */
  says(program: string, script: string): void {
    writeFileSync(join(this.directory, `says.${program}`), script);
  }

  /** The calls since the last time, `program {argument} {argument}`, with the input below. */
  takeCalls(): string[] {
    const path = join(this.directory, "calls");
    if (!existsSync(path)) return [];
    const calls = readFileSync(path, "utf8").split("\0").slice(0, -1);
    rmSync(path);
    return calls;
  }

  takeAsked(): Asked[] {
    return this.#asked.splice(0);
  }

  /** Forgets what was called and asked, and answers as at first; what programs say stays. */
  forget(): void {
    this.answer = OK;
    this.takeAsked();
    this.takeCalls();
  }

  close(): void {
    this.#server.close();
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
  }
}
