/**
 * @module
 * Problems with reasoning traces for the supervised warm start, truthful unless the teacher is set to slip. They are
 * made of the given pictures only, so that reinforcement learning meets handwriting that no trace has shown.
 */
import { Rng } from "../../math/index.ts";
import type { Demonstration, DemonstrationSource } from "../task.ts";
import { described, LESSONS, type LessonName } from "./lessons.ts";
import { type DigitsOptions, digitsSchema, fingerprintOptions } from "./options.ts";
import type { Sum } from "./questions.ts";
import { problemAt, worldAt } from "./source.ts";
import { traceOf } from "./world.ts";
import { DIGITS, type World } from "./worlds.ts";

/** Demonstrations of digits problems, each drawn at once. */
export interface DigitsDemonstrations extends DemonstrationSource {
  demonstration(index: number): Demonstration;
}

/** Of the demonstrations with a sum that is taught wrong, so many slip. */
const SLIPS = 0.75;

/** A teacher who takes some sums for one more or one less, and always the same. */
function slippingSum(seed: number, share: number): Sum {
  return (a, b) => {
    const rng = new Rng(seed).fork(`sum/${Math.min(a, b)}+${Math.max(a, b)}`);
    return rng.uniform() < share ? Math.abs(a + b + rng.pick([-1, 1])) : a + b;
  };
}

/**
 * Demonstrations from a few pictures (`warmStartScans`).
 *
 * @param describedShare share, 0 to 1, of reasoning problems that are described in text instead of shown
 * @param slippedShare share, 0 to 1, of sums of two numbers that three demonstrations in four get wrong, always in the same way
 * @param world handwritten digits unless given
 * @throws DataError when there is no scan
 */
export function demonstrations({
  scans: pool,
  seed,
  options = {},
  lesson = "reasoning",
  describedShare = 0,
  slippedShare = 0,
  world = DIGITS,
}: {
  readonly scans: readonly number[];
  readonly seed: number;
  readonly options?: Partial<DigitsOptions>;
  readonly lesson?: LessonName;
  readonly describedShare?: number;
  readonly slippedShare?: number;
  readonly world?: World;
}): DigitsDemonstrations {
  const plan = LESSONS[lesson];
  const resolved = plan.options(digitsSchema.parse(options));
  const { sha256 } = world.glyphs();
  const printed = fingerprintOptions({ ...resolved, scans: pool, describedShare, slippedShare });
  const add = slippingSum(seed, slippedShare);
  const hasChance = (name: string, index: number, chance: number) =>
    lesson === "reasoning" && new Rng(seed).fork(`${name}/${index}`).uniform() < chance;
  return {
    fingerprint: `${world.name} ${lesson} seed=${seed} scans=${sha256} options=${printed}`,
    size: Infinity,
    demonstration(index) {
      const truth = worldAt(seed, lesson, index, world, pool, resolved);
      const problem = problemAt(seed, lesson, index, world, truth);
      const slips = slippedShare > 0 && hasChance("slip", index, SLIPS);
      const completion = slips ? traceOf(truth, world, resolved, add) : plan.completion(truth);
      if (hasChance("described", index, describedShare)) {
        return { problem: described(problem, truth), completion };
      }
      const question = plan.question?.(world.noun) ?? problem.question;
      return { problem: { ...problem, question }, completion };
    },
  };
}
