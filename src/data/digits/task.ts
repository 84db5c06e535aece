/**
 * @module
 * Digits as a task: problems by split, the three lessons of its warm start, labels of every token, and measures of
 * where completions go right.
 */
import type { AnsweredProblem } from "../problem.ts";
import type { Lesson, Tally, Task } from "../task.ts";
import { arithmeticGivenReading, readingAccuracy } from "./completion-accuracy.ts";
import { demonstrations } from "./demonstrations.ts";
import { digitsLabels } from "./labels.ts";
import { LESSON_NAMES } from "./lessons.ts";
import type { DigitsOptions } from "./options.ts";
import { type DigitsSource, digitsSource } from "./source.ts";
import { warmStartScans } from "./split.ts";
import { truthOf } from "./truth.ts";
import { DIGITS, type World } from "./worlds.ts";

/** The demonstrations of a warm start. */
export interface DigitsWarmStart {
  /** Training scans that demonstrations show, 1 to 1,200. */
  readonly scans: number;
  /** Seed of the choice of scans and of the demonstrations. */
  readonly seed: number;
  /** Steps of the lessons reading and transcription; reasoning takes the rest. */
  readonly readingSteps: number;
  readonly transcriptionSteps: number;
  /** Share, 0 to 1, of reasoning problems that are described in text instead of shown. */
  readonly describedShare: number;
  /** Share, 0 to 1, of sums of two numbers that most demonstrations get wrong; none unless given. */
  readonly slippedShare?: number;
}

export interface DigitsTaskOptions {
  /** Of the problems of training. */
  readonly seed: number;
  /** Of the problems of validation and test. */
  readonly evaluationSeed: number;
  /** Missing options have their defaults. */
  readonly options?: Partial<DigitsOptions>;
  /** No demonstrations unless given. */
  readonly warmStart?: DigitsWarmStart;
  /** Handwritten digits unless given. */
  readonly world?: World;
}

/** The digits task, its sources open. */
export interface DigitsTask extends Task {
  readonly train: DigitsSource;
  readonly validation: DigitsSource;
  readonly test: DigitsSource;
  readonly demonstrations?: readonly Lesson[];
}

/**
 * Counts of one completion:
 *
 * - `readingPerDigit`: the share of digits read right, of the digits that the question needs;
 * - `arithmeticGivenRightReading`: the share with the right answer, of completions that read every needed digit right
 *   and no more;
 * - `reasoningGivenOwnReading`: the share that reasons rightly from its own reading, of completions that state every
 *   needed digit, right or wrong;
 * - `emptySeenEmpty`: the share with the right answer, of completions about an empty cell; only of kind cell.
 */
function digitsMeasures(
  problem: AnsweredProblem,
  completion: string,
  isRight: boolean,
): Record<string, Tally> {
  const truth = truthOf(problem);
  const { right, needed, stated } = readingAccuracy(completion, truth);
  const readsRight = right === needed && stated === needed;
  const reasons = arithmeticGivenReading(completion, truth);
  const isEmpty = truth.question.kind === "cell" && truth.needed.length === 0;
  return {
    readingPerDigit: { right, of: needed },
    arithmeticGivenRightReading: { right: Number(readsRight && isRight), of: Number(readsRight) },
    reasoningGivenOwnReading: { right: Number(reasons === true), of: Number(reasons !== null) },
    ...(truth.question.kind === "cell" && {
      emptySeenEmpty: { right: Number(isEmpty && isRight), of: Number(isEmpty) },
    }),
  };
}

function lessonsOf(warmStart: DigitsWarmStart, options: Partial<DigitsOptions>, world: World): Lesson[] {
  const { seed, readingSteps, transcriptionSteps, describedShare, slippedShare = 0 } = warmStart;
  const scans = warmStartScans(warmStart.scans, seed, world.glyphs());
  const steps = { reading: readingSteps, transcription: transcriptionSteps, reasoning: undefined };
  return LESSON_NAMES.map((name): Lesson => {
    const source = demonstrations({
      scans,
      seed,
      options,
      lesson: name,
      describedShare,
      slippedShare,
      world,
    });
    const own = steps[name];
    return { name, source, ...(own !== undefined && { steps: own }) };
  });
}

/**
 * The digits task: handwritten digits on a canvas to read and calculate with, or what another world has in their place. The
 * truth of each problem is its column `truth`.
 *
 * @throws ConfigError when there are not so many training scans
 */
export function digitsTask({
  seed,
  evaluationSeed,
  options = {},
  warmStart,
  world = DIGITS,
}: DigitsTaskOptions): DigitsTask {
  return {
    name: world.name,
    train: digitsSource({ split: "train", seed, options, world }),
    validation: digitsSource({ split: "validation", seed: evaluationSeed, options, world }),
    test: digitsSource({ split: "test", seed: evaluationSeed, options, world }),
    ...(warmStart && { demonstrations: lessonsOf(warmStart, options, world) }),
    labels: digitsLabels,
    measures: digitsMeasures,
  };
}
