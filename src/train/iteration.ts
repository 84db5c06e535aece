/**
 * @module
 * One iteration of reinforcement learning: sample, verify, credit, objective, update. Each step is a file of its own;
 * this one is their order.
 */
import type { CompletionCredit } from "../credit/index.ts";
import type { AdamParameters } from "../engine/index.ts";
import { NumericError } from "../errors/index.ts";
import type { Rng } from "../math/index.ts";
import { algorithmNeeds, tokenAdvantages } from "../objective/index.ts";
import type { BatchesAhead } from "./batches-ahead.ts";
import { creditGroups } from "./credit-groups.ts";
import type { Group } from "./group.ts";
import { type BrokenRow, type IterationMetrics, iterationMetrics } from "./iteration-metrics.ts";
import { learningRateAt } from "./learning-rate.ts";
import { type CreditedGroup, hasShapedSpread, measureGroups, objectiveGroups } from "./measured-group.ts";
import { rolloutLines } from "./rollout-lines.ts";
import { sampleBatch } from "./sample-batch.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { Progress, Training } from "./training.ts";
import { type StepOutcome, updatePolicy } from "./update-policy.ts";

/** What an iteration leaves behind, beside the changed weights. */
export interface IterationOutcome {
  readonly metrics: IterationMetrics;
  /** Rows of the data set that were met and could not be read. */
  readonly brokenRows: readonly BrokenRow[];
  readonly steps: readonly StepOutcome[];
  /** One line per rollout that is to be written; empty when it is not this iteration's turn. */
  readonly rollouts: readonly object[];
}

const isTurn = (every: number, iteration: number) => every > 0 && iteration % every === 0;

/**
 * Measures and credits groups; a reason instead where a signal is not a number.
 *
 * Where the credit method changes rewards, groups whose shaped rewards are all equal are left out afterwards.
 */
async function credited(
  training: Training,
  groups: readonly Group[],
  wants: { readonly reference: boolean; readonly values: boolean; readonly isStale: boolean },
  rng: Rng,
  watch: Stopwatch,
): Promise<CreditedGroup[] | { readonly reason: string }> {
  const { credit, config } = training;
  const measured = await measureGroups(training, groups, wants, watch);
  let credits: CompletionCredit[][];
  try {
    const advantages = credit.needs.advantage
      ? tokenAdvantages(config.algorithm, objectiveGroups(measured))
      : undefined;
    credits = await creditGroups(training, groups, { advantages, rng, isStale: wants.isStale }, watch);
  } catch (error) {
    if (!(error instanceof NumericError)) throw error;
    return { reason: error.message };
  }
  const paired = measured.map((group, p) => ({ ...group, credits: credits[p]! }));
  const isFiltered = credit.needs.allGroups && algorithmNeeds(config.algorithm).spread;
  return isFiltered ? paired.filter(hasShapedSpread) : paired;
}

/**
 * The batch of an iteration: sampled now by the policy as it is, or ahead by an earlier one. Moves `progress` behind it.
 */
async function nextBatch(
  training: Training,
  progress: Progress,
  iteration: number,
  ahead: BatchesAhead | undefined,
  watch: Stopwatch,
) {
  const shuffles = training.config.train.minibatches > 1;
  if (ahead === undefined) {
    const batch = await sampleBatch(training, progress, watch);
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
 * Runs iteration number `iteration`, counted from 1, and moves `progress` on.
 *
 * Groups whose rewards are all equal carry no gradient with most algorithms: they are counted, and left out of credit,
 * scoring and update.
 *
 * @param ahead where batches come from that are sampled while earlier ones are learnt from; absent, an iteration samples
 *   its own
 */
export async function runIteration(
  training: Training,
  progress: Progress,
  iteration: number,
  ahead?: BatchesAhead,
): Promise<IterationOutcome> {
  const { config, clock } = training;
  const { train } = config;
  const watch = new Stopwatch(clock);
  const sampled = await nextBatch(training, progress, iteration, ahead, watch);
  const { groups, kept, attempts, skippedRows, version } = sampled;
  const staleness = iteration - 1 - version;
  const isStale = staleness > 0;

  const { values, reference } = algorithmNeeds(config.algorithm);
  const wants = { values, reference: reference || isTurn(train.reportKlEvery, iteration), isStale };
  const rng = progress.rng.fork("credit").fork(iteration);
  const batch = kept.length > 0 ? await credited(training, kept, wants, rng, watch) : [];
  const adam: AdamParameters = {
    learningRate: learningRateAt(train, iteration - 1, train.iterations),
    beta1: train.beta1,
    beta2: train.beta2,
    epsilon: train.epsilon,
    weightDecay: train.weightDecay,
    maxGradientNorm: train.maxGradientNorm,
  };
  const steps: readonly StepOutcome[] =
    "reason" in batch
      ? [{ applied: false, reason: batch.reason }]
      : await updatePolicy(training, batch, adam, isStale, watch);

  const used = "reason" in batch ? [] : batch;
  const metrics = iterationMetrics({
    iteration,
    learningRate: adam.learningRate,
    groups,
    skippedRows,
    attempts,
    used,
    steps,
    watch,
    ...(ahead && { staleness, sampling: sampled.watch }),
  });
  progress.totals = {
    completions: progress.totals.completions + metrics.completions,
    tokens: progress.totals.tokens + metrics.tokens,
    steps: progress.totals.steps + metrics.steps,
    skippedSteps: progress.totals.skippedSteps + metrics.skippedSteps,
  };
  const rollouts = isTurn(train.rolloutsEvery, iteration)
    ? rolloutLines(training, { groups, used, version }, train.rolloutGroups)
    : [];
  const brokenRows = skippedRows
    .filter(({ isBroken }) => isBroken)
    .map(({ index, message }) => ({ event: "broken-row" as const, iteration, index, message }));
  return { metrics, brokenRows, steps, rollouts };
}
