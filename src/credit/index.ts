/**
 * @module
 * Credit: which tokens of a completion earned its reward. Every method is a pure function from small per-token
 * signals to weights on the advantage. Start with `attention-signals` for the signals, `dyco-rl` for a method,
 * `registry` for how a configuration becomes one.
 */
export type { AttentionSignalOptions, AttentionSignals } from "./attention-signals.ts";
export { attentionSignals, KEY_KIND } from "./attention-signals.ts";
export type { DycoRlOptions } from "./dyco-rl.ts";
export { dycoRl } from "./dyco-rl.ts";
export type { DycoRlReleasedOptions } from "./dyco-rl-released.ts";
export { dycoRlReleased } from "./dyco-rl-released.ts";
export { fisherRaoDistance } from "./fisher-rao.ts";
export type { ImageAblation } from "./image-ablation.ts";
export { imageAblationSchema } from "./image-ablation.ts";
export type {
  AblatedPass,
  AttentionRow,
  CalibratedAttention,
  CalibratedRequest,
  CompletionCredit,
  CreditCompletion,
  CreditMethod,
  CreditNeeds,
} from "./method.ts";
export { creditMethod } from "./registry.ts";
export type { CreditConfig } from "./schema.ts";
export { creditSchema } from "./schema.ts";
export type { DycoRlCredit, DycoRlInput, TokenRole } from "./token-role.ts";
export { uniformWeights } from "./uniform.ts";
