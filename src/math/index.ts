/**
 * @module
 * The pure mathematics of policy optimisation. Read in this order: `advantage`, `ratio`, `surrogate`, `kl`,
 * `aggregate`; then `gae`, `whiten` and `value-loss`, which a value head needs; `decimal` and `random` are beside
 * them. `statistics/` is for evaluations: intervals, tests and the measures of several answers. Nothing here knows of
 * a model, a file or a clock.
 */
export type { AdvantageOptions, GroupSpread, Rewards } from "./advantage.ts";
export { groupAdvantages, groupSpread, isScorable, leaveOneOutAdvantages } from "./advantage.ts";
export type { Aggregation } from "./aggregate.ts";
export { countTokens, sequenceMean, sequenceSumNorm, tokenMean } from "./aggregate.ts";
export { requireArray, requireFinite, requireLength } from "./check.ts";
export type { DecimalProduct } from "./decimal.ts";
export { decimalCeiling, decimalProduct, decimalQuotient } from "./decimal.ts";
export type { AnnealedSteps } from "./diffusion.ts";
export { annealedSteps, DIFFUSION_STEPS, diffusionKept } from "./diffusion.ts";
export type { GaeEstimate, GaeOptions } from "./gae.ts";
export { gae, tokenRewards } from "./gae.ts";
export type { KlEstimator, KlFunction, KlValue } from "./kl.ts";
export { klEstimators } from "./kl.ts";
export type { RngState } from "./random.ts";
export { Rng } from "./random.ts";
export { logRatio, sequenceRatio, tokenRatio } from "./ratio.ts";
export { FALLS, type Fall, remainingShare } from "./remaining-share.ts";
export type { DivergenceDirection, SampledDivergence } from "./sampled-divergence.ts";
export { DIVERGENCE_DIRECTIONS, sampledDivergence } from "./sampled-divergence.ts";
export type { AccuracyDifference } from "./statistics/accuracy-difference.ts";
export { accuracyDifference } from "./statistics/accuracy-difference.ts";
export type { AccuracyInterval, AccuracyOptions } from "./statistics/accuracy-interval.ts";
export { accuracyInterval } from "./statistics/accuracy-interval.ts";
export { bestAtK } from "./statistics/best-at-k.ts";
export type { BootstrapOptions, UnitStatistic } from "./statistics/bootstrap.ts";
export { bootstrapIntervals } from "./statistics/bootstrap.ts";
export { cohensKappa } from "./statistics/cohens-kappa.ts";
export { effectiveSampleSize, mean, quantile, variance } from "./statistics/descriptive.ts";
export { normalProbability, normalQuantile } from "./statistics/distributions/normal.ts";
export { studentProbability, studentQuantile } from "./statistics/distributions/student-t.ts";
export { holm } from "./statistics/holm.ts";
export type { Interval } from "./statistics/interval.ts";
export { intervalWithin } from "./statistics/interval.ts";
export type { ShrunkCovariance } from "./statistics/ledoit-wolf.ts";
export { ledoitWolf, mahalanobis } from "./statistics/ledoit-wolf.ts";
export type { Majority } from "./statistics/majority.ts";
export { majorityScore, majorityVote } from "./statistics/majority.ts";
export type { McNemarTest } from "./statistics/mcnemar.ts";
export { mcnemarChiSquare, mcnemarExact } from "./statistics/mcnemar.ts";
export type { MeanAtN } from "./statistics/mean-at-n.ts";
export { meanAtN } from "./statistics/mean-at-n.ts";
export { newcombeInterval } from "./statistics/newcombe.ts";
export type { PairedDifference } from "./statistics/paired-difference.ts";
export { pairedDifference } from "./statistics/paired-difference.ts";
export type { PairedTable } from "./statistics/paired-table.ts";
export { pairedTable } from "./statistics/paired-table.ts";
export { passAtK } from "./statistics/pass-at-k.ts";
export { detectableDifference } from "./statistics/power.ts";
export { ratioInterval } from "./statistics/ratio-interval.ts";
export type { SignFlipOptions, SignFlipTest } from "./statistics/sign-flip.ts";
export { signFlipTest } from "./statistics/sign-flip.ts";
export { spearman } from "./statistics/spearman.ts";
export { studentInterval } from "./statistics/student-interval.ts";
export { wilsonInterval } from "./statistics/wilson.ts";
export { shareOf, sum } from "./sums.ts";
export type { ClipOptions, SoftGateOptions, SurrogateValue } from "./surrogate.ts";
export { clampedRatio, clippedSurrogate, softGateSurrogate } from "./surrogate.ts";
export {
  isSamplingTemperature,
  isTemperature,
  LEAST_TEMPERATURE,
  SAMPLING_TEMPERATURE,
} from "./temperature.ts";
export type { ValueLoss } from "./value-loss.ts";
export { clippedValueLoss } from "./value-loss.ts";
export { whiten } from "./whiten.ts";
