/**
 * What comes with log lines: bytes to decode, stamps, regexes of operators on any text, addresses, entries of the journal.
 * @module
 */
import { canonicalId, parseAddress } from "../../../src/address/address.ts";
import { LineDecoder } from "../../../src/backend/decode.ts";
import { JournalExportParser, type JournalFields } from "../../../src/backend/journal-export.ts";
import { completeLines, newlinesOf } from "../../../src/backend/newline.ts";
import type { LocalZone } from "../../../src/base/local-time.ts";
import { DateDetector } from "../../../src/date/detector.ts";
import { DatePatternError } from "../../../src/date/pattern-error.ts";
import { compileParts, type FilterDefinition } from "../../../src/filter/filter-parts.ts";
import { whomTakes } from "../../../src/lint/filter-run.ts";
import { CULPRIT } from "../../../src/lint/finding.ts";
import { lintFilter } from "../../../src/lint/lint-filter.ts";
import { compileRegex } from "../../../src/regex/compile.ts";
import type { CompiledRegex } from "../../../src/regex/compiled-regex.ts";
import { RegexBudgetError, RegexSyntaxError } from "../../../src/regex/errors.ts";
import { utc } from "../../unit/date/fixed-zones.ts";
import { type FuzzTarget, halves, kindOf, must, mustAgree, pieces, textOf } from "../fuzz-target.ts";

/** What a search comes to; a budget that is used up is an answer too. */
function searched(regex: CompiledRegex, text: string): unknown {
  try {
    const match = regex.search(text);
    if (match === undefined) return "none";
    must(
      match.start >= 0 && match.start <= match.end && match.end <= text.length,
      "a match is outside of the text",
    );
    return [
      match.start,
      match.end,
      ...Array.from({ length: regex.groupCount }, (_, index) => match.group(index + 1) ?? null),
    ];
  } catch (error) {
    if (error instanceof RegexBudgetError) return "budget";
    throw error;
  }
}

/** Regexes of one filter, and their length: trials take time with both. */
const [MAX_LINT_PATTERNS, MAX_LINT_PATTERN] = [4, 300];

/** Longest pattern, characters: an operator's, not a stranger's, and compiled once. */
const MAX_PATTERN = 4000;

const regex: FuzzTarget = {
  name: "regex",
  seeds: [
    "^(?P<a>x+)(?:y|z)*?$\nxxyzz",
    "(?i)[^\\]a-f]{2,5}\\b(?=\\d)\nab12",
    "(a)?(?(1)b|c)\\1\nabab",
    "(?x) a # b\n c",
    "(?<!x)\\w+(?s:.)\\Z\nfoo \u{1f600}\n",
    "(?P<host>\\d{1,3}(?:\\.\\d{1,3}){3}) port (?P=host)\n1.2.3.4 port 1.2.3.4",
  ],
  words: [
    ...[
      "(",
      ")",
      "(?:",
      "(?P<n>",
      "(?P=n)",
      "(?=",
      "(?!",
      "(?<=",
      "(?<!",
      "(?(1)",
      "|",
      "*",
      "+",
      "?",
      "{2,3}",
      "{,}",
      "[",
      "[^",
      "]",
      "\\",
      "\\b",
      "\\d",
      "\\W",
      "\\x41",
    ],
    ...[
      "\\u0041",
      "\\N{DASH}",
      "^",
      "$",
      "\\Z",
      ".",
      "(?i)",
      "(?s-i:",
      "*+",
      "??",
      "(?>",
      "\n",
      "a".repeat(500),
      "\\1",
      "\\07",
      "(?#",
      "-",
      "(a*)*",
      "(a|a)*",
    ],
  ],
  run(input) {
    const [given, text] = halves(input);
    const pattern = given.slice(0, MAX_PATTERN);
    let compiled: CompiledRegex;
    try {
      compiled = compileRegex(pattern);
    } catch (error) {
      if (!(error instanceof RegexSyntaxError)) throw error;
      return kindOf(error);
    }
    const first = searched(compiled, text);
    const found = searched(compileRegex(pattern, { chosen: true }), text);
    const exact = searched(compileRegex(pattern, { exact: true }), text);
    if (first !== "budget" && exact !== "budget") mustAgree(first, exact, "the first texts differ");
    if (found !== "budget" && exact !== "budget") mustAgree(found, exact, "the engines differ");
    return `${compiled.engine} ${compiled.reason} ${Array.isArray(found) ? "match" : String(found)}`;
  },
};

const NOW = 1_795_348_800;
const zone: LocalZone = utc;

const dates: FuzzTarget = {
  name: "dates",
  seeds: [
    "%Y-%m-%d %H:%M:%S\n2026-11-20 10:20:30 x\n2026-11-21 10:20:30 y",
    "\nNov 20 10:20:30 h x\n20/Nov/2026:10:20:30 +0100 y\n1795262400.123 z\n@4000000045ec1a3c0b3d1f2e",
    "{^LN-BEG}%b %d, %ExY %I:%M:%S %p\n[Nov 20, 2026 10:20:30 PM",
    "^[^\\[]*\\[({DATE})\n1.2.3.4 - - [20/Nov/2026:10:20:30 +0100]",
    "time={EPOCH};\ntime=1795262400;",
    "{UNB}%j %U %w %H%z\n320 46 5 10+0530",
  ],
  words: [
    "%",
    "%Ex",
    "%Y",
    "%b",
    "%z",
    "{DATE}",
    "{EPOCH}",
    "{LEPOCH}",
    "{NONE}",
    "{UNB}",
    "{^LN-BEG}",
    "**",
    "(",
    ")",
    "^",
    "$",
    "\n",
    "Feb 29",
    "10:20:30",
    "2026-",
    "+0200",
    "UTC ",
    "\u{1f600}",
    "٣",
  ],
  run(input) {
    const [pattern, log] = halves(input);
    let detector: DateDetector;
    try {
      detector = new DateDetector({
        ...(pattern === "" ? {} : { datepattern: pattern.replaceAll("\\n", "\n") }),
        zone,
        startYear: 2026,
      });
    } catch (error) {
      if (!(error instanceof DatePatternError)) throw error;
      return kindOf(error);
    }
    const kinds = new Set<string>();
    for (const line of log.split("\n").slice(0, 20)) {
      try {
        const found = detector.find(line, NOW);
        if (found === undefined) continue;
        must(found.text === line.slice(found.start, found.end), "the text is not what is cut");
        must(found.at === undefined || Number.isFinite(found.at), "a time is no number");
        must(found.empty === (found.text === ""), "empty, and a text");
        kinds.add(`${found.template.slice(0, 60)} ${found.at === undefined}`);
      } catch (error) {
        if (!(error instanceof RegexBudgetError)) throw error;
        kinds.add("budget");
      }
    }
    const hits = detector.hits().reduce((sum, entry) => sum + entry.hits, 0);
    must(hits <= 20, "more hits than lines");
    return [...kinds].sort().join("; ").slice(0, 200);
  },
};

const ENCODINGS = [
  "auto",
  "utf-8",
  "ascii",
  "latin-1",
  "cp1252",
  "utf-16le",
  "utf-16be",
  "utf-16",
  "iso8859-9",
  "cp1257",
  "koi8-r",
  "gbk",
  "shift_jis",
  "euc-jp",
  "utf-8-sig",
  "big5",
];

const decode: FuzzTarget = {
  name: "decode",
  seeds: ENCODINGS.map(
    (_, index) =>
      `${String.fromCharCode(index)}plain\nM\xc3\xbcller\r\n\xff\xfe broken \xf0\x9f\x98\x80\nx\x00\n\x00 \x0a\x0a\n`,
  ),
  words: [
    "\n",
    "\r\n",
    "\xc3\xbc",
    "\xff",
    "\x00\n",
    "\n\x00",
    "\xf0\x9f",
    "\xe2\x80\xa8",
    "\xed\xa0\x80",
    "\xef\xbb\xbf",
    "\xff\xfe",
    "\x81",
    "\r",
  ],
  run(input) {
    const encoding = ENCODINGS[(input[0] ?? 0) % ENCODINGS.length] ?? "auto";
    const newlines = newlinesOf(encoding);
    const body = Buffer.concat([
      input.subarray(1),
      Buffer.alloc((newlines.width - ((input.length - 1) % newlines.width)) % newlines.width),
      newlines.bytes,
    ]);
    let warnings = 0;
    const decoder = new LineDecoder(encoding, {
      clock: { now: () => 0 },
      observe: () => (warnings += 1),
    });
    const whole = decoder.decodeLines("f", body);
    for (const line of whole) must(!line.endsWith("\n") && !line.endsWith("\r"), "a line keeps its end");
    // cut where lines end, as a tailer does
    const parts: string[] = [];
    for (let from = 0; from < body.length; ) {
      const length = completeLines(newlines, body, from, Math.min(body.length, from + 64), 64);
      const next = length > 0 ? from + length : newlines.afterFirst(body, from, body.length);
      must(next > from && (next - from) % newlines.width === 0, "no way on");
      parts.push(...decoder.decodeLines("f", body.subarray(from, next)));
      from = next;
    }
    // a byte order mark is one at the begin of what is decoded at once
    const unmarked = (lines: readonly string[]): readonly string[] =>
      lines.map((line) => line.replaceAll("\ufeff", ""));
    mustAgree(unmarked(whole), unmarked(parts), `${encoding}: cut in pieces`);
    return `${encoding} ${warnings > 0} ${Math.min(4, whole.length)}`;
  },
};

const shownFields = (fields: JournalFields): unknown =>
  Array.from(fields, ([name, all]) => [name, all.map((value) => Buffer.from(value).toString("hex"))]);

const journal: FuzzTarget = {
  name: "journal",
  seeds: [
    "__CURSOR=a\n__REALTIME_TIMESTAMP=1795262400000000\nMESSAGE=hello\n_PID=1\n\nMESSAGE=two\n\n",
    "MESSAGE\n\x05\x00\x00\x00\x00\x00\x00\x00a\nb\x00c\nX=1\n\n",
    "MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xffabc",
  ],
  words: [
    "MESSAGE=",
    "MESSAGE\n",
    "\n",
    "\n\n",
    "\x01\x00\x00\x00\x00\x00\x00\x00",
    "\x00",
    "=",
    "X".repeat(300),
    "_PID=",
    "a".repeat(2000),
  ],
  run(input) {
    const wanted = new Set(["MESSAGE", "_PID", "__CURSOR"]);
    const whole = new JournalExportParser(wanted).push(input);
    const parser = new JournalExportParser(wanted);
    const parts = Array.from(pieces(input)).flatMap((piece) => parser.push(piece));
    mustAgree(whole.map(shownFields), parts.map(shownFields), "in pieces");
    for (const fields of whole)
      for (const [name, all] of fields)
        must(
          wanted.has(name) && all.every((value) => value.length <= 64 * 1024),
          "a field that is not wanted, or too long",
        );
    return `${Math.min(4, whole.length)} ${Math.min(4, whole[0]?.size ?? 0)}`;
  },
};

const address: FuzzTarget = {
  name: "address",
  seeds: [
    "192.0.2.1",
    "192.0.2.0/24",
    "2001:db8::1",
    "[2001:db8::7]",
    "::ffff:192.0.2.1",
    "fe80::1%eth0",
    "10.0.0.0/255.0.0.0",
    "::",
    "1.2.3.4/33",
    "2001:db8::/129",
  ],
  words: [
    ".",
    ":",
    "::",
    "/",
    "%",
    "[",
    "]",
    "0",
    "255",
    "256",
    "ffff",
    "/24",
    "/255.255.0.0",
    "e",
    "x",
    " ",
    "0x1",
  ],
  run(input) {
    const text = textOf(input);
    const found = parseAddress(text);
    const id = canonicalId(text);
    must(canonicalId(id) === id || /^::ffff:[\d.]+$/.test(id), `not settled: ${id}`);
    if (found === undefined) return "none";
    const again = parseAddress(found.text);
    must(again !== undefined, `its text is none: ${found.text}`);
    // the reference prints no length of 0, nor that of a single address, be it a mapped one (A§2.18)
    const isShort = found.prefix === 0 || /^::ffff:[\d.]+$/.test(found.text);
    const isSame =
      again?.value === found.value && again.prefix === found.prefix && again.family === found.family;
    must(isSame || isShort, `another one: ${found.text}`);
    must(again?.text === found.text || isShort, `another text: ${found.text}`);
    const bits = found.family === "inet4" ? 32 : 128;
    must(
      found.prefix >= 0 && found.prefix <= bits && found.value >= 0n && found.value < 1n << BigInt(bits),
      "out of bounds",
    );
    return `${found.family} ${Math.min(3, bits - found.prefix)} ${text === found.text}`;
  },
};

/** A filter of somebody: prefregex or nothing, then failregexes. Whatever is said of it is true of what really takes lines. */
const lint: FuzzTarget = {
  name: "lint",
  seeds: [
    "\n^user .* from <ADDR> failed: .*$",
    "^app: <F-CONTENT>.+</F-CONTENT>$\nbad from <HOST>\n^(?:a|b(?: c)? <F-USER>\\S+</F-USER>) by <ADDR> ",
    "\n^(?:\\w+\\s?)*: \\[<ADDR>\\](?(1)a|b)\n^(a)?<F-ID>\\S+</F-ID>$\n^$x<ADDR>",
    "<F-MLFID>x</F-MLFID> <F-CONTENT>.*</F-CONTENT>\n^(?!x)(?:(?! from ).)*? from <IP4>\\b",
  ],
  words: [
    "<ADDR>",
    "<HOST>",
    "<F-USER>",
    "</F-USER>",
    ".*",
    ".+?",
    "\\S+",
    '[^"]*',
    "^",
    "$",
    "(?:",
    ")",
    "|",
    "{3,40}",
    " from ",
    "\\b",
    "\\n",
  ],
  run(input) {
    const [prefix, rest] = halves(input);
    const value = (text: string) => ({ value: text.slice(0, MAX_LINT_PATTERN) });
    const definition: FilterDefinition = {
      name: "fuzz",
      usedns: "warn",
      prefregex: prefix === "" ? undefined : value(prefix),
      failregex: rest.split("\n").slice(0, MAX_LINT_PATTERNS).map(value),
      ignoreregex: [],
      maxlines: 1,
      datepattern: undefined,
      logtimezone: undefined,
      findtime: 600,
    };
    const findings = lintFilter([definition]);
    const parts = compileParts(definition, { zone: utc, startYear: 2026 }).parts;
    for (const { check, proof } of findings) {
      if (proof === undefined || check === "slow-search" || parts === undefined) continue;
      const taken = whomTakes(parts, "warn", proof.line)?.host;
      must(taken !== undefined && taken !== CULPRIT, `${check} is said and not so: ${proof.line}`);
    }
    return [...new Set(findings.map(({ check, severity }) => `${check} ${severity}`))].sort().join();
  },
};

export const LINE_TARGETS: readonly FuzzTarget[] = [regex, dates, decode, journal, address, lint];
