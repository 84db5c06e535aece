/**
 * @module
 * The first half of an iteration: problems, prompts, completions, rewards.
 */
import { type CreditNeeds, signalRequest } from "../../credit/index.ts";
import { type Completion, type SampleRequest, type Sampler, sampledGroups } from "../../engine/index.ts";
import { PartError } from "../../errors/index.ts";
import {
  type DrawnQuestions,
  drawQuestions,
  type Question,
  RowTally,
  type SkippedRow,
} from "../../eval/index.ts";
import { Rng } from "../../math/index.ts";
import { answeredOf, completionRewards, type Policy } from "../../reward/index.ts";
import type { Draws, Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import { formsPerProblem } from "../schedule/rollouts-schema.ts";
import { askedPolicy } from "./asked-policy.ts";
import { type Group, groupRewards } from "./group.ts";
import { sampleNoisy } from "./noisy-rollouts.ts";
import { separateScores } from "./separate-rewards.ts";
import { inForms } from "./shared-questions.ts";
import { withTemporalRewards } from "./temporal-groups.ts";

/** The groups of an iteration, and the skipped rows. */
export interface SampledGroups {
  /** `[P]` groups of G rollouts. */
  readonly groups: readonly Group[];
  readonly skippedRows: readonly SkippedRow[];
}

/** Options for sampling a batch. */
export interface SamplingOptions {
  /** The sampler; by default the engine. */
  readonly sampler?: Sampler;
  /** Called once the last problems of the batch are drawn. */
  readonly onLastDraw?: () => void;
  /** Share of the run's iterations that are done; 0 unless given. */
  readonly progress?: number;
}

/** Draws the next problems of the stream and puts them into prompts; moves the position. */
async function nextQuestions(training: Training, draws: Draws): Promise<DrawnQuestions> {
  const { source, dialogue, order, limits, maxBrokenShare, schedule, isInCode } = training;
  const setting = isInCode ? "maxBrokenShare" : undefined;
  const tally = new RowTally(maxBrokenShare, source.size, { counts: draws.rows, setting });
  const drawn = await drawQuestions(
    { source, dialogue, limits, order, end: Infinity },
    tally,
    draws.dataPosition,
    Math.ceil(schedule.promptsPerIteration / formsPerProblem(schedule)),
  );
  draws.dataPosition = drawn.position;
  draws.rows = tally.counts;
  return drawn;
}

/**
 * Completions of questions, judged and rewarded.
 *
 * @param noised how many of each group, its last, were sampled from noised images
 * @param policy for rewards that ask it
 */
async function rewarded(
  { dialogue, verdict, rewards, schedule, signal, labels }: Training,
  questions: readonly Question[],
  completions: readonly (readonly Completion[])[],
  noised: number,
  policy: Policy | undefined,
): Promise<Group[]> {
  const sampled = questions.flatMap(({ problem }, p) =>
    completions[p]!.map((completion) => ({
      problem,
      completion,
      text: dialogue.text(completion.tokens),
      ...(labels && { labels: () => labels.label(problem, dialogue.tokenTexts(completion.tokens)) }),
    })),
  );
  const answered = await answeredOf(verdict, sampled, signal);
  const limit = schedule.rewardTimeoutSeconds * 1000;
  const judged = await completionRewards(rewards, answered, signal, limit, policy);
  let next = 0;
  return questions.map(
    (question, p): Group => ({
      ...question,
      rollouts: completions[p]!.map((completion, g) => {
        const place = next++;
        const isNoised = g >= completions[p]!.length - noised;
        return {
          completion,
          text: sampled[place]!.text,
          reward: judged[place]!,
          ...(isNoised && { isNoised: true as const }),
        };
      }),
    }),
  );
}

/**
 * Throws when rewards failed on too many completions.
 *
 * @throws PartError
 */
function requireRewards(groups: readonly Group[], { schedule, isInCode }: Training): void {
  const { maxFailedRewardShare } = schedule;
  const rollouts = groups.flatMap((group) => group.rollouts);
  const failed = rollouts.filter(({ reward }) => reward.failures !== undefined);
  if (failed.length <= maxFailedRewardShare * rollouts.length) return;
  const [first] = failed[0]?.reward.failures ?? [];
  throw new PartError(
    `rewards failed on ${failed.length} of ${rollouts.length} completions, ` +
      `expected at most a share of ${maxFailedRewardShare} (${isInCode ? "schedule" : "train"}.maxFailedRewardShare); the first: ${first}`,
  );
}

/** Groups with the separately normalised rewards added. */
function withSeparate(groups: readonly Group[], { separate }: Training["schedule"]): readonly Group[] {
  if (separate === undefined) return groups;
  return groups.map((group) => ({ ...group, separate: separateScores(group.rollouts, separate) }));
}

/** Groups with the rewards of the other forms of their problem added. */
function compared(groups: readonly Group[], forms: number): readonly Group[] {
  if (forms === 1) return groups;
  return groups.map((group, p) => {
    const first = p - (p % forms);
    const others = groups.slice(first, first + forms).filter((other) => other !== group);
    return { ...group, others: others.flatMap(groupRewards), drawn: first / forms };
  });
}

/**
 * Samples a group for each of the next problems and judges every completion; with a temporal reward also compares with
 * completions for shuffled frames.
 *
 * @param needs signals and entropies to record while sampling
 * @throws DataError when too many rows of the data set are broken, or none can be used
 * @throws PartError when rewards fail on too many completions
 */
export async function sampleGroups(
  training: Training,
  draws: Draws,
  needs: CreditNeeds,
  watch: Stopwatch,
  { sampler = training.engine, onLastDraw, progress = 0 }: SamplingOptions = {},
): Promise<SampledGroups> {
  const { dialogue, temporal, sampling, schedule } = training;
  const { rollouts } = schedule;
  const drawn = await watch.time("prepare", () => nextQuestions(training, draws));
  const request = {
    ...sampling,
    groupSize: schedule.groupSize,
    stopTokens: dialogue.stopTokens,
    seed: draws.rng.word(),
    rollout: true as const,
  };
  const temporalSeed = temporal && draws.rng.word();
  const rolloutSeed = rollouts && draws.rng.word();
  const policy = training.rewards.some(({ asks }) => asks !== undefined)
    ? askedPolicy(training, sampler, draws.rng.word())
    : undefined;
  onLastDraw?.();
  const questions =
    rollouts?.kind === "shared"
      ? await watch.time("prepare", async () =>
          inForms(dialogue, drawn.questions, rollouts, new Rng(rolloutSeed!)),
        )
      : drawn.questions;
  const prompts = questions.map(({ prompt }) => prompt);
  const signals = signalRequest(needs);
  const readers = [needs, ...(training.agreement?.methods ?? []).map((method) => method.needs)];
  const asked: SampleRequest = {
    ...request,
    prompts,
    ...(signals && { signals }),
    ...(readers.some(({ entropy }) => entropy) && { entropy: true }),
  };
  const { completions, noised } =
    rollouts?.kind === "noisy"
      ? await sampleNoisy(
          training,
          { options: rollouts, sampler, request: asked, seed: rolloutSeed!, progress },
          watch,
        )
      : { completions: await watch.time("sample", () => sampledGroups(sampler, asked)), noised: 0 };
  const judged = await watch.time("verify", () => rewarded(training, questions, completions, noised, policy));
  requireRewards(judged, training);
  const groups =
    temporal === undefined
      ? judged
      : await withTemporalRewards(
          training,
          judged,
          { options: temporal, sampler, request: { ...request, prompts }, seed: temporalSeed! },
          watch,
        );
  return {
    groups: compared(withSeparate(groups, schedule), formsPerProblem(schedule)),
    skippedRows: drawn.skipped,
  };
}
