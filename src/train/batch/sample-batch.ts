/**
 * @module
 * The groups that an iteration trains on: from one round of sampling, or with dynamic sampling from as many rounds as
 * give enough groups with spread.
 *
 * Source of dynamic sampling: DAPO, arXiv:2503.14476, section 3.2 and eq. 11.
 */
import type { SkippedRow } from "../../eval/index.ts";
import { isScorable } from "../../math/index.ts";
import type { Draws, Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import { type Group, groupRewards } from "./group.ts";
import { hasGradient } from "./has-gradient.ts";
import { type SamplingOptions, sampleGroups } from "./sample-groups.ts";

/** The result of sampling. */
export interface SampledBatch {
  /** Every sampled group, in order. */
  readonly groups: readonly Group[];
  /** The groups that count in the loss; with dynamic sampling at most the first P. */
  readonly kept: Group[];
  /** Rounds of sampling, 1 without dynamic sampling. */
  readonly attempts: number;
  /** Skipped rows of the data set. */
  readonly skippedRows: readonly SkippedRow[];
}

/** Whether the rewards, or the verdicts, of a group differ; the rewards, if no completion has a verdict. */
function differs(group: Group, by: "accuracy" | "reward"): boolean {
  const verdicts = group.rollouts.map(({ reward }) => reward.judgement.score).filter(isScorable);
  const isByReward = by === "reward" || verdicts.length === 0;
  const values = isByReward ? groupRewards(group).filter(isScorable) : verdicts;
  return values.some((value) => value !== values[0]);
}

/**
 * Samples the groups of an iteration; moves the position in the stream of problems with every attempt.
 *
 * With dynamic sampling further problems are drawn, P at a time, until P groups have spread or the attempts are used
 * up; groups beyond P are dropped. Position and generator advance by whole attempts, so that a resumed run draws the
 * same as an uninterrupted one.
 */
export async function sampleBatch(
  training: Training,
  draws: Draws,
  watch: Stopwatch,
  { sampler, onLastDraw, progress = 0 }: SamplingOptions = {},
): Promise<SampledBatch> {
  const { credit, objective } = training;
  const { dynamicSampling, promptsPerIteration, equalGroups } = training.schedule;
  // A loss over pairs has no mean over the batch.
  const countsEqual = equalGroups === "count" && objective.unit === "token";
  const isKept = (group: Group) =>
    dynamicSampling === undefined
      ? countsEqual || hasGradient(training, group)
      : hasGradient(training, group) && differs(group, dynamicSampling.spreadOf);
  const groups: Group[] = [];
  const kept: Group[] = [];
  const skippedRows: SkippedRow[] = [];
  const maxAttempts = dynamicSampling?.maxAttempts ?? 1;
  let attempts = 0;
  do {
    const isLast = attempts + 1 === maxAttempts;
    const sampled = await sampleGroups(training, draws, credit.needs, watch, {
      ...(sampler && { sampler }),
      ...(isLast && onLastDraw && { onLastDraw }),
      progress,
    });
    groups.push(...sampled.groups);
    kept.push(...sampled.groups.filter(isKept));
    skippedRows.push(...sampled.skippedRows);
    attempts++;
  } while (kept.length < promptsPerIteration && attempts < maxAttempts);
  return { groups, kept: kept.slice(0, promptsPerIteration), attempts, skippedRows };
}
