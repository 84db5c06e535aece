/**
 * @module
 * The pure mathematics of policy optimisation. Read in this order: `advantage`, `ratio`, `surrogate`, `kl`,
 * `aggregate`; then `gae`, `whiten` and `value-loss`, which a value head needs; `statistics`, `cohens-kappa`,
 * `decimal` and `random` stand beside them. Nothing here knows of a model, a file or a clock.
 */
export type { AdvantageOptions, GroupSpread, Rewards } from "./advantage.ts";
export { groupAdvantages, groupSpread, isScorable, leaveOneOutAdvantages } from "./advantage.ts";
export type { Aggregation } from "./aggregate.ts";
export { countTokens, sequenceMean, sequenceSumNorm, tokenMean } from "./aggregate.ts";
export { cohensKappa } from "./cohens-kappa.ts";
export type { DecimalProduct } from "./decimal.ts";
export { decimalCeiling, decimalProduct, decimalQuotient } from "./decimal.ts";
export type { GaeEstimate, GaeOptions } from "./gae.ts";
export { gae, tokenRewards } from "./gae.ts";
export type { KlEstimator, KlFunction, KlValue } from "./kl.ts";
export { klEstimators } from "./kl.ts";
export type { RngState } from "./random.ts";
export { Rng } from "./random.ts";
export { logRatio, sequenceRatio, tokenRatio } from "./ratio.ts";
export type { Interval, PairedDifference } from "./statistics.ts";
export {
  effectiveSampleSize,
  mean,
  pairedDifference,
  quantile,
  studentInterval,
  variance,
  wilsonInterval,
} from "./statistics.ts";
export { normalQuantile, studentProbability, studentQuantile } from "./student-t.ts";
export type { ClipOptions, SoftGateOptions, SurrogateValue } from "./surrogate.ts";
export { clampedRatio, clippedSurrogate, softGateSurrogate } from "./surrogate.ts";
export type { ValueLoss } from "./value-loss.ts";
export { clippedValueLoss } from "./value-loss.ts";
export { whiten } from "./whiten.ts";
