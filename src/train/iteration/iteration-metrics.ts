/**
 * @module
 * The metrics of one iteration, as written to metrics.jsonl. docs/run-directory.md defines each.
 */
import type { TokenRole } from "../../credit/index.ts";
import type { SkippedRow } from "../../eval/index.ts";
import { shareOf } from "../../math/index.ts";
import type { Reward } from "../../reward/index.ts";
import type { Group } from "../batch/group.ts";
import type { AgreementMetrics } from "../credit/credit-agreement.ts";
import type { CreditedGroup } from "../credit/measured-group.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import { completionNumbers, rewardNumbers } from "./completion-numbers.ts";
import { creditNumbers } from "./credit-numbers.ts";
import { judgeAgreement } from "./judge-agreement.ts";
import { objectiveNumbers } from "./objective-numbers.ts";
import { noisedNumbers, type TemporalMetrics, temporalNumbers } from "./second-samplings.ts";
import type { StepOutcome } from "./update-policy.ts";

/** The metrics that depend on the clock; all others are equal in a run and its resumed copy. */
export interface IterationTiming {
  /** Waiting time for the batch; only when batches are sampled ahead. */
  readonly waitSeconds?: number;
  readonly prepareSeconds: number;
  readonly sampleSeconds: number;
  readonly verifySeconds: number;
  readonly creditSeconds: number;
  readonly scoreSeconds: number;
  readonly updateSeconds: number;
  readonly totalSeconds: number;
  /** Sampled tokens per second of the whole iteration. */
  readonly tokensPerSecond: number;
}

/** A row of the data set that could not be read. */
export interface BrokenRow {
  readonly event: "broken-row";
  readonly iteration: number;
  /** Of the problem in its source. */
  readonly index: number;
  /** The problem with it, with file and row. */
  readonly message: string;
}

export interface IterationMetrics {
  readonly event: "iteration";
  readonly iteration: number;
  readonly learningRate: number;
  readonly problems: number;
  /** Unreadable rows, and rows beyond the limits of the data set; the next rows replaced them. */
  readonly brokenRows: number;
  readonly filteredRows: number;
  readonly completions: number;
  readonly tokens: number;
  readonly reward: number;
  /** Means over the judged completions that have the part. */
  readonly rewardParts: Readonly<Record<string, number>>;
  /** Mean score of the verdict, in [0, 1]. */
  readonly accuracy: number;
  /** Cohen's kappa between each correctness reward and the verdict, over the completions that both judged. */
  readonly agreement?: Readonly<Record<string, number>>;
  /** Completions without a reward. */
  readonly unscorable: number;
  /** Share of completions in which the verdict found no answer. */
  readonly withoutAnswer: number;
  /** Completions on which a reward failed; absent if none did. */
  readonly failedRewards?: number;
  /** Factors of separately normalised rewards by name in this iteration, if any. */
  readonly rewardFactors?: Readonly<Record<string, number>>;
  /** Mean accuracy of completions sampled from noised images; only with NoisyRollout. */
  readonly noisedAccuracy?: number;
  /** Metrics of problems with videos; only with a temporal reward, and if the batch has any. */
  readonly temporal?: TemporalMetrics;
  /** Mean over groups of the standard deviation of rewards. */
  readonly groupSpread: number;
  readonly groupsWithoutSpread: number;
  /** Rounds of sampling; above 1 with dynamic sampling only. */
  readonly samplingAttempts: number;
  /** Policy versions (iterations) between the sampler and the first update; only when batches are sampled ahead. */
  readonly staleness?: number;
  /** Groups that were trained on, without replayed completions. */
  readonly usedGroups: number;
  /** Completions of earlier iterations that were learnt from again; only with replay. */
  readonly replayed?: number;
  readonly completionTokensMean: number;
  readonly completionTokensMax: number;
  readonly truncatedShare: number;
  /** Nats per token. */
  readonly entropy: number;
  /** Only when measured. */
  readonly kl?: number;
  /** Of the KL term in this iteration; only where it has a schedule. */
  readonly klCoefficient?: number;
  /** Nats, from credit methods with a perception term. */
  readonly perceptionKl?: number;
  /** Its contribution to the objective per token; from credit methods with a term over views. */
  readonly viewTerm?: number;
  /** Mean over minibatches; absent if no step was tried. */
  readonly loss?: number;
  readonly gradientNorm?: number;
  /** Difference between sampler and trainer, nats; only from engines where they are two programs, or two models. */
  readonly samplerMismatch?: number;
  readonly samplerMismatchMax?: number;
  readonly samplerKl?: number;
  /** These, clip shares, advantages and weights are of the tokens that count; absent if there are none. */
  readonly ratioMean?: number;
  readonly ratioMin?: number;
  readonly ratioMax?: number;
  /** Mean correction factor for the sampler, and share of tokens beyond its bounds; only if the algorithm corrects. */
  readonly correctionMean?: number;
  readonly correctionBeyondShare?: number;
  readonly clipLowShare?: number;
  readonly clipHighShare?: number;
  readonly advantageMagnitude?: number;
  readonly weightMean?: number;
  readonly weightMax?: number;
  readonly effectiveTokens?: number;
  /** Only with a value head. */
  readonly valueLoss?: number;
  readonly valueClipShare?: number;
  readonly explainedVariance?: number;
  /** Only from algorithms that compare pairs. */
  readonly pairs?: number;
  readonly pairMargin?: number;
  readonly pairAccuracy?: number;
  /** Shares of tokens, from credit methods that assign roles. */
  readonly roles?: Readonly<Record<TokenRole, number>>;
  /** Mean over tokens with a non-neutral role. */
  readonly alignment?: number;
  /** Share of used completions without attention to the image, for credit by attention; absent if 0. */
  readonly withoutVisualMass?: number;
  /** Share of used completions without labels, for credit by labels; absent if 0. */
  readonly withoutLabels?: number;
  /** Agreement with other credit methods; only if some are compared. */
  readonly signalOverlap?: AgreementMetrics["signalOverlap"];
  readonly signalCorrelation?: AgreementMetrics["signalCorrelation"];
  /** Mean over tokens of credit's addition to the weighted advantage; only from methods that add one. */
  readonly advantageBonus?: number;
  readonly steps: number;
  readonly skippedSteps: number;
  readonly skipReason?: string;
  readonly timing: IterationTiming;
}

/** Groups of the iteration itself, and completions of earlier iterations. */
function replayNumbers(used: readonly CreditedGroup[], isReplaying: boolean) {
  const replayed = used.filter(({ group }) => group.isReplayed).length;
  return { usedGroups: used.length - replayed, ...(isReplaying && { replayed }) };
}

/** @param sampling time of a batch that was sampled ahead */
function timing(watch: Stopwatch, sampling: Stopwatch | undefined, tokens: number): IterationTiming {
  const totalSeconds = watch.total();
  const sampled = sampling ?? watch;
  return {
    ...(sampling && { waitSeconds: watch.seconds("wait") }),
    prepareSeconds: sampled.seconds("prepare"),
    sampleSeconds: sampled.seconds("sample"),
    verifySeconds: sampled.seconds("verify"),
    creditSeconds: watch.seconds("credit"),
    scoreSeconds: watch.seconds("score"),
    updateSeconds: watch.seconds("update"),
    totalSeconds,
    tokensPerSecond: shareOf(tokens, totalSeconds),
  };
}

/** The record of an iteration. */
export function iterationMetrics({
  iteration,
  learningRate,
  groups,
  rewards,
  skippedRows,
  attempts,
  used,
  steps,
  watch,
  staleness,
  sampling,
  factors,
  agreed,
  klCoefficient,
  isReplaying,
}: {
  readonly iteration: number;
  readonly learningRate: number;
  readonly groups: readonly Group[];
  readonly rewards: readonly Reward[];
  readonly skippedRows: readonly SkippedRow[];
  readonly attempts: number;
  readonly used: readonly CreditedGroup[];
  readonly steps: readonly StepOutcome[];
  readonly watch: Stopwatch;
  readonly agreed?: AgreementMetrics | undefined;
  readonly staleness?: number;
  /** Only of a batch that was sampled ahead. */
  readonly sampling?: Stopwatch;
  /** Only with a schedule. */
  readonly klCoefficient?: number;
  /** Whether the run replays completions. */
  readonly isReplaying: boolean;
  /** Factors of separately normalised rewards, by name. */
  readonly factors?: Readonly<Record<string, number>>;
}): IterationMetrics {
  const completions = completionNumbers(groups);
  const skipReason = steps.find(({ applied }) => !applied)?.reason;
  const isKlMeasured = used.some(({ refLogprobs }) => refLogprobs !== undefined);
  return {
    event: "iteration",
    iteration,
    learningRate,
    problems: groups.length,
    brokenRows: skippedRows.filter(({ isBroken }) => isBroken).length,
    filteredRows: skippedRows.filter(({ isBroken }) => !isBroken).length,
    ...completions,
    ...rewardNumbers(groups),
    ...judgeAgreement(rewards, groups),
    ...(factors && { rewardFactors: factors }),
    ...noisedNumbers(groups),
    ...temporalNumbers(groups),
    samplingAttempts: attempts,
    ...(staleness !== undefined && { staleness }),
    ...replayNumbers(used, isReplaying),
    ...objectiveNumbers(steps, isKlMeasured),
    ...(klCoefficient !== undefined && { klCoefficient }),
    ...creditNumbers(used),
    ...agreed,
    steps: steps.filter(({ applied, isIdle }) => applied && !isIdle).length,
    skippedSteps: steps.filter(({ applied }) => !applied).length,
    ...(skipReason !== undefined && { skipReason }),
    timing: timing(watch, sampling, completions.tokens),
  };
}
