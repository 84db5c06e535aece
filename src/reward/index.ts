/**
 * @module
 * Rewards: from judged completions to numbers. Start with `reward` for the interface, then `registry` for the built-in
 * rewards and `completion-reward` for their sum.
 */
export { answeredOf } from "./answered.ts";
export { type CompletionReward, completionRewards } from "./completion-reward.ts";
export { lengthReward } from "./length-reward.ts";
export { softOverlongPunishment } from "./overlong.ts";
export {
  createReward,
  namedReward,
  type RewardEntry,
  type RewardInput,
  requireDistinctNames,
  rewardEntrySchema,
} from "./registry.ts";
export {
  type Answered,
  defineReward,
  type Policy,
  type PolicyQuestion,
  type Reward,
  type RewardContext,
  type RewardFunction,
  type RewardPart,
  type RewardScores,
} from "./reward.ts";
export {
  orderHelps,
  type Tally,
  type TemporalOptions,
  tallyRight,
  temporalRewards,
  temporalSchema,
} from "./temporal.ts";
