/**
 * A thread that takes log lines, whose engine for regexes never comes to an end of a text with a certain word in it.
 * @module
 */

const { exec } = RegExp.prototype;
Object.defineProperty(RegExp.prototype, "exec", {
  value(this: RegExp, text: string) {
    // the date is not searched for by a regex with a named group
    while (text.includes("without end") && this.source.includes("FAIL"));
    return exec.call(this, text);
  },
});
await import("../../../../src/detect/worker/entry.ts");
