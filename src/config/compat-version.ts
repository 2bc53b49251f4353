/**
 * `compatversion` in `fail2ban.conf`: the version of fail2ban that the compatible faces report. fail2ban does not know the option
 * and passes it over.
 * @module
 */
import { COMPAT_VERSION, isCompatVersion } from "../base/compat-version.ts";
import type { ConfigTree } from "./config-tree.ts";
import { ConfigMistake, type Findings } from "./findings.ts";
import { readOption } from "./option-values.ts";
import type { OptionSpec } from "./options.ts";
import { reprText } from "./python-text.ts";

const COMPATVERSION: OptionSpec = {
  name: "compatversion",
  type: "text",
  serverDefault: COMPAT_VERSION,
  doc: "version of fail2ban that is reported to clients and scripts",
};

/** What is set, else the default; a value that is no version is reported. */
export function readCompatVersion(tree: ConfigTree, findings: Findings): string {
  if (!tree.sections.has("Definition")) return COMPAT_VERSION;
  const value = readOption(COMPATVERSION, { tree, section: "Definition" }, findings);
  if (value === undefined) return COMPAT_VERSION;
  if (!(value instanceof ConfigMistake) && isCompatVersion(value.word)) return value.word;
  const isMistake = value instanceof ConfigMistake;
  const origin = isMistake ? value.origin : value.traced?.originAt();
  const found = isMistake ? value.message : `found ${reprText(String(value.word))}`;
  findings.report({
    severity: "warning",
    message: `'compatversion' needs a version such as 1.0.2: ${found}`,
    consequence: `the default ${COMPAT_VERSION} is reported`,
    ...(origin && { origin }),
  });
  return COMPAT_VERSION;
}
