/**
 * @module
 * Verifiers: from a completion and a reference answer to a reward. Read in this order: `extract-answer`, `equivalent`,
 * `format`, `overlong`, `length-reward`, `reward`, `temporal`.
 */
export { answerVerdict } from "./answer-verdict.ts";
export { equivalent } from "./equivalent.ts";
export { extractAnswer } from "./extract-answer.ts";
export { lengthReward } from "./length-reward.ts";
export { softOverlongPunishment } from "./overlong.ts";
export { completionReward, type Reward, type RewardOptions, rewardSchema } from "./reward.ts";
export { orderHelps, type Tally, tallyRight, temporalRewards } from "./temporal.ts";
export { isRight, type JudgedProblem, type Judgement, type Verdict } from "./verdict.ts";
