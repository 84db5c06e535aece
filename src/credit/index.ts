/**
 * @module
 * Credit: which tokens of a completion earned its reward. Every method is a pure function from small per-token signals
 * to weights on the advantage. Start with `attention-signals` for the signals, `methods/` for the methods, `registry`
 * for their creation from a configuration.
 */
export { type SignalAgreement, signalAgreement } from "./agreement.ts";
export type { AttentionMeasure, AttentionSignalOptions, AttentionSignals } from "./attention-signals.ts";
export { attentionSignals, KEY_KIND } from "./attention-signals.ts";
export type { BiasCurve } from "./bias-curve.ts";
export { biasCurve, checkedBiasCurve } from "./bias-curve.ts";
export type { CalibratedAttention, CalibratedGramOptions } from "./calibrated-gram.ts";
export { calibratedGram } from "./calibrated-gram.ts";
export { fisherRaoDistance } from "./fisher-rao.ts";
export type { ImageAblation } from "./image-ablation.ts";
export { imageAblationSchema } from "./image-ablation.ts";
export { withMeanOne } from "./mean-one.ts";
export type {
  AblatedPass,
  CompletionCredit,
  CreditCompletion,
  CreditedProblem,
  CreditLabel,
  CreditMethod,
  CreditNeeds,
  CreditPerception,
  CreditSignals,
  CreditViewTerm,
  TermView,
  TokenRole,
  ViewPass,
  ViewRequest,
} from "./method.ts";
export { defineCredit, withCredit } from "./method.ts";
export type { AtRlCredit, AtRlInput, AtRlOptions } from "./methods/at-rl/at-rl.ts";
export { atRl } from "./methods/at-rl/at-rl.ts";
export type { ExpansionOptions, RefinementOptions } from "./methods/at-rl/importance.ts";
export type { CppoInput, CppoOptions } from "./methods/cppo.ts";
export { cppoTerm, cppoTokens } from "./methods/cppo.ts";
export type { DvrpOptions } from "./methods/dvrp.ts";
export { dvrpTerm } from "./methods/dvrp.ts";
export type { DycoRlAblation } from "./methods/dyco-rl/ablations.ts";
export type { DycoRlOptions } from "./methods/dyco-rl/dyco-rl.ts";
export { dycoRl } from "./methods/dyco-rl/dyco-rl.ts";
export type { DycoRlReleasedOptions } from "./methods/dyco-rl/released.ts";
export { dycoRlReleased } from "./methods/dyco-rl/released.ts";
export type { DycoRlCredit, DycoRlInput } from "./methods/dyco-rl/token-role.ts";
export type { EntropyAdvantageInput, EntropyAdvantageOptions } from "./methods/entropy-advantage.ts";
export { entropyAdvantage } from "./methods/entropy-advantage.ts";
export type { GtpoInput, GtpoOptions } from "./methods/gtpo.ts";
export { grpoS, gtpo } from "./methods/gtpo.ts";
export type { HighEntropyInput, HighEntropyOptions } from "./methods/high-entropy-tokens.ts";
export { highEntropyTokens } from "./methods/high-entropy-tokens.ts";
export type { OracleInput, OracleOptions } from "./methods/oracle.ts";
export { oracle } from "./methods/oracle.ts";
export type { PapoInput, PapoOptions } from "./methods/papo.ts";
export { papo } from "./methods/papo.ts";
export type { PepoInput, PepoOptions } from "./methods/pepo.ts";
export { pepo } from "./methods/pepo.ts";
export type { PgpoOptions } from "./methods/pgpo.ts";
export { pgpo } from "./methods/pgpo.ts";
export type { TorInput, TorOptions } from "./methods/tor.ts";
export { tor } from "./methods/tor.ts";
export type { TpaeInput, TpaeOptions } from "./methods/tpae.ts";
export { tpae } from "./methods/tpae.ts";
export type { TwGrpoInput } from "./methods/tw-grpo.ts";
export { twGrpo } from "./methods/tw-grpo.ts";
export { uniformWeights } from "./methods/uniform-weights.ts";
export type { VepoInput, VepoOptions } from "./methods/vepo.ts";
export { vepo } from "./methods/vepo.ts";
export type { VgpoInput, VgpoOptions } from "./methods/vgpo.ts";
export { vgpo } from "./methods/vgpo.ts";
export type { VicraCredit, VicraInput, VicraOptions } from "./methods/vicra.ts";
export { vicra } from "./methods/vicra.ts";
export type { VppoCredit, VppoOptions } from "./methods/vppo.ts";
export { vppo } from "./methods/vppo.ts";
export type { PartitionGraph } from "./partition/csr-graph.ts";
export type { Partition, PartitionOptions } from "./partition/partition.ts";
export { partition } from "./partition/partition.ts";
export { type CreditConfig, type CreditInput, creditMethod, creditSchema } from "./registry.ts";
export type { AttentionRequest } from "./signals/attention.ts";
export type { CalibratedRequest } from "./signals/calibrated.ts";
export type { ClustersRequest } from "./signals/clusters.ts";
export type { HiddenCosineRequest } from "./signals/hidden-cosine.ts";
export {
  type AnySignal,
  type AskedSignal,
  askedParts,
  askedSignals,
  asksForPairs,
  emptySignals,
  hasSignals,
  SIGNALS,
  type SignalCapability,
  type SignalName,
  type SignalRequest,
  type Signals,
  signalCapabilities,
  signalRequest,
} from "./signals/index.ts";
export { signalRequestSchema } from "./signals/request-schema.ts";
export {
  type AttentionRow,
  type AttentionRows,
  fromParts,
  type HiddenStates,
  type PartShape,
  partAt,
  type SignalPart,
} from "./signals/signal.ts";
export type { SimilarityGraphOptions } from "./similarity-graph.ts";
export { similarityGraph } from "./similarity-graph.ts";
export type { ClusterOptions, TokenClusters } from "./token-clusters.ts";
export { tokenClusters } from "./token-clusters.ts";
export type { DependenceScore, TwoViews } from "./two-views.ts";
