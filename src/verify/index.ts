/**
 * @module
 * Verdicts: from a completion and its problem to right or wrong. Read in this order: `extract-answer`, `equivalent`,
 * `verdict`, `verdicts/answer`, `registry`.
 */

export { answerClasses } from "./answer-classes.ts";
export { checkedVerdict } from "./checked-verdict.ts";
export {
  bestOf,
  defineVerdict,
  judged,
  readAnswer,
  sourceSchema,
} from "./definition.ts";
export { numberInWords } from "./equivalence/number-words.ts";
export { equivalent } from "./equivalent.ts";
export { boxedAnswer, extractAnswer, markedAnswer } from "./extract-answer.ts";
export { replySpan, withoutThought } from "./extraction/thought.ts";
export {
  createVerdict,
  VERDICT_KINDS,
  type VerdictConfig,
  type VerdictInput,
  verdictSchema,
} from "./registry.ts";
export { isRight, type JudgedProblem, type Judgement, type Verdict, type VerdictContext } from "./verdict.ts";
export { verdictName } from "./verdict-name.ts";
export { anls } from "./verdicts/anls.ts";
export { type AnswerVerdictOptions, answerVerdict } from "./verdicts/answer.ts";
export { judgeVerdict, type RuleBesideJudge } from "./verdicts/judge.ts";
export { levenshtein } from "./verdicts/levenshtein.ts";
export { meanRelativeAccuracy } from "./verdicts/mean-relative-accuracy.ts";
export { numberOf } from "./verdicts/number.ts";
export { roundedTo } from "./verdicts/numeric.ts";
export { pythonFloat } from "./verdicts/python-float.ts";
