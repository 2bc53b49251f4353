/**
 * Where a command writes within a test.
 * @module
 */

/** Keeps what is written, by stream. */
export function trialOutlet() {
  const said = { out: "", err: "" };
  return {
    said,
    hasColour: false,
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
  };
}
