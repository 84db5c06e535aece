/**
 * @module
 * Verdicts on recorded answers. A verdict that fails on one answer leaves it without a verdict; one that keeps failing ends
 * the evaluation.
 */
import { PartError } from "../../errors/index.ts";
import type { Verdict } from "../../verify/index.ts";
import { type AnswerRecord, judgedRecord, scoredAnswer, unjudged } from "./answer-record.ts";

/** Problems one after the other whose answers a verdict may fail on, before it counts as failing on all. */
const MOST_IN_A_ROW = 8;

/** A verdict with its failures so far. */
export class AnswerVerdict {
  readonly #verdict: Verdict;
  readonly #mostInARow: number;
  /** Places of the problems on whose answers it has failed since it last succeeded. */
  readonly #failedOn = new Set<number>();
  #failure: PartError | undefined;

  /** @param mostInARow problems with failures, one after the other, that end the evaluation */
  constructor(verdict: Verdict, mostInARow = MOST_IN_A_ROW) {
    this.#verdict = verdict;
    this.#mostInARow = mostInARow;
  }

  /**
   * The answer with its verdict; with the reason and without a verdict where the verdict fails on this answer alone.
   *
   * @throws PartError when the verdict fails on all answers: with `isTotal`, or on too many problems in a row
   * @throws the signal's reason when it is aborted
   */
  async on(answer: AnswerRecord, signal: AbortSignal | undefined): Promise<AnswerRecord> {
    try {
      const { problem, text } = scoredAnswer(answer);
      const judgement = await this.#verdict.judge(text, problem, signal);
      this.#requireScore(answer, judgement.score);
      this.#failedOn.clear();
      return judgedRecord(answer, judgement);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof PartError) || error.isTotal) throw error;
      this.#failure ??= error;
      this.#failedOn.add(answer.index);
      if (this.#failedOn.size >= this.#mostInARow) throw error;
      return judgedRecord(answer, unjudged(error.message));
    }
  }

  /**
   * To be called after the last answer.
   *
   * @throws PartError when it has failed, and no answer has a verdict
   */
  requireSome(answers: readonly AnswerRecord[]): void {
    if (this.#failure !== undefined && answers.every(({ isJudged }) => isJudged === false)) {
      throw this.#failure;
    }
  }

  #requireScore({ problem }: AnswerRecord, score: number | null): void {
    if (score === null || (score >= 0 && score <= 1)) return;
    throw new PartError(
      `verdict ${this.#verdict.name}: problem ${problem}: expected a score from 0 to 1 or null, got ${String(score)}`,
      { isTotal: true },
    );
  }
}
