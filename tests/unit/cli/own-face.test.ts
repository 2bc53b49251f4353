/** How gaoler's own longer commands read their words. */
import { expect, test } from "vitest";
import { readWords } from "../../../src/cli/own-face.ts";
import { trialOutlet } from "./trial-outlet.ts";

const FACE = {
  name: "look",
  usage: "Usage: gaoler look\n",
  options: { conf: { type: "string", short: "c" }, json: { type: "boolean", default: false } },
  takesWords: false,
} as const;

function read(argv: readonly string[], takesWords = false) {
  const io = trialOutlet();
  return { read: readWords({ ...FACE, takesWords }, argv, io), ...io.said };
}

test.each([
  [["--conf", "/a", "--json"], { conf: "/a", json: true }],
  [["-c/a"], { conf: "/a", json: false }],
  [["--conf=-a"], { conf: "-a", json: false }],
  [[], { json: false }],
])("%j is understood", (argv, values) => {
  expect(read(argv)).toEqual({ read: { values, words: [] }, out: "", err: "" });
});

test("words stand among options, and after -- a word may begin as an option does", () => {
  expect(read(["a", "--json", "--", "-b"], true).read).toEqual({
    values: { json: true },
    words: ["a", "-b"],
  });
});

test.each([
  [["--loud"], "there is no option '--loud'"],
  [["--loud=1"], "there is no option '--loud'"],
  [["-jc"], "there is no option '-j'"],
  [["--toString"], "there is no option '--toString'"],
  [["--json=yes"], "the option '--json' takes no value"],
  [["-c"], "the option '-c' needs a value"],
  [["--conf", ""], "the option '--conf' needs a value"],
  [["--conf", "--json"], "the option '--conf' needs a value"],
  [["here. now"], "'here. now' is a word too many"],
])("%j is told in one line on stderr, where to read on included: exit code 2", (argv, mistake) => {
  expect(read(argv)).toEqual({
    read: 2,
    out: "",
    err: `gaoler look: ${mistake}; gaoler look --help says more\n`,
  });
});

test.each(["-h", "--help"])("%s is answered on stdout, whatever stands beside it", (word) => {
  expect(read(["--loud", word])).toEqual({ read: 0, out: FACE.usage, err: "" });
});
