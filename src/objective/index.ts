/**
 * @module
 * Policy objectives: a configuration and a batch of log-probs in; the loss, its derivative and what to log out.
 * Start with `objective`, then `algorithm` for the four parts and `algorithms/` for who combines them how.
 */
export { objective } from "./objective.ts";
export {
  type AlgorithmNeeds,
  algorithmNeeds,
  correctsStaleness,
  hasAdvantages,
  keepsTokenCredit,
} from "./resolve.ts";
export type { AlgorithmConfig, AlgorithmInput } from "./schema.ts";
export { algorithmSchema } from "./schema.ts";
export { tokenAdvantages } from "./token-advantages.ts";
export type {
  CorrectionMetrics,
  ObjectiveCompletion,
  ObjectiveContext,
  ObjectiveGroup,
  ObjectiveMetrics,
  ObjectiveResult,
  PairMetrics,
  ValueMetrics,
} from "./types.ts";
