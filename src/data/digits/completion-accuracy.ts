/**
 * @module
 * The accuracy of a digits completion in its two parts: reading the digits that the question needs, and reasoning
 * from the digits read.
 */
import { alignedRight, judgeCompletion, trueReading } from "./judgement.ts";
import { answerTo } from "./questions.ts";
import type { DigitsTruth } from "./world.ts";

/** Counts of digits, to be added over problems. */
export interface ReadingCount {
  /** Needed digits that were stated right. */
  readonly right: number;
  /** Digits that the question needs. */
  readonly needed: number;
  /** Digits stated in their place, right or wrong. */
  readonly stated: number;
}

/**
 * How many of the needed digits a completion reads right. Readings of other things (another row, say) do not count;
 * where one thing is read twice, the last time counts.
 */
export function readingAccuracy(completion: string, truth: DigitsTruth): ReadingCount {
  const { readings, subjects } = judgeCompletion(completion, truth);
  let right = 0;
  let stated = 0;
  for (const subject of subjects) {
    const values = readings.get(subject) ?? [];
    stated += values.length;
    right += alignedRight(values, trueReading(truth, subject)).filter(Boolean).length;
  }
  return { right, needed: truth.needed.length, stated };
}

/**
 * Whether a completion reasons right from its own reading, right or wrong: every step holds, every operand and
 * selection was stated before, and the answer follows from the stated digits.
 *
 * @returns null if the completion does not state all digits that the question needs
 */
export function arithmeticGivenReading(completion: string, truth: DigitsTruth): boolean | null {
  const { judgements, read, answer } = judgeCompletion(completion, truth);
  if (read === undefined || (read.length === 0 && truth.question.kind !== "cell")) return null;
  const steps = judgements.filter(({ statement }) => statement !== "answer");
  return answer === String(answerTo(truth.question, read)) && steps.every(({ follows }) => follows !== false);
}
