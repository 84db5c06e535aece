/**
 * @module
 * Judges recorded answers again, without sampling.
 */
import { batchSignal } from "../../parts/index.ts";
import type { Verdict } from "../../verify/index.ts";
import type { AnswerRecord } from "./answer-record.ts";
import { AnswerVerdict } from "./answer-verdict.ts";

/** Answers that are judged at once. */
const AT_ONCE = 64;

export interface ScoreOptions {
  readonly verdict: Verdict;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The answers with another verdict on each. An answer on which the verdict fails is marked as not judged, with the reason.
 *
 * @throws the verdict's error where it fails for all answers; the signal's reason when it is aborted
 */
export async function scoreAnswers(
  answers: readonly AnswerRecord[],
  { verdict, onProgress, signal }: ScoreOptions,
): Promise<AnswerRecord[]> {
  const scored: AnswerRecord[] = [];
  const judging = new AnswerVerdict(verdict);
  const shared = batchSignal(signal);
  for (let start = 0; start < answers.length; start += AT_ONCE) {
    signal?.throwIfAborted();
    const some = answers.slice(start, start + AT_ONCE).map((answer) => judging.on(answer, shared));
    scored.push(...(await Promise.all(some)));
    onProgress?.(scored.length, answers.length);
  }
  judging.requireSome(scored);
  return scored;
}
