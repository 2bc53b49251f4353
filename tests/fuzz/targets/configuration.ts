/**
 * What operators write: INI files, items with options, whole configurations, times and formulas.
 * @module
 */
import { evaluateArithmetic } from "../../../src/base/arithmetic.ts";
import { ArithmeticError } from "../../../src/base/arithmetic-syntax.ts";
import { DurationError, formatDuration, parseDuration } from "../../../src/base/duration.ts";
import { readIni } from "../../../src/config/ini.ts";
import { parseItem, splitItems } from "../../../src/config/items.ts";
import { loadConfiguration } from "../../../src/config/load.ts";
import { streamOf } from "../../../src/config/stream.ts";
import { TracedText } from "../../../src/config/traced-text.ts";
import { memoryFiles } from "../../unit/config/memory-files.ts";
import { type FuzzTarget, kindOf, must, mustAgree, textOf } from "../fuzz-target.ts";

const INI_WORDS = [
  ...[
    "[",
    "]",
    "[x]\n",
    "[DEFAULT]\n",
    "[INCLUDES]\nbefore = b.conf\n",
    "a = b\n",
    "  c\n",
    "; d\n",
    "# e\n",
    " ; f",
    "=",
    ":",
    "\n\n",
    "\t",
  ],
  ...[
    "%(a)s",
    "%(known/a)s",
    "%(x/a)s",
    "%%",
    "%",
    "%(",
    "<a>",
    "<b>",
    "rem x\n",
    "\r\n",
    "\ufeff",
    "a=1\na=2\n",
    "[x]\n[x]\n",
    '"',
    "'",
    "[a=1]",
  ],
];

const ini: FuzzTarget = {
  name: "ini",
  seeds: [
    "[DEFAULT]\na = 1\nb = %(a)s\n[x]\nc = d\n e\n; f\n g ; h\n",
    "[INCLUDES]\nbefore = common.conf\nafter = x.local\n[Definition]\nfailregex = ^a$\n            ^b$\n",
    "no section\n[x\n= y\n",
  ],
  words: INI_WORDS,
  run(input) {
    const text = textOf(input);
    const file = readIni("f", text);
    const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/).length;
    must(file.mistakes.length <= 21, "too many mistakes are told");
    for (const { origin } of file.mistakes) {
      must(
        origin.line >= 1 && origin.line <= lines + 1 && origin.column >= 1,
        `a mistake is at ${JSON.stringify(origin)}`,
      );
    }
    let length = 0;
    for (const options of [file.defaults, ...file.sections.map((section) => section.options)]) {
      for (const [name, value] of options) {
        must(name === name.toLowerCase(), "a name has capitals");
        length += value.text.length;
      }
    }
    must(length <= text.length * 2 + 2, "values are longer than the file");
    mustAgree(file.mistakes, readIni("f", text).mistakes, "read twice");
    return `${file.mistakes.map(({ message }) => message.slice(0, 20)).join()} ${file.failure?.slice(0, 20)} ${Math.min(3, file.sections.length)}`;
  },
};

const items: FuzzTarget = {
  name: "items",
  seeds: [
    'sshd[mode="a,b", x=1]',
    "iptables[name=x, port='1,2']\nmail[dest=a]",
    'a[b="c][d=e], f="g',
    "%(x)s a[]",
    "a[b=<c[d=1]>]",
  ],
  words: ["[", "]", '"', "'", ",", "=", "\n", " ", "a[b=c]", "][", '="', "\\", "\t"],
  run(input) {
    const text = TracedText.of(textOf(input), { file: "f", line: 1, column: 1 });
    const kinds: string[] = [];
    const parts = splitItems(text);
    must(
      parts.reduce((sum, part) => sum + part.text.length, 0) <= text.text.length,
      "items are longer than the text",
    );
    for (const part of parts.slice(0, 5)) {
      const item = parseItem(part);
      kinds.push(
        item instanceof Error || !("name" in item)
          ? "mistake"
          : `item${Math.min(3, item.options?.size ?? 0)}`,
      );
    }
    return `${Math.min(4, parts.length)} ${kinds.join()}`;
  },
};

/** Parts of one input that stand for files. */
const FILE_MARK = "\n=====\n";
const PATHS = [
  "/c/jail.conf",
  "/c/filter.d/f.conf",
  "/c/action.d/a.conf",
  "/c/jail.local",
  "/c/filter.d/common.conf",
];

const configuration: FuzzTarget = {
  name: "configuration",
  seeds: [
    [
      '[DEFAULT]\nbantime = 10m\naction_ = a[name=%(__name__)s, port="%(port)s"]\naction = %(action_)s\nport = ssh\n[x]\nenabled = true\nfilter = f[mode=hard]\nlogpath = /var/log/x\nbackend = polling\n',
      "[INCLUDES]\nbefore = common.conf\n[Definition]\nfailregex = ^<mode> %(__pre)s <HOST>$\nmode = easy\nignoreregex =\n",
      "[Definition]\nactionban = do <ip> <name> <port>\nactionstart = x\n[Init]\nname = default\n",
      "[x]\nmaxretry = 3\n[y]\nenabled = true\nfilter = f\nlogpath = /x\n       /y tail\n",
      "[DEFAULT]\n__pre = \\s*\n[Definition]\n_daemon = x\n",
    ].join(FILE_MARK),
  ],
  words: [
    ...INI_WORDS,
    FILE_MARK,
    "enabled = true\n",
    "filter = f\n",
    "failregex = ",
    "%(known/failregex)s",
    "before = f.conf\n",
    "after = common.conf\n",
  ],
  run(input) {
    const parts = textOf(input).split(FILE_MARK);
    const files: Record<string, string> = { "/c/fail2ban.conf": "[Definition]\nloglevel = INFO\n" };
    for (const [index, path] of PATHS.entries()) files[path] = parts[index] ?? "";
    const load = () => loadConfiguration({ files: memoryFiles(files), baseDir: "/c" });
    const loaded = load();
    const stream = streamOf(loaded);
    mustAgree(stream, streamOf(load()), "loaded twice");
    return `${loaded.fatal?.slice(0, 30)} ${loaded.jails.map(({ error }) => error?.slice(0, 15)).join()} ${Math.min(60, stream.length)}`;
  },
};

const values: FuzzTarget = {
  name: "values",
  seeds: [
    "10m",
    "1d 2h 3m",
    "1 year",
    "2**10 + 3 * (4 - 1)",
    "ban.Time * 2 if ban.Count < 3 else 1 << 4",
    "math.exp(float(3))/math.exp(1)",
    "-1",
    "1.5e3",
    "min(1, 2, 3)",
  ],
  words: [
    "(",
    ")",
    "**",
    "<<",
    "//",
    "%",
    "if",
    "else",
    "ban.Time",
    "ban.Count",
    "math.",
    "exp",
    "int(",
    "float(",
    "min(",
    ",",
    "9".repeat(30),
    "1e308",
    "d",
    "week",
    "yr",
    " ",
    "-",
    "~",
    "0x10",
    "<",
    "==",
  ],
  run(input) {
    const text = textOf(input);
    const kinds: string[] = [];
    try {
      const value = evaluateArithmetic(
        text,
        new Map([
          ["ban.Time", 600],
          ["ban.Count", 3],
        ]),
      );
      must(Number.isFinite(value), "a formula has no finite value");
      kinds.push("value");
    } catch (error) {
      if (!(error instanceof ArithmeticError)) throw error;
      kinds.push(kindOf(error));
    }
    try {
      const seconds = parseDuration(text);
      must(Number.isFinite(seconds), "a time is not finite");
      must(parseDuration(text) === seconds, "a time read twice differs");
      must(formatDuration(seconds).length < 400, "a shown time is long");
      kinds.push("time");
    } catch (error) {
      if (!(error instanceof DurationError || error instanceof ArithmeticError)) throw error;
      kinds.push(kindOf(error));
    }
    return kinds.join("; ");
  },
};

export const CONFIGURATION_TARGETS: readonly FuzzTarget[] = [ini, items, configuration, values];
