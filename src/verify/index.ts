/**
 * @module
 * Verdicts: from a completion and its problem to right or wrong. Read in this order: `extract-answer`, `equivalent`,
 * `verdict`, `verdicts/answer`, `registry`; then, for rewards, `format`, `overlong`, `length-reward`, `reward`,
 * `temporal`.
 */
export {
  bestOf,
  defineVerdict,
  judged,
  readAnswer,
  sourceSchema,
  type VerdictDefinition,
  type VerdictSchema,
} from "./definition.ts";
export { equivalent } from "./equivalent.ts";
export { boxedAnswer, extractAnswer, markedAnswer } from "./extract-answer.ts";
export { lengthReward } from "./length-reward.ts";
export { softOverlongPunishment } from "./overlong.ts";
export { createVerdict, VERDICT_KINDS, type VerdictConfig, verdictSchema } from "./registry.ts";
export { completionReward, type Reward, type RewardOptions, rewardSchema } from "./reward.ts";
export { orderHelps, type Tally, tallyRight, temporalRewards } from "./temporal.ts";
export { isRight, type JudgedProblem, type Judgement, type Verdict } from "./verdict.ts";
export { type AnswerVerdictOptions, answerVerdict } from "./verdicts/answer.ts";
