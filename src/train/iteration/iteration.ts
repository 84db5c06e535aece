/**
 * @module
 * One iteration of reinforcement learning: sample, verify, credit, objective, update. Each step is in a separate file;
 * this file defines their order.
 */
import type { CompletionCredit } from "../../credit/index.ts";
import { NumericError } from "../../errors/index.ts";
import type { Rng } from "../../math/index.ts";
import { type Algorithm, algorithmAt, algorithmNeeds, tokenAdvantages } from "../../objective/index.ts";
import type { BatchesAhead } from "../batch/batches-ahead.ts";
import type { Group } from "../batch/group.ts";
import { hasGradient, hasShapedGradient } from "../batch/has-gradient.ts";
import { remembered, withReplayed } from "../batch/replay.ts";
import { sampleBatch } from "../batch/sample-batch.ts";
import { followedFactors } from "../batch/separate-rewards.ts";
import { creditAgreement } from "../credit/credit-agreement.ts";
import { creditGroups } from "../credit/credit-groups.ts";
import {
  type CreditedGroup,
  measureGroups,
  objectiveGroups,
  type SeparateFactors,
} from "../credit/measured-group.ts";
import type { RewardFailedEvent } from "../loop/events.ts";
import { Stopwatch } from "../loop/stopwatch.ts";
import { adamAt } from "../schedule/learning-rate.ts";
import type { SeparateRewards } from "../schedule/separate-schema.ts";
import { type BrokenRow, type IterationMetrics, iterationMetrics } from "./iteration-metrics.ts";
import { rolloutLines } from "./rollout-lines.ts";
import { isRounded } from "./sampler-mismatch.ts";
import type { Progress, Training } from "./training.ts";
import { type StepOutcome, updatePolicy } from "./update-policy.ts";

/** Failures of rewards by message: the first message of each reward represents all of its failures. */
function rewardFailures(iteration: number, groups: readonly Group[]): RewardFailedEvent[] {
  const found = new Map<string, { message: string; completions: number }>();
  for (const { rollouts } of groups) {
    for (const message of rollouts.flatMap(({ reward }) => reward.failures ?? [])) {
      const key = /^reward "[^"]*"/.exec(message)?.[0] ?? message;
      const before = found.get(key);
      found.set(key, { message: before?.message ?? message, completions: (before?.completions ?? 0) + 1 });
    }
  }
  return [...found.values()].map((failure) => ({ event: "reward-failed", iteration, ...failure }));
}

/** The result of an iteration, besides the updated weights. */
export interface IterationOutcome {
  readonly metrics: IterationMetrics;
  /** Rows of the data set that could not be read. */
  readonly brokenRows: readonly BrokenRow[];
  /** Failed rewards, one event a message. */
  readonly rewardFailures: readonly RewardFailedEvent[];
  readonly steps: readonly StepOutcome[];
  /** One line per rollout to write; empty if this iteration writes none. */
  readonly rollouts: readonly object[];
}

const isTurn = (every: number, iteration: number) => every > 0 && iteration % every === 0;

/**
 * Measures and credits the groups with a gradient, or returns a reason if a signal is not a number. Groups without a
 * gradient stay in the batch for the means of the loss.
 *
 * If the credit method changes rewards and equal groups are dropped, the shaped rewards decide.
 */
async function credited(
  training: Training,
  groups: readonly Group[],
  wants: Parameters<typeof measureGroups>[2] & { readonly isStale: boolean },
  inputs: { readonly rng: Rng; readonly ablationSeed: number; readonly progress: number },
  watch: Stopwatch,
): Promise<CreditedGroup[] | { readonly reason: string }> {
  const { credit, objective, schedule } = training;
  const moving = groups.filter((group) => hasGradient(training, group));
  const measured = new Map(
    (await measureGroups(training, moving, wants, watch)).map((group) => [group.group, group]),
  );
  let credits: CompletionCredit[][];
  try {
    const advantages = credit.needs.advantage
      ? tokenAdvantages(objective, objectiveGroups([...measured.values()]))
      : undefined;
    credits = await creditGroups(training, moving, { ...inputs, advantages, isStale: wants.isStale }, watch);
  } catch (error) {
    if (!(error instanceof NumericError)) throw error;
    return { reason: error.message };
  }
  const creditOf = new Map(moving.map((group, p) => [group, credits[p]!]));
  const paired = groups.map((group): CreditedGroup => {
    const own = measured.get(group);
    return own === undefined ? idleGroup(group, wants.apart) : { ...own, credits: creditOf.get(group)! };
  });
  const isFiltered = credit.needs.allGroups && schedule.equalGroups === "drop";
  return isFiltered ? paired.filter((group) => hasShapedGradient(training, group)) : paired;
}

/** Factors of separately normalised rewards, by name. */
function factorNumbers({ rewards }: SeparateRewards, factors: readonly number[]) {
  return Object.fromEntries(rewards.map(({ name }, k) => [name, factors[k]!]));
}

/** The KL coefficient of the iteration, where it falls over the run. */
function scheduledNumbers(whole: Algorithm, now: Algorithm): { readonly klCoefficient?: number } {
  if (whole.unit === "pair" || now.unit === "pair" || whole.kl.shareAt === undefined) return {};
  return { klCoefficient: now.kl.coefficient };
}

/** A group without a gradient: it counts in the means of the loss and is not measured. */
function idleGroup(group: Group, apart: SeparateFactors | undefined): CreditedGroup {
  return {
    group,
    apart,
    isIdle: true,
    credits: group.rollouts.map(({ completion }) => ({
      weights: new Float64Array(completion.tokens.length).fill(1),
    })),
  };
}

/**
 * The batch of an iteration, sampled now by the current policy or ahead by an earlier one. Moves `progress` past it.
 */
async function nextBatch(
  training: Training,
  progress: Progress,
  iteration: number,
  ahead: BatchesAhead | undefined,
  watch: Stopwatch,
) {
  const shuffles = training.schedule.minibatches > 1;
  if (ahead === undefined) {
    const done = (iteration - 1) / training.iterations;
    const batch = await sampleBatch(training, progress, watch, { progress: done });
    if (shuffles) progress.rng.shuffle(batch.kept);
    return { ...batch, version: iteration - 1, watch };
  }
  const batch = await ahead.take(iteration, watch);
  if (shuffles) batch.rng.shuffle(batch.kept);
  progress.dataPosition = batch.after.dataPosition;
  progress.rows = batch.after.rows;
  return batch;
}

/**
 * Runs iteration number `iteration`, counted from 1, and advances `progress`.
 *
 * Groups whose rewards are all equal carry no gradient with most algorithms: they are counted, and excluded from
 * credit, scoring and update.
 *
 * @param ahead source of batches that are sampled while earlier batches are trained on; without it an iteration
 *   samples its own batch
 * @param onChange called as soon as the weights have changed
 */
export async function runIteration(
  given: Training,
  progress: Progress,
  iteration: number,
  ahead?: BatchesAhead,
  onChange: () => void = () => {},
): Promise<IterationOutcome> {
  const done = (iteration - 1) / given.iterations;
  const training = { ...given, objective: algorithmAt(given.objective, Math.min(1, done)) };
  const { schedule, clock } = training;
  const watch = new Stopwatch(clock);
  const sampled = await nextBatch(training, progress, iteration, ahead, watch);
  const { groups, attempts, skippedRows, version } = sampled;
  const { replay } = schedule;
  const kept = replay
    ? await withReplayed(
        training,
        sampled.kept,
        progress.replay ?? [],
        progress.rng.fork("replay").fork(iteration),
      )
    : sampled.kept;
  const staleness = iteration - 1 - version;
  const isStale = staleness > 0 || isRounded(training) || kept.some(({ isReplayed }) => isReplayed);

  const { values, reference } = algorithmNeeds(training.objective);
  const { separate } = schedule;
  const factors = progress.factors ?? separate?.rewards.map(({ weight }) => weight);
  const wants = {
    values,
    reference: reference || isTurn(schedule.reportKlEvery, iteration),
    isStale,
    ...(separate && factors && { apart: { factors, whiten: separate.whiten } }),
  };
  const rng = progress.rng.fork("credit").fork(iteration);
  const ablationSeed = progress.rng.fork("ablation").fork(iteration).word();
  const inputs = { rng, ablationSeed, progress: done };
  const batch = kept.length > 0 ? await credited(training, kept, wants, inputs, watch) : [];
  const used = "reason" in batch ? [] : batch.filter(({ isIdle }) => !isIdle);
  const { agreement } = training;
  const agreed =
    agreement && used.length > 0 && isTurn(agreement.every, iteration)
      ? await creditAgreement(
          training,
          agreement,
          used,
          { ...inputs, rng: progress.rng.fork("agreement").fork(iteration), isStale },
          watch,
        )
      : undefined;
  const adam = adamAt(schedule, iteration - 1, training.iterations);
  const steps: readonly StepOutcome[] =
    "reason" in batch
      ? [{ applied: false, reason: batch.reason }]
      : await updatePolicy(training, batch, { adam, isStale, onChange }, watch);

  const metrics = iterationMetrics({
    iteration,
    learningRate: adam.learningRate,
    groups,
    rewards: training.rewards,
    skippedRows,
    attempts,
    used,
    steps,
    watch,
    agreed,
    isReplaying: replay !== undefined,
    ...scheduledNumbers(given.objective, training.objective),
    ...(ahead && { staleness, sampling: sampled.watch }),
    ...(separate && factors && { factors: factorNumbers(separate, factors) }),
  });
  if (replay) progress.replay = remembered(training, progress.replay ?? [], used);
  if (separate && factors) progress.factors = followedFactors(factors, groups, separate);
  progress.totals = {
    completions: progress.totals.completions + metrics.completions,
    tokens: progress.totals.tokens + metrics.tokens,
    steps: progress.totals.steps + metrics.steps,
    skippedSteps: progress.totals.skippedSteps + metrics.skippedSteps,
  };
  const rollouts = isTurn(schedule.rolloutsEvery, iteration)
    ? rolloutLines(training, { groups, used, version }, schedule.rolloutGroups)
    : [];
  const brokenRows = skippedRows
    .filter(({ isBroken }) => isBroken)
    .map(({ index, message }) => ({ event: "broken-row" as const, iteration, index, message }));
  return { metrics, brokenRows, rewardFailures: rewardFailures(iteration, groups), steps, rollouts };
}
