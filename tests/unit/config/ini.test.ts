import fc from "fast-check";
import { expect, test } from "vitest";
import { readIni } from "../../../src/config/ini.ts";

const options = (text: string, section = "j"): Record<string, string> => {
  const file = readIni("F", text);
  const found = file.sections.find(({ name }) => name === section)?.options ?? new Map();
  return Object.fromEntries([...found].map(([name, value]) => [name, value.text]));
};

test.each([
  ["splits at the first delimiter", "[j]\nfindtime=1:2=3", { findtime: "1:2=3" }],
  ["takes a colon as delimiter and names in lower case", "[j]\nFindTime : 1", { findtime: "1" }],
  ["keeps a semicolon without a blank before it", "[j]\na = a;b", { a: "a;b" }],
  ["cuts an inline comment behind a blank", "[j]\na = a ;b", { a: "a" }],
  ["keeps a hash behind a value", "[j]\na = a # b", { a: "a # b" }],
  ["gives the empty string for an empty value", "[j]\na =", { a: "" }],
  ["takes a value that is a comment as empty", "[j]\na = ;x", { a: "" }],
  [
    "drops comments within a value and keeps empty lines",
    "[j]\na = a ; comment\n   b;not comment\n\n   # full\n   c # x\n   ; gone\n\n   d\n\n",
    { a: "a\nb;not comment\n\nc # x\n\nd" },
  ],
  ["takes everything deeper as part of the value", "[j]\na = b\n  c = d\n  [x]", { a: "b\nc = d\n[x]" }],
  ["lets options be indented", "[j]\n  a = b\n  c = d\n    e", { a: "b", c: "d\ne" }],
  ["ends lines at CRLF and at a lone CR", "[j]\r\na = b\rc = d\r\n", { a: "b", c: "d" }],
  ["keeps quotes and backslashes", "[j]\na = \"b\" '\\n'", { a: "\"b\" '\\n'" }],
] as const)("an INI file %s", (_, text, expected) => {
  expect(options(text)).toEqual(expected);
  expect(readIni("F", text).failure).toBeUndefined();
});

test("a section's name goes up to the last bracket, text behind it is nothing", () => {
  expect(readIni("F", "[a]b] text\nx = 1").sections.map(({ name }) => name)).toEqual(["a]b"]);
});

test("every line of a value knows its own place", () => {
  const text = "[j]\nfailregex = one\n    two\n\n  # no\n    three";
  const value = readIni("jail.local", text).sections[0]?.options.get("failregex");
  const places = value?.lines().map((line) => line.originAt());
  expect(places?.map((place) => [place?.line, place?.column])).toEqual([
    [2, 13],
    [3, 5],
    // an empty line has no characters that could stand anywhere
    [undefined, undefined],
    [6, 5],
  ]);
  expect(places?.at(-1)).toMatchObject({ file: "jail.local", text: "    three" });
});

test.each([
  [
    "a line without delimiter",
    "[j]\nx = 1\nmaxretry\n",
    "Source contains parsing errors: 'F'\n\t[line  3]: 'maxretry\\n'",
  ],
  ["an option without a name", "[j]\n= x", "Source contains parsing errors: 'F'\n\t[line  2]: '= x\\n'"],
  [
    "an option given twice",
    "[j]\na = 1\n\nA = 2",
    "While reading from 'F' [line  4]: option 'a' in section 'j' already exists",
  ],
  ["a section given twice", "[j]\n[j]", "While reading from 'F' [line  2]: section 'j' already exists"],
  [
    "text before the first section",
    "enabled = true\n[j]",
    "File contains no section headers.\nfile: 'F', line: 1\n'enabled = true\\n'",
  ],
  [
    "a byte order mark",
    "\ufeff[j]",
    "File contains no section headers.\nfile: 'F', line: 1\n'\\ufeff[j]\\n'",
  ],
])("fail2ban gives up at %s, and we read on", (_, text, failure) => {
  const file = readIni("F", `${text}\n[k]\nb = 1\n`);
  expect(file.failure).toBe(failure);
  expect(file.mistakes).not.toEqual([]);
  expect(file.sections.find(({ name }) => name === "k")?.options.get("b")?.text).toBe("1");
});

test("[DEFAULT] may be repeated, its options may not", () => {
  expect(readIni("F", "[DEFAULT]\na=1\n[j]\n[DEFAULT]\nb=2").failure).toBeUndefined();
  expect(readIni("F", "[DEFAULT]\na=1\n[DEFAULT]\na=2").failure).toContain("in section 'DEFAULT'");
});

test("what is indented below a mistake is part of it", () => {
  const file = readIni("F", "[j]\nmistake\n  more\n  more\na = 1");
  expect(file.mistakes.map(({ origin }) => origin.line)).toEqual([2]);
  expect(file.sections[0]?.options.get("a")?.text).toBe("1");
});

test("any text is read without throwing, and every value stands where its origin says", () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "[j]",
      "[DEFAULT]",
      "a = b",
      "  c",
      "b=;x",
      "# x",
      " ;",
      "x : y ; z",
      "= 1",
      "[",
      "\ufeff[x]",
    ),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = lines.join("\n");
      const source = text.split(/\r\n|[\r\n]/);
      for (const { options: found } of readIni("F", text).sections) {
        for (const value of found.values()) {
          for (const part of value.lines()) {
            const place = part.originAt();
            if (part.text === "" || place === undefined) continue;
            expect(source[place.line - 1]?.startsWith(part.text, place.column - 1)).toBe(true);
          }
        }
      }
    }),
  );
});
