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
  /** The answer that was read out of the completion; null where there was none. */
  readonly extracted: string | null;
  /** 0 (wrong) to 1 (right); null where the completion cannot be judged, which is not 0. */
  readonly score: number | null;
  /** The reason, in words. */
  readonly reason: string;
}

/** Decides whether a completion answers its problem. */
export interface Verdict {
  readonly name: string;
  /**
   * @param text the whole completion, its thought included
   * @param signal aborts a verdict that waits for something
   */
  judge(text: string, problem: JudgedProblem, signal?: AbortSignal): Judgement | Promise<Judgement>;
}

/** Facts about the run that a verdict is made with. */
export interface VerdictContext {
  /** Told of waits and faults that do not stop the run. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** Whether a judgement counts as a right answer. */
export function isRight({ score }: Judgement): boolean {
  return score === 1;
}
