/**
 * @module
 * Verifiers: from a completion and a reference answer to a reward. Read in this order: `extract-answer`, `equivalent`,
 * `format`, `overlong`, `reward`.
 */
export { equivalent } from "./equivalent.ts";
export { extractAnswer } from "./extract-answer.ts";
export { softOverlongPunishment } from "./overlong.ts";
export { completionReward, type Reward, type RewardOptions, rewardSchema } from "./reward.ts";
