/**
 * @module
 * The first half of an iteration: problems, prompts, completions, rewards.
 */
import { type CreditNeeds, signalRequest } from "../credit/index.ts";
import type { Sampler } from "../engine/index.ts";
import { type DrawnQuestions, drawQuestions, RowTally, type SkippedRow } from "../eval/index.ts";
import type { Group } from "./group.ts";
import { maxBrokenShare, problemLimits } from "./open-data.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { withTemporalRewards } from "./temporal-groups.ts";
import type { Draws, Training } from "./training.ts";

/** The groups of an iteration, and the rows that were passed over. */
export interface SampledGroups {
  /** `[P]` groups of G rollouts. */
  readonly groups: readonly Group[];
  readonly skippedRows: readonly SkippedRow[];
}

/** How a batch is sampled. */
export interface SamplingOptions {
  /** Who samples; the engine unless given. */
  readonly sampler?: Sampler;
  /** Called when the last problems of the batch have been drawn. */
  readonly onLastDraw?: () => void;
}

/** Draws the next problems of the stream and puts them into prompts; moves the position. */
async function nextQuestions(training: Training, draws: Draws): Promise<DrawnQuestions> {
  const { config, source, dialogue, order } = training;
  const tally = new RowTally(maxBrokenShare(config), source.size, draws.rows);
  const drawn = await drawQuestions(
    { source, dialogue, limits: problemLimits(config), order, end: Infinity },
    tally,
    draws.dataPosition,
    config.train.promptsPerIteration,
  );
  draws.dataPosition = drawn.position;
  draws.rows = tally.counts;
  return drawn;
}

/**
 * Samples a group for each of the next problems and has every completion judged; with `reward.temporal` also against
 * completions for shuffled frames.
 *
 * @param needs signals to take along while sampling
 * @throws DataError when too many rows of the data set are broken, or none can be used
 */
export async function sampleGroups(
  training: Training,
  draws: Draws,
  needs: CreditNeeds,
  watch: Stopwatch,
  { sampler = training.engine, onLastDraw }: SamplingOptions = {},
): Promise<SampledGroups> {
  const { config, dialogue, verify } = training;
  const { questions, skipped } = await watch.time("prepare", () => nextQuestions(training, draws));
  const { temporal } = config.reward;
  const request = {
    ...config.sampling,
    prompts: questions.map(({ prompt }) => prompt),
    groupSize: config.train.groupSize,
    stopTokens: dialogue.stopTokens,
    seed: draws.rng.word(),
  };
  const temporalSampling = temporal && { options: temporal, sampler, request, seed: draws.rng.word() };
  onLastDraw?.();
  const signals = signalRequest(needs);
  const completions = await watch.time("sample", () =>
    sampler.sample({
      ...request,
      ...(signals && { signals }),
    }),
  );
  const judged = await watch.time("verify", async () =>
    questions.map(
      (question, p): Group => ({
        ...question,
        rollouts: completions[p]!.map((completion) => {
          const text = dialogue.text(completion.tokens);
          return { completion, text, reward: verify(text, question.problem, completion.tokens.length) };
        }),
      }),
    ),
  );
  const groups =
    temporalSampling === undefined
      ? judged
      : await withTemporalRewards(training, judged, temporalSampling, watch);
  return { groups, skippedRows: skipped };
}
