/**
 * What `gaoler lint` found, for people and for programs.
 * @module
 */
import { formatDiagnostic } from "../base/diagnostic.ts";
import { isFailing, type LintFinding } from "../lint/finding.ts";
import { type Colour, harmless, paint } from "./screen.ts";

export interface LintReport {
  /** filters that were looked at */
  readonly filters: number;
  readonly findings: readonly LintFinding[];
}

const COLOURS: Readonly<Record<LintFinding["severity"], Colour>> = {
  error: "red",
  warning: "yellow",
  notice: "grey",
};
/** Longest made-up line shown, characters. */
const SHOWN_PROOF_CHARS = 400;

const countOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

interface Showing {
  /** notices, too */
  readonly showsAll: boolean;
  readonly hasColour: boolean;
}

/** The report for people, with a newline at its end. */
export function lintText({ filters, findings }: LintReport, { showsAll, hasColour }: Showing): string {
  const shown = findings.filter((finding) => showsAll || isFailing(finding));
  const counts = (["error", "warning", "notice"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [countOf(count, severity)];
  });
  const hidden = findings.length > shown.length ? " (--all shows notices)" : "";
  const blocks = shown.map((finding) => findingText(finding, hasColour));
  const found = counts.length === 0 ? "nothing found" : counts.join(", ");
  return `${[...blocks, `${countOf(filters, "filter")}: ${found}${hidden}`].join("\n\n")}\n`;
}

function findingText(finding: LintFinding, hasColour: boolean): string {
  const { check, severity, filter, message, proof, origin, consequence, remedy } = finding;
  const text = formatDiagnostic({
    severity,
    message: `${filter}: ${message} (${check})`,
    ...(origin === undefined ? {} : { origin }),
  });
  const [head = "", ...excerpt] = text.split("\n").map(harmless);
  const cut = (line: string): string =>
    line.length > SHOWN_PROOF_CHARS ? `${line.slice(0, SHOWN_PROOF_CHARS)}…` : line;
  return [
    paint({ hasColour }, COLOURS[severity], head),
    ...excerpt,
    ...(proof === undefined
      ? []
      : [`    proof: ${harmless(cut(proof.line))}`, `           ${harmless(cut(proof.outcome))}`]),
    ...(consequence === undefined ? [] : [`    now: ${harmless(consequence)}`]),
    ...(remedy === undefined ? [] : [`    try: ${harmless(remedy)}`]),
  ].join("\n");
}

/** The report for programs: one JSON object, with a newline at its end. */
export function lintJson({ filters, findings }: LintReport): string {
  return `${JSON.stringify({ ok: !findings.some(isFailing), filters, findings }, undefined, 2)}\n`;
}
