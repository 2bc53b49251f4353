import { expect, test } from "vitest";
import { Findings } from "../../../src/config/findings.ts";
import { LayerReader } from "../../../src/config/layers.ts";
import { namesAskedIn, parameterValues, unusedParameters } from "../../../src/lint/parameters.ts";
import { memoryFiles } from "../config/memory-files.ts";

function treeOf(text: string, more: Readonly<Record<string, string>> = {}) {
  const files = memoryFiles({ "/c/filter.d/f.conf": text, ...more });
  const tree = new LayerReader(files, new Findings()).read("/c/filter.d", "f")?.tree;
  if (tree === undefined) throw new Error("no tree");
  return tree;
}

const unused = (...parameters: Parameters<typeof treeOf>): string[] =>
  unusedParameters(treeOf(...parameters), (path) => path === "/c/filter.d/f.conf").map(({ name }) => name);

test.each([
  ["a %(b)s <c> <HOST>", ["b", "c", "HOST"]],
  ["<mdre-<mode>>", ["mode", "mdre-*"]],
  ["<lt_<logtype>/__prefix_line>", ["logtype", "lt_*/__prefix_line"]],
  ["nothing", []],
])("names asked for in %s", (text, names) => {
  expect(namesAskedIn(text)).toEqual(names);
});

test("what nothing asks for is found in [Init], [DEFAULT] and [Definition]", () => {
  const text =
    "[DEFAULT]\nzero = 0\n[Definition]\nfailregex = %(one)s <two>\none = 1\nlost = 1\n[Init]\ntwo = 2\nthree = %(one)s\n";
  expect(unused(text)).toEqual(["zero", "lost", "three"]);
});

test("what only unused ones ask for is unused, too", () => {
  expect(unused("[Definition]\nfailregex = x\na = %(b)s\nb = 1\n")).toEqual(["a", "b"]);
});

test("tags within tags, names in capitals and options of the program are asked for", () => {
  const text =
    "[Definition]\nfailregex = <cmnf-<mode>> %(Other)s\ncmnf-a = 1\ncmnf-b = <deep>\ndeep = 1\nmode = a\nother = 1\nmaxlines = 2\nlogtype = file\n";
  expect(unused(text)).toEqual([]);
});

test("what an included file asks for is used; what it has for others is none of this filter's business", () => {
  const text = "[INCLUDES]\nbefore = common.conf\n[Definition]\n_daemon = x\nfailregex = %(__line)s\n";
  const common = "[DEFAULT]\n__line = %(_daemon)s\n__for_others = 1\n";
  expect(unused(text, { "/c/filter.d/common.conf": common })).toEqual([]);
});

test("values that a parameter has something for", () => {
  const tree = treeOf(
    "[Definition]\nfailregex = <mdre-<mode>>\nmdre-normal = 1\nmdre-ddos = 1\nmode = normal\n",
  );
  expect([...parameterValues(tree)]).toEqual([["mode", ["normal", "ddos"]]]);
});
