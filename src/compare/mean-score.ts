/**
 * @module
 * The score of a problem out of several scores: of its samples, or of the cells that a row is a mean over.
 */
import { mean } from "../math/index.ts";

/** The mean; null where a score is missing, so that comparisons are of problems that were judged throughout. */
export function meanScore(scores: readonly (number | null)[]): number | null {
  const judged = scores.filter((score) => score !== null);
  return judged.length < scores.length ? null : mean(judged);
}
