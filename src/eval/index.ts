/**
 * @module
 * Evaluation: prompts, accuracy and display of completions.
 */
export {
  ANSWER_FORMATS,
  type AnswerFormat,
  type AnswerFormatName,
  answerFormats,
  definePromptFormat,
} from "./answer-format.ts";
export { type AnswerOptions, answerBenchmark } from "./benchmark/answer-benchmark.ts";
export { AnswerJournal } from "./benchmark/answer-journal.ts";
export type { AnswerRecord, AnswersHeader } from "./benchmark/answer-record.ts";
export type { MeasureReport } from "./benchmark/measure-report.ts";
export { weightsHash } from "./benchmark/model-identity.ts";
export { type Protocol, protocolFields } from "./benchmark/protocol.ts";
export {
  missingAnswers,
  type RecordedAnswers,
  readAnswers,
  unfinishedNote,
} from "./benchmark/read-answers.ts";
export { type BenchmarkReport, benchmarkReport } from "./benchmark/report.ts";
export { type ScoreOptions, scoreAnswers } from "./benchmark/score-answers.ts";
export { taskBenchmark } from "./benchmark/task-benchmark.ts";
export { type ChatModelOptions, chatModelSchema } from "./chat-model-options.ts";
export {
  type ChatRespondent,
  type ChatRespondentContext,
  chatRespondent,
} from "./chat-respondent.ts";
export { createDialogue, type Dialogue, type DialogueOptions } from "./dialogue.ts";
export {
  type DrawOptions,
  excessPixels,
  type ProblemLimits,
  type Question,
  type SkippedRow,
} from "./draw-problem.ts";
export { type DrawnQuestions, drawQuestions, firstQuestions } from "./draw-questions.ts";
export {
  type EvaluatedAnswer,
  type Evaluation,
  type EvaluationOptions,
  evaluate,
  type Share,
} from "./evaluate.ts";
export { type OpenDialogueOptions, openDialogue } from "./open-dialogue.ts";
export { writeLmmsEval } from "./predictions/lmms-eval.ts";
export { writeVlmEvalKit } from "./predictions/vlmevalkit.ts";
export {
  engineRespondent,
  problemSeed,
  type Respondent,
  type RespondRequest,
  type Response,
} from "./respondent.ts";
export { type RowCounts, RowTally } from "./row-tally.ts";
export { type Alignment, markdownList, markdownTable, textTable } from "./text-table.ts";
export { roleLegend, type ShownRole, type ShownToken, showTokens } from "./token-colours.ts";
