/**
 * Texts that attackers and broken programs write: addresses of every odd form, names, stamps that are nearly dates.
 * @module
 */
import type { Dice } from "../../dice.ts";

const PLAIN_ADDRESSES = [
  "192.0.2.1",
  "192.0.2.77",
  "198.51.100.254",
  "10.0.0.1",
  "127.0.0.1",
  "255.255.255.255",
];
const PLAIN_ADDRESSES6 = [
  "2001:db8::1",
  "::1",
  "2001:db8:0:0:0:0:0:7",
  "2001:DB8::A:B",
  "fe80::1",
  "2001:db8:1:2:3:4:5:6",
];

const ODD_ADDRESSES = [
  "999.1.1.1",
  "256.0.0.1",
  "1.2.3",
  "1.2.3.4.5",
  "010.1.1.1",
  "01.2.3.4",
  "0.0.0.0",
  "1.2.3.04",
  "192.000.002.001",
  "::ffff:1.2.3.4",
  "::FFFF:1.2.3.4",
  "[::ffff:1.2.3.4]",
  "::ffff:999.1.1.1",
  "::fffff:1.2.3.4",
  "[::1]",
  "[::1]:22",
  "[1.2.3.4]:22",
  "[1.2.3.4",
  "1.2.3.4]",
  "1.2.3.4:22",
  "::1:22",
  "1.2.3.4/24",
  "1.2.3.4/33",
  "1.2.3.4/0",
  "1.2.3.4/255.255.0.0",
  "2001:db8::5/32",
  "2001:db8::5/129",
  "::",
  ":",
  ":::",
  "::1::",
  "1::2::3",
  "1:2:3:4:5:6:7:8:9",
  "12345::1",
  "g::1",
  "fe80::1%eth0",
  "fe80::1%lo",
  "2001:db8::1.2.3.4",
  "::1.2.3.4",
  "1:2:3:4:5:6:1.2.3.4",
  "00:11:22:33:44:55",
  "10:00:01",
  "1:2",
  ":1",
  "1:",
  "a:b",
  "1.2.3.4 5.6.7.8",
  "5.6.7.8,1.2.3.4",
  "1.2.3.４",
  "١.٢.٣.٤",
  "1。2。3。4",
  "1.2.3.4\u0000",
  "0x7f.1",
  "2130706433",
  "-1.2.3.4",
  "1.2.3.4-",
] as const; // prettier-ignore

const HOST_NAMES = [
  "localhost",
  "host.example.com",
  "host.example.com.",
  ".example.com",
  "under_score.example.com",
  "-dash.example.com",
  "a..b",
  "x",
  "EXAMPLE.COM",
  "xn--mnchen-3ya.example",
  "münchen.example",
  "例え.jp",
  "1-2-3-4.dyn.example.com",
  "host^name",
  "1.2.3.4.example.com",
  "h_",
  "999.1.1.1.in-addr.arpa",
  "unknown",
  "a".repeat(300),
  "www.example.com:80",
  "user@host",
  "1.2.3.4.",
  "_",
  "ABCD",
  "fe80",
] as const; // prettier-ignore

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const two = (value: number): string => String(value).padStart(2, "0");

/** A moment, its fields drawn one by one; mostly there is such a day. */
export function formattedStamp(dice: Dice, year: number): string {
  const month = 1 + dice.below(12);
  const day = 1 + dice.below(dice.once(20) ? 31 : 28);
  const clock = `${two(dice.below(24))}:${two(dice.below(60))}:${two(dice.below(60))}`;
  const y = year - dice.below(3);
  const name = MONTHS[month - 1] ?? "Jan";
  switch (dice.below(9)) {
    case 0:
      return `${y}-${two(month)}-${two(day)} ${clock}`;
    case 1:
      return `${y}-${two(month)}-${two(day)}T${clock}.${dice.below(1_000_000)}+0${dice.below(10)}:00`;
    case 2:
      return `${y}/${two(month)}/${two(day)} ${clock}`;
    case 3:
      return `[${two(day)}/${name}/${y}:${clock} +0${dice.below(10)}00]`;
    case 4:
      return `[${dice.pick(["Mon", "Tue", "Sun"])} ${name} ${two(day)} ${clock}.${dice.below(1_000_000)} ${y}]`;
    case 5:
      return `${Date.UTC(y, month - 1, day) / 1000 + dice.below(86_400)}.${dice.below(1000)}`;
    case 6:
      return `${name} ${day} ${clock}`;
    case 7:
      return `${two(month)}/${two(day)}/${y}:${clock}`;
    default:
      return `${name} ${String(day).padStart(2, " ")} ${clock}`;
  }
}

/** Stamps that are none, or half of one. */
const ODD_STAMPS = [
  "",
  "Nov 31 10:00:00",
  "Feb 29 10:00:00",
  "2025-02-29 10:00:00",
  "Nov 20",
  "10:00:00",
  "2026-11-20",
  "2026-13-20 10:00:00",
  "Okt 20 10:00:00",
  "Nov 20 24:00:00",
  "Nov 20 10:00:60",
  "Nov 20 10:60:00",
  "nov 20 10:00:00",
  "NOV 20 10:00:00",
  "Nov  5 10:00:00",
  "Nov 20  10:00:00",
  " Nov 20 10:00:00",
  "   Nov 20 10:00:00",
  "x2026-11-20 10:00:00",
  "1999-11-20 10:00:00",
  "2026-11-20 10:00:00,123",
  "2026-11-20T10:00:00Z",
  "2026-11-20 10:00:00 CET",
  "2026-11-20 10:00:00 +0200",
  "1795168801",
  "17951688010",
  "179516880",
  "[1795168801]",
  "1795168801.123456",
  "@4000000045ec1a3c0b3d1f2e",
  "@4000000045EC1A3C0B3D1F2E",
  "<11/20/26@10:00:00>",
  "261120 10:00:00",
  "261120  1:00:00",
  "Nov 20, 2026 10:00:00 PM",
  "Nov-20-26 10:00:00",
  "20-Nov-2026 10:00:00",
  "20/11/2026 10:00:00",
  "11/20/2026:10:00:00",
  "(2026-11-20 10:00:00)",
  "<2026-11-20 10:00:00>",
  "Fri Nov 20 10:00:00 2026",
  "Fri Nov 20 2026 10:00:00",
  "2026-11-20 10:00:00 2026-11-21 11:00:00",
  "Nov 20 10:00:00 Nov 21 11:00:00",
  "-",
  "\u0000",
] as const; // prettier-ignore

export const oddStamp = (dice: Dice): string => dice.pick(ODD_STAMPS);

/** What stands where an address is expected. */
export function addressText(dice: Dice): string {
  const kind = dice.below(20);
  if (kind < 11) return dice.pick(PLAIN_ADDRESSES);
  if (kind < 15) return dice.pick(PLAIN_ADDRESSES6);
  if (kind < 17) return dice.pick(HOST_NAMES);
  return dice.pick(ODD_ADDRESSES);
}

/** An IPv4 address for group `ip4`. */
export const quadText = (dice: Dice): string => dice.pick(PLAIN_ADDRESSES);

/** An IPv6 address for group `ip6`. */
export const ip6Text = (dice: Dice): string => dice.pick(PLAIN_ADDRESSES6);

export const hostName = (dice: Dice): string => dice.pick(HOST_NAMES);

/** What a stranger writes where his name is asked for. */
export function strangersText(dice: Dice): string {
  switch (dice.below(6)) {
    case 0:
      return addressText(dice);
    case 1:
      return ` from ${addressText(dice)} port 22 ssh2`;
    case 2:
      return `${addressText(dice)} ${addressText(dice)}`;
    case 3:
      return dice.pick([
        "root' OR 1=1",
        '"',
        "]",
        "<",
        ">: ",
        "user=<x>",
        "rip=10.0.0.1",
        " ",
        "",
        "a\tb",
        "\\",
        "{{",
        "(?P<x>",
        "%s%n",
        "<HOST>",
        "<fid>",
      ]);
    case 4:
      return dice.pick(["a", " ", "x ", "1.", "::", "ab:"]).repeat(dice.once(10) ? 700 : 40);
    default:
      return formattedStamp(dice, 2026);
  }
}
