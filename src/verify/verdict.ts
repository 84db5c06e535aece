/**
 * @module
 * The verdict: the one object that decides whether a completion is right. Training, evaluation, diagnosis, the viewer
 * and the command line share it, so they cannot disagree.
 */
import type { Problem } from "../data/index.ts";

/** The parts of a problem that a verdict reads. */
export type JudgedProblem = Pick<Problem, "question" | "answers" | "options" | "columns">;

/** A verdict on one completion. */
export interface Judgement {
  /** The answer extracted from the completion; null if there was none. */
  readonly extracted: string | null;
  /** 0 (wrong) to 1 (right); null, not 0, if the completion cannot be judged. */
  readonly score: number | null;
  /** The reason as text. */
  readonly reason: string;
}

/** Decides whether a completion answers its problem. */
export interface Verdict {
  readonly name: string;
  /**
   * @param text the whole completion, its thought included
   * @param signal aborts a waiting verdict
   */
  judge(text: string, problem: JudgedProblem, signal?: AbortSignal): Judgement | Promise<Judgement>;
}

/** Facts of the run passed to a verdict's maker. */
export interface VerdictContext {
  /** Called with delays and failures that do not stop the run. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** Whether a judgement counts as a right answer. */
export function isRight({ score }: Judgement): boolean {
  return score === 1;
}
