import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CommandError } from "../../../src/control/command-error.ts";
import { checkLogFile } from "../../../src/control/log-file.ts";
import { exceptionRepr } from "../../../src/control/value-text.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-log-file-"));
  writeFileSync(join(directory, "a.log"), "");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function refusalOf(path: string): Promise<string> {
  try {
    await checkLogFile(path);
    return "fine";
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return exceptionRepr(error.exception).replaceAll(directory, "DIR");
  }
}

test("a log that a client names has to be there, in the words of the original", async () => {
  expect(await refusalOf(join(directory, "a.log"))).toBe("fine");
  expect(await refusalOf(join(directory, "b.log"))).toBe(
    "FileNotFoundError(2, 'No such file or directory', 'DIR/b.log')",
  );
  expect(await refusalOf(directory)).toBe("IsADirectoryError(21, 'Is a directory', 'DIR')");
  expect(await refusalOf(join(directory, "a.log/x"))).toBe(
    "NotADirectoryError(20, 'Not a directory', 'DIR/a.log/x')",
  );
});

test("what a pattern stands for may come later", async () => {
  expect(await refusalOf(join(directory, "later-*.log"))).toBe("fine");
});
