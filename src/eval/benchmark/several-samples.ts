/**
 * @module
 * Results of several answers to each problem: pass@k, best@k and the majority.
 */
import { bestAtK, majorityScore, mean, passAtK } from "../../math/index.ts";
import { answerClasses } from "../../verify/index.ts";
import type { AnswerRecord } from "./answer-record.ts";

/** The results of several samples; each only where it is defined. */
export interface SeveralSamples {
  /** pass@k for k = 1, 2, 4, … and N, by k, where every score is 0 or 1. */
  readonly passAt?: Readonly<Record<string, number>>;
  /** best@k, the expected best score of k answers, in its place where scores are graded. */
  readonly bestAt?: Readonly<Record<string, number>>;
  /** Score of the answer that most samples give. */
  readonly majority?: number;
}

/** An answer that could be judged. */
type Judged = AnswerRecord & { readonly score: number };

const isJudged = (answer: AnswerRecord): answer is Judged => answer.score !== null;

/** k = 1, 2, 4, … below N, and N. */
function sampleCounts(samples: number): number[] {
  const powers = Array.from({ length: 32 }, (_, power) => 2 ** power).filter((k) => k < samples);
  return [...powers, samples];
}

/** The mean over problems of their votes' winner. */
function majorityOf(problems: readonly Judged[][]): number {
  const scores = problems.map((own) =>
    majorityScore(
      answerClasses(
        own.map(({ extracted }) => extracted),
        own[0]?.options,
      ),
      own.map(({ score }) => score),
    ),
  );
  return mean(scores);
}

/**
 * pass@k, or best@k of graded scores, and the majority. Answers that cannot be judged are left out: they are no sample of
 * their problem and have no vote. A number of k answers is over the problems with k judged answers or more.
 *
 * @param problems `[P][N]`
 */
export function severalSamples(problems: readonly AnswerRecord[][]): SeveralSamples {
  const samples = problems[0]?.length ?? 0;
  const judged = problems.map((own) => own.filter(isJudged)).filter((own) => own.length > 0);
  if (samples < 2 || judged.length === 0) return {};
  const scores = judged.map((own) => own.map(({ score }) => score));
  const isGraded = scores.some((own) => own.some((score) => score !== 0 && score !== 1));
  const ofProblem = (own: readonly number[], k: number) =>
    isGraded ? bestAtK(own, k) : passAtK(own.length, own.filter((score) => score === 1).length, k);
  const byCount = sampleCounts(samples).flatMap((k) => {
    const enough = scores.filter((own) => own.length >= k);
    return enough.length === 0 ? [] : [[k, mean(enough.map((own) => ofProblem(own, k)))] as const];
  });
  return { [isGraded ? "bestAt" : "passAt"]: Object.fromEntries(byCount), majority: majorityOf(judged) };
}
