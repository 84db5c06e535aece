/**
 * @module
 * Judges recorded answers again, without sampling.
 */
import { batchSignal } from "../../parts/index.ts";
import type { Verdict } from "../../verify/index.ts";
import { type AnswerRecord, scoredAnswer } from "./answer-record.ts";

/** Answers that are judged at once. */
const AT_ONCE = 64;

export interface ScoreOptions {
  readonly verdict: Verdict;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The answers with another verdict on each.
 *
 * @throws the verdict's error; the signal's reason when it is aborted
 */
export async function scoreAnswers(
  answers: readonly AnswerRecord[],
  { verdict, onProgress, signal }: ScoreOptions,
): Promise<AnswerRecord[]> {
  const scored: AnswerRecord[] = [];
  const shared = batchSignal(signal);
  for (let start = 0; start < answers.length; start += AT_ONCE) {
    signal?.throwIfAborted();
    const some = answers.slice(start, start + AT_ONCE).map(async (answer) => {
      const { extracted, score, reason } = await verdict.judge(
        answer.completion,
        scoredAnswer(answer).problem,
        shared,
      );
      return { ...answer, extracted, score, reason };
    });
    scored.push(...(await Promise.all(some)));
    onProgress?.(scored.length, answers.length);
  }
  return scored;
}
