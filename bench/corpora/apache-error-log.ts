/**
 * `/var/log/apache2/error.log`: most lines are about a client, a good half of these about one that has no business here.
 * @module
 */
import type { Corpus, LineOf, People } from "./corpus.ts";
import { DAYS, MONTHS, timeOf, two } from "./stamps.ts";

const USERS = ["admin", "test", "webmaster", "alice", "bob"];
const SCRIPTS = ["azenv.php", "setup.php", "xmlrpc.php", "images/x.png", "old/page.html", "cgi-bin/test.cgi"];

/** What a module says of a client. */
const about =
  (module: string, text: (people: People) => string): LineOf =>
  (p) => {
    const client = `${p.dice.below(10) < 6 ? p.attacker() : p.visitor()}:${p.port()}`;
    return `[${module}] [pid ${1000 + p.dice.below(200)}:tid ${140_100_000_000_000 + p.dice.below(1e9)}] [client ${client}] ${text(p)}`;
  };

/** How often of a hundred, and what. */
const LINES: readonly (readonly [share: number, line: LineOf])[] = [
  [15, about("core:error", (p) => `AH00128: File does not exist: /var/www/html/${p.dice.pick(SCRIPTS)}`)],
  [
    15,
    about("cgi:error", (p) => {
      const script = p.dice.pick(["php", "php5", "php-cgi", "php.cgi", "test.pl"]);
      return `AH01264: script not found or unable to stat: /usr/lib/cgi-bin/${script}`;
    }),
  ],
  [
    5,
    about("php7:error", (p) => {
      const script = p.dice.pick(["timthumb", "wp-login", "shell", "admin"]);
      return `script '/var/www/html/${script}.php' not found or unable to stat`;
    }),
  ],
  [
    10,
    about("authz_core:error", (p) => {
      const path = p.dice.pick([".htaccess", "server-status", "private/"]);
      return `AH01630: client denied by server configuration: /var/www/html/${path}`;
    }),
  ],
  [8, about("auth_basic:error", (p) => `AH01618: user ${p.dice.pick(USERS)} not found: /private/index.html`)],
  [
    7,
    about("auth_basic:error", (p) => {
      const user = p.dice.pick(USERS);
      return `AH01617: user ${user}: authentication failure for "/private/": Password Mismatch`;
    }),
  ],
  [
    15,
    about("proxy_fcgi:error", (p) => {
      const where = `/var/www/html/search.php on line ${p.dice.below(900)}`;
      return `AH01071: Got error 'PHP message: PHP Warning:  Undefined array key "q" in ${where}'`;
    }),
  ],
  [
    10,
    about("ssl:info", (p) => {
      return `AH01964: Connection to child ${p.dice.below(64)} established (server www.example.org:443)`;
    }),
  ],
  [
    7,
    (p) => {
      const server = "Apache/2.4.62 (Debian) OpenSSL/3.0.15 configured -- resuming normal operations";
      return `[mpm_event:notice] [pid ${1000 + p.dice.below(200)}:tid 140100000000000] AH00489: ${server}`;
    },
  ],
  [
    8,
    about("http:warn", () => {
      const why = "No matching DirectoryIndex (index.html,index.php) found";
      return `AH01276: Cannot serve directory /var/www/html/files/: ${why}, and server-generated directory index forbidden by Options directive`;
    }),
  ],
];
const HUNDRED = LINES.flatMap(([share, line]) => Array.from({ length: share }, () => line));

export const apacheErrorLog: Corpus = {
  name: "apache-error",
  seed: 3,
  line: (p, at) => {
    const day = `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${two(at.getUTCDate())}`;
    const fraction = String(p.dice.below(1e6)).padStart(6, "0");
    return `[${day} ${timeOf(at)}.${fraction} ${at.getUTCFullYear()}] ${p.dice.pick(HUNDRED)(p)}`;
  },
};
