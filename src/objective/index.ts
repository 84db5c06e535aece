/**
 * @module
 * Policy objectives: from a configuration and a batch of log-probs to the loss, its derivative and metrics. Start with
 * `objective`, then `algorithm` for the four parts and `algorithms/` for their combinations.
 */
export type {
  AdvantagePart,
  Algorithm,
  PairAlgorithm,
  Surrogate,
  TokenAlgorithm,
  TokenTerm,
} from "./algorithm.ts";
export { defineObjective } from "./algorithm.ts";
export { countedMask } from "./counted-groups.ts";
export { algorithmAt } from "./kl-schedule.ts";
export {
  type AlgorithmNeeds,
  algorithmNeeds,
  comparesOutcomes,
  correctsStaleness,
  hasAdvantages,
  keepsTokenCredit,
} from "./needs.ts";
export { objective } from "./objective.ts";
export {
  type AlgorithmConfig,
  type AlgorithmInput,
  algorithmSchema,
  createAlgorithm,
  type NamedAlgorithm,
  resolveAlgorithm,
} from "./registry.ts";
export { knownAdvantages, tokenAdvantages } from "./token-advantages.ts";
export type {
  Comparisons,
  CorrectionMetrics,
  KnownAdvantages,
  MetricCounts,
  ObjectiveCompletion,
  ObjectiveContext,
  ObjectiveGroup,
  ObjectiveMetrics,
  ObjectiveResult,
  PairMetrics,
  SeparateRewards,
  ValueMetrics,
} from "./types.ts";
