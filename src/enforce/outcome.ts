/**
 * How an operation of an action ends. An action's troubles are outcomes, not exceptions: they end nothing but itself.
 * @module
 */
import { TagRecursionError } from "../action/tags.ts";
import { reprText } from "../config/python-text.ts";

/** How an operation ended. Skipped: there was nothing to do, or it is not for this action. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "skipped" }
  | { readonly kind: "failed"; readonly error: string; readonly info?: string };

export const DONE: Outcome = { kind: "done" };
export const SKIPPED: Outcome = { kind: "skipped" };

/**
 * Turns what went wrong with an operation of a whole action into its outcome.
 *
 * @param head the begin of the failure's text
 * @param work resolves to the problem, `undefined` if all is well
 */
export async function guarded(head: string, work: () => Promise<string | undefined>): Promise<Outcome> {
  try {
    const problem = await work();
    return problem === undefined ? DONE : { kind: "failed", error: `${head}: ${reprText(problem)}` };
  } catch (error) {
    if (!(error instanceof TagRecursionError)) throw error;
    return { kind: "failed", error: `${head}: ValueError(${reprText(error.message)})` };
  }
}
