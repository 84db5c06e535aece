/**
 * @module
 * Greedy accuracy on the first problems of a source, with its interval, by kind, and where completions go right.
 */
import {
  arithmeticGivenReading,
  type DigitsTruth,
  type Problem,
  type ProblemSource,
  readingAccuracy,
} from "../data/index.ts";
import type { Completion, Engine } from "../engine/index.ts";
import { type Interval, mean, wilsonInterval } from "../math/index.ts";
import { equivalent, extractAnswer } from "../verify/index.ts";
import type { Dialogue } from "./dialogue.ts";
import type { ProblemLimits, Question } from "./draw-problem.ts";
import { drawQuestions } from "./draw-questions.ts";
import { RowTally } from "./row-tally.ts";

export interface EvaluationOptions {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
  readonly source: ProblemSource;
  /** The first n problems of the source; all of a smaller one. */
  readonly problems: number;
  /** Problems beyond these are left out, and the next taken instead. */
  readonly limits?: ProblemLimits | undefined;
  /** Broken rows are skipped up to this share; 0 unless given. */
  readonly maxBrokenShare?: number | undefined;
  /** Problems sampled at once. */
  readonly batchSize: number;
  readonly maxCompletionTokens: number;
  /** The truth behind a problem of the digits task, for reading and arithmetic. */
  readonly world?: ((index: number) => DigitsTruth) | undefined;
  /** Called after each batch. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Asked after each batch; true ends early with what there is. */
  readonly shouldStop?: (() => boolean) | undefined;
}

/** A share with its Wilson 95 % interval and the number it is of. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
  readonly of: number;
}

export interface Evaluation {
  readonly problems: number;
  readonly accuracy: number;
  /** Wilson 95 % interval of the accuracy. */
  readonly low: number;
  readonly high: number;
  readonly byKind: Readonly<Record<string, Share>>;
  readonly completionTokensMean: number;
  readonly truncatedShare: number;
  /** Rows that could not be read, and rows beyond the limits; problems were drawn from the others. */
  readonly brokenRows: number;
  readonly filteredRows: number;
  /** Digits task only: of the digits that questions need, those read right. */
  readonly readingPerDigit?: Share;
  /** Digits task only: of completions that read every needed digit right, those with the right answer. */
  readonly arithmeticGivenRightReading?: Share;
  /** Digits task only: of completions that state every needed digit, those that reason rightly from what they state. */
  readonly reasoningGivenOwnReading?: Share;
}

/** One judged problem. */
interface Judged {
  readonly index: number;
  readonly problem: Problem;
  readonly completion: Completion;
  readonly text: string;
  readonly isRight: boolean;
}

function shareOf({ estimate, low, high }: Interval, of: number): Share {
  return { share: of === 0 ? 0 : estimate, low, high, of };
}

const wilson = (right: number, of: number): Share => shareOf(wilsonInterval(right, of), of);

function byKind(judged: readonly Judged[]): Record<string, Share> {
  const kinds = [...new Set(judged.map(({ problem }) => problem.kind))].sort();
  return Object.fromEntries(
    kinds.map((kind) => {
      const own = judged.filter(({ problem }) => problem.kind === kind);
      return [kind, wilson(own.filter(({ isRight }) => isRight).length, own.length)];
    }),
  );
}

function digitsShares(judged: readonly Judged[], world: (index: number) => DigitsTruth) {
  let right = 0;
  let needed = 0;
  const afterRightReading: boolean[] = [];
  const ownReading: boolean[] = [];
  for (const { index, text, isRight } of judged) {
    const truth = world(index);
    const reading = readingAccuracy(text, truth);
    right += reading.right;
    needed += reading.needed;
    if (reading.right === reading.needed && reading.stated === reading.needed)
      afterRightReading.push(isRight);
    const reasons = arithmeticGivenReading(text, truth);
    if (reasons !== null) ownReading.push(reasons);
  }
  return {
    readingPerDigit: wilson(right, needed),
    arithmeticGivenRightReading: wilson(afterRightReading.filter(Boolean).length, afterRightReading.length),
    reasoningGivenOwnReading: wilson(ownReading.filter(Boolean).length, ownReading.length),
  };
}

async function judgeBatch(options: EvaluationOptions, questions: readonly Question[]): Promise<Judged[]> {
  const { engine, dialogue, maxCompletionTokens } = options;
  const completions = await engine.sample({
    prompts: questions.map(({ prompt }) => prompt),
    groupSize: 1,
    maxCompletionTokens,
    temperature: 0,
    topP: 1,
    topK: 0,
    stopTokens: dialogue.stopTokens,
    seed: 0,
  });
  return questions.map(({ index, problem }, i) => {
    const completion = completions[i]![0]!;
    const text = dialogue.text(completion.tokens);
    const given = extractAnswer(text);
    return {
      index,
      problem,
      completion,
      text,
      isRight: given !== null && equivalent(given, problem.answers[0] ?? ""),
    };
  });
}

/**
 * Measures a model on the first problems of a source.
 *
 * @throws DataError when too many rows are broken
 */
export async function evaluate(options: EvaluationOptions): Promise<Evaluation> {
  const total = Math.min(options.problems, options.source.size);
  const tally = new RowTally(options.maxBrokenShare ?? 0, options.source.size);
  const stream = { ...options, order: (position: number) => position, end: options.source.size };
  const judged: Judged[] = [];
  while (judged.length < total && !(options.shouldStop?.() ?? false)) {
    const count = Math.min(options.batchSize, total - judged.length);
    const { drawn } = tally.counts;
    const { questions } = await drawQuestions(stream, tally, drawn, count);
    if (questions.length === 0) break;
    judged.push(...(await judgeBatch(options, questions)));
    options.onProgress?.(judged.length, total);
  }
  const overall = wilson(judged.filter(({ isRight }) => isRight).length, judged.length);
  const truncated = judged.filter(({ completion }) => completion.stopReason === "length").length;
  return {
    problems: judged.length,
    accuracy: overall.share,
    low: overall.low,
    high: overall.high,
    byKind: byKind(judged),
    completionTokensMean: mean(judged.map(({ completion }) => completion.tokens.length)),
    truncatedShare: judged.length === 0 ? 0 : truncated / judged.length,
    brokenRows: tally.counts.broken,
    filteredRows: tally.counts.filtered,
    ...(options.world && digitsShares(judged, options.world)),
  };
}
