/**
 * @module
 * Greedy accuracy on the first problems of a source, with its interval, by kind, and the task's further measures.
 */
import type { Problem, ProblemSource, Tally, Task } from "../data/index.ts";
import { type Completion, type Engine, sampledGroups } from "../engine/index.ts";
import { wilsonInterval } from "../math/index.ts";
import { isRight, type Judgement, type Verdict } from "../verify/index.ts";
import type { Dialogue } from "./dialogue.ts";
import type { ProblemLimits, Question } from "./draw-problem.ts";
import { drawQuestions } from "./draw-questions.ts";
import { RowTally } from "./row-tally.ts";
import { TallySums, talliesOf } from "./task-tally.ts";

/** One judged answer of a model. */
export interface EvaluatedAnswer {
  /** Place of the problem in its source. */
  readonly index: number;
  readonly problem: Problem;
  /** The whole completion, special tokens left out. */
  readonly text: string;
  readonly tokens: Int32Array;
  readonly stopReason: Completion["stopReason"];
  /** With the extracted answer. */
  readonly judgement: Judgement;
}

export interface EvaluationOptions {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
  readonly source: ProblemSource;
  /** Decides which answers are right. */
  readonly verdict: Verdict;
  /** Counts of the task's further measures (`Task.measures`). */
  readonly measures?: Task["measures"] | undefined;
  /** The first n problems of the source; all of a smaller one. */
  readonly problems: number;
  /** Problems beyond these are left out, and the next taken instead. */
  readonly limits?: ProblemLimits | undefined;
  /** Broken rows are skipped up to this share, of 100 rows at least or of all rows of a smaller source; 0 unless given. */
  readonly maxBrokenShare?: number | undefined;
  /** The setting that this share is from, for errors; "data.maxBrokenShare" unless given. */
  readonly brokenSetting?: string | undefined;
  /** Problems sampled at once. */
  readonly batchSize: number;
  readonly maxCompletionTokens: number;
  /** Called for each answer in the order of problems, before anything is counted; waited for. */
  readonly onAnswer?: ((answer: EvaluatedAnswer) => void | Promise<void>) | undefined;
  /** Called after each batch. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Asked after each batch; true ends early with the answers so far. */
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
  /** Of the problems that could be judged. */
  readonly accuracy: number;
  /** Wilson 95 % interval of the accuracy. */
  readonly low: number;
  readonly high: number;
  readonly byKind: Readonly<Record<string, Share>>;
  /** The task's further measures by name; absent where the task has none. */
  readonly measures?: Readonly<Record<string, Share>>;
  readonly completionTokensMean: number;
  readonly truncatedShare: number;
  /** Answers that the verdict could not judge; they count in no share. */
  readonly unscorable: number;
  /** Rows that could not be read, and rows beyond the limits; problems were drawn from the others. */
  readonly brokenRows: number;
  readonly filteredRows: number;
}

function wilson({ right, of }: Tally): Share {
  const { estimate, low, high } = wilsonInterval(right, of);
  return { share: of === 0 ? 0 : estimate, low, high, of };
}

/** Counts of answers, so that a long evaluation keeps no images. */
class AnswerCounts {
  #problems = 0;
  #truncated = 0;
  #tokens = 0;
  readonly #kinds = new TallySums();
  readonly #measures = new TallySums();

  add({ problem, text, tokens, stopReason, judgement }: EvaluatedAnswer, measures: Task["measures"]): void {
    this.#problems++;
    this.#truncated += Number(stopReason === "length");
    this.#tokens += tokens.length;
    const isJudged = judgement.score !== null;
    const right = isRight(judgement);
    this.#kinds.add(problem.kind ?? "all", { right: Number(right), of: Number(isJudged) });
    if (!isJudged || measures === undefined) return;
    for (const [name, tally] of talliesOf(measures, problem, text, right)) this.#measures.add(name, tally);
  }

  shares(hasMeasures: boolean) {
    const judged = this.#kinds.total;
    const { share, low, high } = wilson(judged);
    const mean = (total: number) => (this.#problems === 0 ? 0 : total / this.#problems);
    return {
      problems: this.#problems,
      accuracy: share,
      low,
      high,
      byKind: Object.fromEntries(
        [...this.#kinds.keys()].sort().map((kind) => [kind, wilson(this.#kinds.get(kind)!)]),
      ),
      ...(hasMeasures && {
        measures: Object.fromEntries([...this.#measures].map(([name, tally]) => [name, wilson(tally)])),
      }),
      completionTokensMean: mean(this.#tokens),
      truncatedShare: mean(this.#truncated),
      unscorable: this.#problems - judged.of,
    };
  }
}

async function answerBatch(
  { engine, dialogue, verdict, maxCompletionTokens }: EvaluationOptions,
  questions: readonly Question[],
): Promise<EvaluatedAnswer[]> {
  const completions = await sampledGroups(engine, {
    prompts: questions.map(({ prompt }) => prompt),
    groupSize: 1,
    maxCompletionTokens,
    temperature: 0,
    topP: 1,
    topK: 0,
    stopTokens: dialogue.stopTokens,
    seed: 0,
  });
  return Promise.all(
    questions.map(async ({ index, problem }, i) => {
      const { tokens, stopReason } = completions[i]![0]!;
      const text = dialogue.text(tokens);
      return { index, problem, text, tokens, stopReason, judgement: await verdict.judge(text, problem) };
    }),
  );
}

/**
 * Measures a model on the first problems of a source.
 *
 * @throws DataError when too many rows are broken, or a measure is not a share
 */
export async function evaluate(options: EvaluationOptions): Promise<Evaluation> {
  const total = Math.min(options.problems, options.source.size);
  const { maxBrokenShare = 0, brokenSetting, source } = options;
  const tally = new RowTally(maxBrokenShare, source.size, { setting: brokenSetting, isOnce: true });
  const stream = { ...options, order: (position: number) => position, end: options.source.size };
  const counts = new AnswerCounts();
  let done = 0;
  while (done < total && !(options.shouldStop?.() ?? false)) {
    const count = Math.min(options.batchSize, total - done);
    const { drawn } = tally.counts;
    const { questions } = await drawQuestions(stream, tally, drawn, count);
    if (questions.length === 0) break;
    for (const answer of await answerBatch(options, questions)) {
      await options.onAnswer?.(answer);
      counts.add(answer, options.measures);
    }
    done += questions.length;
    options.onProgress?.(done, total);
  }
  return {
    ...counts.shares(options.measures !== undefined),
    brokenRows: tally.counts.broken,
    filteredRows: tally.counts.filtered,
  };
}
