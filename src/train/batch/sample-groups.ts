/**
 * @module
 * The first half of an iteration: problems, prompts, completions, rewards.
 */
import { type CreditNeeds, signalRequest } from "../../credit/index.ts";
import type { Completion, Sampler } from "../../engine/index.ts";
import { PartError } from "../../errors/index.ts";
import {
  type DrawnQuestions,
  drawQuestions,
  type Question,
  RowTally,
  type SkippedRow,
} from "../../eval/index.ts";
import { answeredOf, completionRewards } from "../../reward/index.ts";
import type { Draws, Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import type { Group } from "./group.ts";
import { withTemporalRewards } from "./temporal-groups.ts";

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
  const { source, dialogue, order, limits, maxBrokenShare, schedule } = training;
  const tally = new RowTally(maxBrokenShare, source.size, { counts: draws.rows });
  const drawn = await drawQuestions(
    { source, dialogue, limits, order, end: Infinity },
    tally,
    draws.dataPosition,
    schedule.promptsPerIteration,
  );
  draws.dataPosition = drawn.position;
  draws.rows = tally.counts;
  return drawn;
}

/** Completions of questions, judged and rewarded. */
async function rewarded(
  { dialogue, verdict, rewards, schedule, signal }: Training,
  questions: readonly Question[],
  completions: readonly (readonly Completion[])[],
): Promise<Group[]> {
  const sampled = questions.flatMap(({ problem }, p) =>
    completions[p]!.map((completion) => ({
      problem,
      completion,
      text: dialogue.text(completion.tokens),
    })),
  );
  const answered = await answeredOf(verdict, sampled, signal);
  const judged = await completionRewards(rewards, answered, signal, schedule.rewardTimeoutSeconds * 1000);
  let next = 0;
  return questions.map(
    (question, p): Group => ({
      ...question,
      rollouts: completions[p]!.map((completion) => {
        const place = next++;
        return { completion, text: sampled[place]!.text, reward: judged[place]! };
      }),
    }),
  );
}

/**
 * Fails where rewards failed on too many completions.
 *
 * @throws PartError
 */
function requireRewards(groups: readonly Group[], { maxFailedRewardShare }: Training["schedule"]): void {
  const rollouts = groups.flatMap((group) => group.rollouts);
  const failed = rollouts.filter(({ reward }) => reward.failures !== undefined);
  if (failed.length <= maxFailedRewardShare * rollouts.length) return;
  const [first] = failed[0]?.reward.failures ?? [];
  throw new PartError(
    `rewards failed on ${failed.length} of ${rollouts.length} completions, ` +
      `expected at most a share of ${maxFailedRewardShare} (train.maxFailedRewardShare); the first: ${first}`,
  );
}

/**
 * Samples a group for each of the next problems and has every completion judged; with a temporal reward also against
 * completions for shuffled frames.
 *
 * @param needs signals to take along while sampling
 * @throws DataError when too many rows of the data set are broken, or none can be used
 * @throws PartError when rewards fail on too many completions
 */
export async function sampleGroups(
  training: Training,
  draws: Draws,
  needs: CreditNeeds,
  watch: Stopwatch,
  { sampler = training.engine, onLastDraw }: SamplingOptions = {},
): Promise<SampledGroups> {
  const { dialogue, temporal, sampling, schedule } = training;
  const { questions, skipped } = await watch.time("prepare", () => nextQuestions(training, draws));
  const request = {
    ...sampling,
    prompts: questions.map(({ prompt }) => prompt),
    groupSize: schedule.groupSize,
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
  const judged = await watch.time("verify", () => rewarded(training, questions, completions));
  requireRewards(judged, schedule);
  const groups =
    temporalSampling === undefined
      ? judged
      : await withTemporalRewards(training, judged, temporalSampling, watch);
  return { groups, skippedRows: skipped };
}
