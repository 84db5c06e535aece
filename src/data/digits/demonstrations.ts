/**
 * @module
 * Problems with truthful reasoning traces, for the supervised warm start. They are made of the given scans only, so
 * that reinforcement learning meets handwriting that no trace has shown.
 */
import { Rng } from "../../math/index.ts";
import type { Problem } from "../problem.ts";
import { described, LESSONS, type Lesson } from "./lessons.ts";
import { type DigitsOptions, digitsSchema } from "./options.ts";
import { digitScans } from "./scans.ts";
import { problemAt, worldAt } from "./source.ts";
import type { DigitsTruth } from "./world.ts";

/** A problem and the completion to imitate. */
export interface Demonstration {
  readonly problem: Problem;
  readonly completion: string;
  readonly truth: DigitsTruth;
}

/** An endless source of demonstrations, each a pure function of its index. */
export interface DemonstrationSource {
  /** Says in words what differs when a resumed run has other data. */
  readonly fingerprint: string;
  readonly size: number;
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
  readonly lesson?: Lesson;
  readonly describedShare?: number;
}): DemonstrationSource {
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
      if (isDescribed) return { problem: described(problem, truth), completion: truth.trace, truth };
      const question = plan.question ?? problem.question;
      return { problem: { ...problem, question }, completion: plan.completion(truth), truth };
    },
  };
}
