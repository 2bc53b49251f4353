import { expect, test } from "vitest";
import { ConfigTree } from "../../../src/config/config-tree.ts";
import { ConfigMistake } from "../../../src/config/findings.ts";
import { readIni } from "../../../src/config/ini.ts";
import { fetchOption } from "../../../src/config/interpolation.ts";

function fetch(texts: readonly string[], option = "o", section = "j") {
  const tree = new ConfigTree();
  for (const [index, text] of texts.entries()) tree.merge(readIni(`F${index}`, text));
  return fetchOption({ tree, section }, option);
}

const chain = (length: number, last: string): string =>
  `[j]\no = %(a1)s\n${Array.from({ length: length - 1 }, (_, at) => `a${at + 1} = %(a${at + 2})s\n`).join("")}a${length} = ${last}`;

test.each([
  ["a name in any case", ["[j]\nA = 1\no = %(a)s %(A)s"], "1 1"],
  ["a default", ["[DEFAULT]\nd = 1\n[j]\no = %(d)s"], "1"],
  ["percent signs", ["[j]\no = %%(abc)s %%%%"], "%(abc)s %%"],
  ["the name of the section", ["[j]\no = %(__name__)s"], "j"],
  ["another section, in this one's words", ["[k]\nv = %(w)s\nw = kw\n[j]\nw = jw\no = %(k/v)s"], "jw"],
  ["another section's default", ["[DEFAULT]\nb = d\n[k]\n[j]\no = %(k/b)s %(default/b)s"], "d d"],
  ["the value before", ["[j]\no = a", "[j]\no = %(known/o)s b"], "a b"],
  ["the default before", ["[DEFAULT]\no = d", "[j]\no = %(known/o)s b"], "d b"],
  ["ten nested values whose last has no percent sign", [chain(10, "end")], "end"],
])("%s is expanded", (_, texts, expected) => {
  expect(fetch(texts)).toMatchObject({ text: expected });
});

test.each([
  [
    "an unknown name",
    ["[j]\no = a %(NO)s"],
    "Bad value substitution: option 'o' in section 'j' contains an interpolation key 'no' which is not a valid option name. Raw value: 'a %(NO)s'",
  ],
  ["a section in capitals", ["[Kk]\nv = 1\n[j]\no = %(Kk/v)s"], "key 'kk/v' which is not"],
  ["DEFAULT in capitals", ["[DEFAULT]\nv = 1\n[j]\no = %(DEFAULT/v)s"], "key 'default/v' which is not"],
  ["a section that is not there", ["[j]\no = %(k/v)s"], "key 'k/v' which is not"],
  ["a stray percent sign", ["[j]\no = 5% x"], "'%' must be followed by '%' or '(', found: '% x'"],
  ["an open reference", ["[j]\no = %(x"], "bad interpolation variable reference '%(x'"],
  [
    "eleven nested values",
    [chain(11, "end")],
    "Recursion limit exceeded in value substitution: option 'o' in section 'j' contains an interpolation key which cannot be substituted in 10 steps. Raw value: '%(a1)s'",
  ],
  [
    "known twice",
    ["[j]\no = 1", "[j]\no = %(known/o)s 2", "[j]\no = %(known/o)s 3"],
    "Recursion limit exceeded",
  ],
])("%s is a mistake", (_, texts, message) => {
  const value = fetch(texts);
  expect(value).toBeInstanceOf(ConfigMistake);
  expect(value instanceof ConfigMistake && value.message).toContain(message);
});

test("a mistake points at the reference, in the file that has it", () => {
  const value = fetch(["[j]\nb = x %(no)s", "[j]\no = %(b)s"]);
  expect(value).toMatchObject({ origin: { file: "F0", line: 2, column: 7 } });
});

test("what is expanded keeps its places", () => {
  const value = fetch(["[j]\nb = one\n  two", "[j]\no = a %(b)s c"]);
  if (value === undefined || value instanceof ConfigMistake) throw new Error("not expanded");
  expect(value.text).toBe("a one\ntwo c");
  expect(value.originAt(value.text.indexOf("two"))).toMatchObject({ file: "F0", line: 3, column: 3 });
  expect(value.originAt(value.text.length - 1)).toMatchObject({ file: "F1", line: 2, column: 13 });
});

test("references that fan out end", () => {
  const many = Array.from({ length: 40 }, () => "%(a)s").join("");
  const levels = "abcdefgh"
    .split("")
    .map((name, at, all) => `${name} = ${many.replaceAll("a", all[at + 1] ?? "z")}`);
  const value = fetch([`[j]\no = ${many}\n${levels.join("\n")}\nz =`]);
  expect(value).toBeInstanceOf(ConfigMistake);
});
