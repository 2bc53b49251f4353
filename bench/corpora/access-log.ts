/**
 * The access log of a web server: two of a hundred requests look for what is not there. The stamp stands in the middle of the line.
 * @module
 */
import type { Corpus, People } from "./corpus.ts";
import { MONTHS, timeOf, two } from "./stamps.ts";

const WANTED = [
  "/phpMyAdmin/index.php",
  "/wp-login.php",
  "/pma/scripts/setup.php",
  "/cgi-bin/test.cgi",
  "/roundcube/",
  "/mysqladmin/main.php",
  "/admin/phpMyAdmin/",
  "/webmail/src/login.php",
];
const PAGES = ["/", "/index.html", "/css/site.css", "/favicon.ico", "/robots.txt", "/api/v1/items?page=2"];
const BROWSERS = [
  "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
  "curl/8.5.0",
];

function request(p: People, stamp: string): string {
  const isBad = p.dice.once(50);
  const who = isBad ? p.attacker() : p.visitor();
  const path = isBad ? p.dice.pick(WANTED) : p.dice.pick(PAGES);
  const status = isBad ? 404 : p.dice.pick([200, 200, 200, 200, 200, 304, 301, 206]);
  const asked = `"${p.dice.once(12) ? "POST" : "GET"} ${path} HTTP/1.1"`;
  const from = p.dice.once(2) ? "-" : "https://example.org/";
  return `${who} - - [${stamp}] ${asked} ${status} ${p.dice.below(90_000)} "${from}" "${p.dice.pick(BROWSERS)}"`;
}

export const accessLog: Corpus = {
  name: "access",
  seed: 4,
  line: (p, at) => {
    const day = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`;
    return request(p, `${day}:${timeOf(at)} +0000`);
  },
};
