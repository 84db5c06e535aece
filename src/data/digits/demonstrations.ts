/**
 * @module
 * Problems with truthful reasoning traces, for the supervised warm start. They are made of the given scans only, so
 * that reinforcement learning meets handwriting that no trace has shown.
 */
import { Rng } from "../../math/index.ts";
import type { Demonstration, DemonstrationSource } from "../task.ts";
import { described, LESSONS, type LessonName } from "./lessons.ts";
import { type DigitsOptions, digitsSchema } from "./options.ts";
import { digitScans } from "./scans.ts";
import { problemAt, worldAt } from "./source.ts";

/** Demonstrations of digits problems, each drawn at once. */
export interface DigitsDemonstrations extends DemonstrationSource {
  demonstration(index: number): Demonstration;
}

/**
 * Demonstrations from a few scans (`warmStartScans`).
 *
 * @param describedShare share, 0 to 1, of reasoning problems that are told in words instead of shown
 * @throws DataError when there is no scan
 */
export function demonstrations({
  scans: pool,
  seed,
  options = {},
  lesson = "reasoning",
  describedShare = 0,
}: {
  readonly scans: readonly number[];
  readonly seed: number;
  readonly options?: Partial<DigitsOptions>;
  readonly lesson?: LessonName;
  readonly describedShare?: number;
}): DigitsDemonstrations {
  const plan = LESSONS[lesson];
  const resolved = plan.options(digitsSchema.parse(options));
  const scans = digitScans();
  const told = JSON.stringify({ ...resolved, scans: pool, describedShare });
  return {
    fingerprint: `digits ${lesson} seed=${seed} scans=${scans.sha256} options=${told}`,
    size: Infinity,
    demonstration(index) {
      const truth = worldAt(seed, lesson, index, scans, pool, resolved);
      const problem = problemAt(seed, lesson, index, scans, truth);
      const isDescribed =
        lesson === "reasoning" && new Rng(seed).fork(`described/${index}`).uniform() < describedShare;
      if (isDescribed) return { problem: described(problem, truth), completion: truth.trace };
      const question = plan.question ?? problem.question;
      return { problem: { ...problem, question }, completion: plan.completion(truth) };
    },
  };
}
