/**
 * Whether a file name matches a shell pattern as Python's `glob` takes it: `*`, `?`, `[…]`, `[!…]`.
 * Knows no file system and no slashes.
 * @module
 */

type Step = "star" | ((character: string) => boolean);

function isMember(members: readonly string[], character: string): boolean {
  for (let at = 0; at < members.length; at += 1) {
    const from = members[at] ?? "";
    const to = members[at + 2];
    if (members[at + 1] === "-" && to !== undefined) {
      if (from <= character && character <= to) return true;
      at += 2;
    } else if (from === character) return true;
  }
  return false;
}

/** Steps of a pattern; an opening bracket without its end is a plain character. */
function stepsOf(pattern: string): readonly Step[] {
  const steps: Step[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    if (character === "*") {
      if (steps.at(-1) !== "star") steps.push("star");
      continue;
    }
    if (character === "?") {
      steps.push(() => true);
      continue;
    }
    const isNegated = characters[at + 1] === "!";
    const first = at + (isNegated ? 2 : 1);
    // the first member may itself be a closing bracket
    const end = character === "[" ? characters.indexOf("]", first + 1) : -1;
    if (end === -1) {
      steps.push((other) => other === character);
      continue;
    }
    const members = characters.slice(first, end);
    steps.push((other) => isMember(members, other) !== isNegated);
    at = end;
  }
  return steps;
}

/** Whether a path or name has glob characters. */
export function hasGlobCharacters(path: string): boolean {
  return /[*?[]/.test(path);
}

/** Whether the name matches; a leading dot must be written. Takes at most pattern × name steps. */
export function matchesGlobName(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const steps = stepsOf(pattern);
  const characters = [...name];
  let step = 0;
  let at = 0;
  // only the last star ever has to be tried again
  let starStep = -1;
  let starAt = 0;
  while (at < characters.length) {
    const current = steps[step];
    if (current === "star") {
      starStep = step;
      starAt = at;
      step += 1;
    } else if (current?.(characters[at] ?? "") === true) {
      step += 1;
      at += 1;
    } else if (starStep >= 0) {
      step = starStep + 1;
      starAt += 1;
      at = starAt;
    } else return false;
  }
  while (steps[step] === "star") step += 1;
  return step === steps.length;
}
