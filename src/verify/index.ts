/**
 * @module
 * Verdicts: from a completion and its problem to right or wrong. Read in this order: `extract-answer`, `equivalent`,
 * `verdict`, `answer-verdict`.
 */
export { type AnswerVerdictOptions, answerVerdict } from "./answer-verdict.ts";
export { equivalent } from "./equivalent.ts";
export { boxedAnswer, extractAnswer } from "./extract-answer.ts";
export { isRight, type JudgedProblem, type Judgement, type Verdict } from "./verdict.ts";
