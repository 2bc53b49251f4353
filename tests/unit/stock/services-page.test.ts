import { expect, test } from "vitest";
import { servicesPage } from "../../../scripts/services-page.ts";

const FILTER = `# Demo, the service: log-ins that fail,
# and more.
#   an example line of it
#
# Injection: nothing.

[INCLUDES]

before = common.conf

[DEFAULT]

# normal: log-ins
# aggressive: more | all
mode = normal

# a word
# of two lines
word =

_inner = x

[Definition]

failregex = ^<mode> <ADDR>$
`;
const SAMPLES = `#! filter demo
#! match host=192.0.2.1
one from 192.0.2.1
#! match host=192.0.2.1
another from 192.0.2.1
#! miss
none
#! filter demo[mode=aggressive]
#! match host=192.0.2.1
more from 192.0.2.1
#! filter other
#! ignore
not of demo
`;
const page = servicesPage({
  filters: new Map([
    ["demo", FILTER],
    ["common", "# What is common.\n[DEFAULT]\n# how lines come\nlogtype = file\n"],
    ["bare", "# Bare.\n[Definition]\nfailregex = x\n"],
  ]),
  samples: new Map([["samples/demo.log", SAMPLES]]),
  jails: [
    { name: "demo-jail", filter: "demo", ports: ["1", "2"], logs: ["/var/log/demo*.log"] },
    { name: "other", filter: "elsewhere", ports: ["3"], logs: [] },
  ],
});

test("the overview names each filter once, with its service and its jails, but no fragments", () => {
  expect(page).toContain("| [bare](#bare) | Bare | (of your own) |\n");
  expect(page).toContain("| [demo](#demo) | Demo, the service | `demo-jail` |\n");
  expect(page).not.toContain("[common](#common)");
});

test("a filter's section has its jails, samples, parameters and lines, those of each mode first", () => {
  const section = page.slice(page.indexOf("### demo"), page.indexOf("## What filters share"));
  expect(section).toBe(`### demo

Demo, the service: log-ins that fail, and more.

- jail \`demo-jail\`: port \`1\` and \`2\`, log \`/var/log/demo*.log\`
- samples: [samples/demo.log](../samples/demo.log): 3 failures, 1 line that is none
- builds on \`common\`, and takes its parameters

| Parameter | Default | Meaning |
|---|---|---|
| \`mode\` | \`normal\` | normal: log-ins<br>aggressive: more \\| all |
| \`word\` | (empty) | a word of two lines |

\`\`\`
one from 192.0.2.1
more from 192.0.2.1
another from 192.0.2.1
\`\`\`

`);
});

test("a filter without samples says so", () => {
  expect(page).toContain("### bare\n\nBare.\n\n- no samples\n");
});

test("what filters share stands at the end", () => {
  expect(page).toMatch(
    /### common\n\nWhat is common\.\n[\s\S]*\| `logtype` \| `file` \| how lines come \|\n$/,
  );
});
