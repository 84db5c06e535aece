/**
 * @module
 * The completions that a diagnosis looks at, batch by batch: sampled from the model, or recorded before.
 */
import type { Problem, ProblemSource } from "../data/index.ts";
import { type Engine, type Prompt, type SampleRequest, sampledGroups } from "../engine/index.ts";
import { type Dialogue, drawQuestions, type ProblemLimits, RowTally } from "../eval/index.ts";
import { Rng } from "../math/index.ts";

/** A completion, and the problem that it answers. */
export interface Answer {
  readonly problem: Problem;
  readonly prompt: Prompt;
  /** `[T]` */
  readonly tokens: Int32Array;
}

/** Completions in batches. */
export interface Answers {
  readonly total: number;
  /** @param shouldStop asked before each batch; true ends with the answers so far */
  batches(shouldStop: () => boolean): AsyncIterable<readonly Answer[]>;
}

export interface SampledAnswersOptions {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
  readonly source: ProblemSource;
  /** The first n problems; all of a smaller source. */
  readonly problems: number;
  readonly sampling: Pick<SampleRequest, "temperature" | "topP" | "topK" | "maxCompletionTokens">;
  readonly seed: number;
  /** Problems sampled at once; 128 unless given. */
  readonly batchSize?: number;
  readonly limits?: ProblemLimits | undefined;
  readonly maxBrokenShare?: number | undefined;
}

/** One sampled completion of each of the first problems of a source, the same for every size of batches. */
export function sampledAnswers(options: SampledAnswersOptions): Answers {
  const { engine, dialogue, source, batchSize = 128 } = options;
  const total = Math.min(options.problems, source.size);
  return {
    total,
    async *batches(shouldStop) {
      const stream = { ...options, order: (position: number) => position, end: source.size };
      const tally = new RowTally(options.maxBrokenShare ?? 0, source.size, { isOnce: true });
      for (let done = 0; done < total && !shouldStop(); ) {
        const count = Math.min(batchSize, total - done);
        const { questions } = await drawQuestions(stream, tally, tally.counts.drawn, count);
        if (questions.length === 0) return;
        const groups = await sampledGroups(engine, {
          ...options.sampling,
          prompts: questions.map(({ prompt }) => prompt),
          groupSize: 1,
          stopTokens: dialogue.stopTokens,
          seed: questions.map(({ index }) => new Rng(options.seed).fork(index).integer(2 ** 31)),
        });
        yield questions.map(({ problem, prompt }, i) => ({ problem, prompt, tokens: groups[i]![0]!.tokens }));
        done += questions.length;
      }
    },
  };
}
