import { readdirSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { answerOfNft } from "../../../src/exec/kept-nft.ts";
import { KeptTool, type KeptToolOptions } from "../../../src/exec/kept-tool.ts";

/**
 * A tool that says `<mark>!` on what it does not know. It knows `say TEXT`, `die`, `hang`, `flood` and `who`, which says its process number.
 */
const TOOL = `while read -r word rest; do case $word in
  '') ;;
  say) echo "$rest" >&2 ;;
  die) exit 3 ;;
  hang) exec sleep 60 ;;
  flood) head -c 200000 /dev/zero | tr '\\\\0' x >&2 ;;
  who) echo $$ >&2 ;;
  *) echo "$word!" >&2 ;;
esac; done`;

/** More than a busy machine takes. */
const ANSWER_MS = 20_000;

const untilGone = (pid: number): Promise<void> =>
  vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"), { interval: 5, timeout: 20_000 });

function keep(changes: Partial<KeptToolOptions> = {}): KeptTool {
  return new KeptTool({
    program: "/bin/sh",
    args: ["-c", TOOL],
    answer: (said, mark) => {
      const at = said.indexOf(`${mark}!\n`);
      return at < 0 ? undefined : said.slice(0, at);
    },
    ...changes,
  });
}

test("a kept tool tells what it has to say about each line, and is the same process all the time", async () => {
  const tool = keep();
  expect(await tool.tell("", ANSWER_MS)).toBe("");
  expect(await tool.tell("say hello", ANSWER_MS)).toBe("hello\n");
  const who = await tool.tell("who", ANSWER_MS);
  expect(who).toMatch(/^\d+\n$/);
  expect(await tool.tell("who", ANSWER_MS)).toBe(who);
  expect(await tool.tell("huh", ANSWER_MS)).toBe("huh!\n");
  tool.close();
});

test("a kept tool that dies has not answered; the next line has another one", async () => {
  const tool = keep();
  const who = await tool.tell("who", ANSWER_MS);
  expect(await tool.tell("die", ANSWER_MS)).toBeUndefined();
  expect(await tool.ready()).toBe(true);
  const next = await tool.tell("who", ANSWER_MS);
  expect(next).toMatch(/^\d+\n$/);
  expect(next).not.toBe(who);
  tool.close();
});

test("a kept tool that is killed between two lines is replaced", async () => {
  const tool = keep();
  const who = Number(await tool.tell("who", ANSWER_MS));
  process.kill(who, "SIGKILL");
  await untilGone(who);
  const next = await tool.tell("who", ANSWER_MS);
  expect(next).toMatch(/^\d+\n$/);
  expect(Number(next)).not.toBe(who);
  tool.close();
});

test("a kept tool that does not answer in time is killed, sooner where there is haste", async () => {
  const tool = keep();
  expect(await tool.tell("hang", 100)).toBeUndefined();
  const answer = tool.tell("hang", 600_000);
  await sleep(100);
  tool.hurry(50);
  expect(await answer).toBeUndefined();
  expect(await tool.tell("say again", ANSWER_MS)).toBe("again\n");
  tool.close();
});

test("a kept tool that floods its standard error is not trusted", async () => {
  const tool = keep();
  expect(await tool.tell("flood", ANSWER_MS)).toBeUndefined();
  tool.close();
});

test("an idle tool ends, and so does one that has been told much", async () => {
  const idle = keep({ idleMs: 30 });
  const who = Number(await idle.tell("who", ANSWER_MS));
  await untilGone(who);
  expect(Number(await idle.tell("who", ANSWER_MS))).not.toBe(who);
  idle.close();
  const worn = keep({ maxToldChars: 30 });
  const first = await worn.tell("who", ANSWER_MS);
  expect(await worn.tell("who", ANSWER_MS)).not.toBe(first);
  worn.close();
});

test.each([
  ["is not there", { program: "/no/such/tool" }],
  ["ends at once", { args: ["-c", "exit 1"] }],
  ["cannot be talked to", { answer: () => "what?" }],
])("a tool that %s is left alone for a while", async (_, changes) => {
  const tool = keep(changes);
  expect(await tool.tell("say x", ANSWER_MS)).toBeUndefined();
  // a process that was begun would not have answered yet
  const atOnce = new Promise((resolve) => setImmediate(resolve, "later"));
  expect(await Promise.race([tool.ready(), atOnce])).toBe(false);
  tool.close();
});

test("a tool that could not be kept is tried again later", async () => {
  let now = 1000;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
  let isClear = false;
  const tool = keep({
    restMs: 50,
    answer: (said, mark) => (!said.includes(mark) ? undefined : isClear ? "" : "what?"),
  });
  expect(await tool.ready()).toBe(false);
  isClear = true;
  now += 49;
  expect(await tool.ready()).toBe(false);
  now += 1;
  expect(await tool.ready()).toBe(true);
  tool.close();
});

test("one that cannot even be started leaves no file open", async () => {
  const batches = (): string[] =>
    readdirSync("/proc/self/fd").filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).includes("gaoler-batch-");
      } catch {
        return false;
      }
    });
  const before = batches().length;
  const tool = keep({ program: "no\0program", fileLine: (path) => path });
  expect(await tool.ready()).toBe(false);
  expect(batches()).toHaveLength(before);
});

const MARK = "gaoler-00000007";
const COMPLAINT = `Error: syntax error, unexpected newline, expecting string\n${MARK}\n               ^\n`;

test.each([
  ["nothing", "", undefined],
  [
    "a part of the complaint",
    `Error: syntax error, unexpected newline, expecting string\n${MARK}\n`,
    undefined,
  ],
  ["the complaint without its end", COMPLAINT.slice(0, -1), undefined],
  ["another mark", COMPLAINT.replace("7", "6"), undefined],
  ["the complaint", COMPLAINT, ""],
  [
    "an error",
    `Error: No such file or directory\nadd element t s { 192.0.2.1 }\n              ^\n${COMPLAINT}`,
    "Error: No such file or directory\nadd element t s { 192.0.2.1 }\n              ^",
  ],
  ["words without an end", `netlink: lost ${COMPLAINT}`, `?netlink: lost ${COMPLAINT.split("\n")[0]}\n`],
  ["another answer to a mark", `Error: too many commands\n${MARK}\n^\n`, `?Error: too many commands\n`],
])("what nft says about a line is what it says before its complaint: %s", (_, said, expected) => {
  expect(answerOfNft(said, MARK)).toBe(expected);
});
