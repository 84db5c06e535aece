/**
 * @module
 * One iteration of reinforcement learning: sample, verify, credit, objective, update. Each step is in a separate file;
 * this file defines their order.
 */
import { type Algorithm, algorithmAt, algorithmNeeds } from "../../objective/index.ts";
import type { BatchesAhead } from "../batch/batches-ahead.ts";
import { type NextBatch, nextBatch } from "../batch/next-batch.ts";
import { remembered } from "../batch/replay.ts";
import { followedFactors } from "../batch/separate-rewards.ts";
import { creditAgreement } from "../credit/credit-agreement.ts";
import type { CreditInputs } from "../credit/credit-groups.ts";
import { creditedBatch, type Uncredited } from "../credit/credited-batch.ts";
import type { CreditedGroup } from "../credit/measured-group.ts";
import type { RewardFailedEvent } from "../loop/events.ts";
import { Stopwatch } from "../loop/stopwatch.ts";
import { adamAt } from "../schedule/learning-rate.ts";
import type { SeparateRewards } from "../schedule/separate-schema.ts";
import { type BrokenRow, type IterationMetrics, iterationMetrics } from "./iteration-metrics.ts";
import { rewardFailures } from "./reward-failures.ts";
import { rolloutLines } from "./rollout-lines.ts";
import { type Progress, shareDone, type Training } from "./training.ts";
import { type StepOutcome, updatePolicy } from "./update-policy.ts";

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

/** Factors of separately normalised rewards, by name. */
function factorNumbers({ rewards }: SeparateRewards, factors: readonly number[]) {
  return Object.fromEntries(rewards.map(({ name }, k) => [name, factors[k]!]));
}

/** The KL coefficient of the iteration, where it falls over the run. */
function scheduledNumbers(whole: Algorithm, now: Algorithm): { readonly klCoefficient?: number } {
  if (whole.unit === "pair" || now.unit === "pair" || whole.kl.shareAt === undefined) return {};
  return { klCoefficient: now.kl.coefficient };
}

/** The factors of separately normalised rewards in this iteration, if any. */
function factorsNow({ schedule: { separate } }: Training, { factors }: Progress) {
  return separate && { separate, factors: factors ?? separate.rewards.map(({ weight }) => weight) };
}

/** The groups of a batch with credit and advantages, and the agreement of credit methods where it is measured. */
async function creditedNow(
  training: Training,
  progress: Progress,
  iteration: number,
  { kept, isStale }: NextBatch,
  watch: Stopwatch,
) {
  const { agreement, objective, schedule } = training;
  const credit: Omit<CreditInputs, "advantages"> = {
    rng: progress.rng.fork("credit").fork(iteration),
    ablationSeed: progress.rng.fork("ablation").fork(iteration).word(),
    progress: shareDone(training, iteration),
    isStale,
  };
  const now = factorsNow(training, progress);
  const reference = algorithmNeeds(objective).reference || isTurn(schedule.reportKlEvery, iteration);
  const apart = now && { factors: now.factors, whiten: now.separate.whiten };
  const batch = await creditedBatch(training, kept, { credit, reference, apart }, watch);
  const used = usedOf(batch);
  if (agreement === undefined || used.length === 0 || !isTurn(agreement.every, iteration)) {
    return { batch, used };
  }
  const inputs = { ...credit, rng: progress.rng.fork("agreement").fork(iteration) };
  return { batch, used, agreed: await creditAgreement(training, agreement, used, inputs, watch) };
}

/** The groups with a gradient. */
function usedOf(batch: readonly CreditedGroup[] | Uncredited): readonly CreditedGroup[] {
  return "reason" in batch ? [] : batch.filter(({ isIdle }) => !isIdle);
}

/** Moves the state past an iteration. */
function advance(
  training: Training,
  progress: Progress,
  { groups }: NextBatch,
  used: readonly CreditedGroup[],
  metrics: IterationMetrics,
): void {
  const now = factorsNow(training, progress);
  if (training.schedule.replay) progress.replay = remembered(training, progress.replay ?? [], used);
  if (now) progress.factors = followedFactors(now.factors, groups, now.separate);
  progress.totals = {
    completions: progress.totals.completions + metrics.completions,
    tokens: progress.totals.tokens + metrics.tokens,
    steps: progress.totals.steps + metrics.steps,
    skippedSteps: progress.totals.skippedSteps + metrics.skippedSteps,
  };
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
  const training = { ...given, objective: algorithmAt(given.objective, shareDone(given, iteration)) };
  const { schedule, clock } = training;
  const watch = new Stopwatch(clock);
  const sampled = await nextBatch(training, progress, iteration, ahead, watch);
  const { groups, attempts, skippedRows, version, isStale } = sampled;
  const { batch, used, agreed } = await creditedNow(training, progress, iteration, sampled, watch);
  const adam = adamAt(schedule, iteration - 1, training.iterations);
  const steps: readonly StepOutcome[] =
    "reason" in batch
      ? [{ applied: false, reason: batch.reason }]
      : await updatePolicy(training, batch, { adam, isStale, onChange }, watch);
  const now = factorsNow(training, progress);
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
    isReplaying: schedule.replay !== undefined,
    ...scheduledNumbers(given.objective, training.objective),
    ...(ahead && { staleness: iteration - 1 - version, sampling: sampled.sampling }),
    ...(now && { factors: factorNumbers(now.separate, now.factors) }),
  });
  advance(training, progress, sampled, used, metrics);
  const rollouts = isTurn(schedule.rolloutsEvery, iteration)
    ? rolloutLines(training, { groups, used, version }, schedule.rolloutGroups)
    : [];
  const brokenRows = skippedRows
    .filter(({ isBroken }) => isBroken)
    .map(({ index, message }) => ({ event: "broken-row" as const, iteration, index, message }));
  return { metrics, brokenRows, rewardFailures: rewardFailures(iteration, groups), steps, rollouts };
}
