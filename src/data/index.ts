/**
 * @module
 * Problems and tasks: the contract of both, data sets in files, and labels of tokens. The built-in task is `digits/`.
 */
export { type CheckedOptions, checkedSource } from "./checked-source.ts";
export { checkedDemonstrations, checkedTask } from "./checked-task.ts";
export { type CheckOptions, checkSource, type DataCheck, type ShownProblem } from "./files/check.ts";
export {
  judgeReference,
  probeReferences,
  type ReferenceProbe,
  type ReferenceVerdict,
} from "./files/check-references.ts";
export { type FileSplit, findFiles } from "./files/discover.ts";
export { type FileDemonstrations, openFileDemonstrations } from "./files/file-demonstrations.ts";
export { type FileRows, openFileRows } from "./files/file-rows.ts";
export { type FileSource, openFileSource } from "./files/file-source.ts";
export { fileTask } from "./files/file-task.ts";
export { imageReferences } from "./files/image-reference.ts";
export { neededFiles } from "./files/needed-files.ts";
export { type FilesOptions, filesSchema } from "./files/options.ts";
export { plainRow } from "./files/plain-row.ts";
export { readVideoAt } from "./files/read-clip.ts";
export { literalIn } from "./files/rows/literal.ts";
export { requireWholeShards } from "./files/shards.ts";
export type { Spread } from "./files/spread.ts";
export type { FileFormat, Row } from "./files/table.ts";
export { videoReferences } from "./files/video-reference.ts";
export type { AnnotatorAgreement } from "./labels/agreement.ts";
export { type AnnotatedLabels, type AnsweredTokens, annotatedLabels } from "./labels/annotated-labels.ts";
export { type Annotations, annotationKey, completionHash, readAnnotations } from "./labels/annotations.ts";
export { type RecordedCompletion, recordedCompletions } from "./labels/recorded-completions.ts";
export { isRightToken, spanRightTexts } from "./labels/right-texts.ts";
export type { LabelledSpan } from "./labels/span.ts";
export { tokenLabels } from "./labels/token-labels.ts";
export { pictureCount, pictures } from "./pictures.ts";
export type { AnsweredProblem, Problem, ProblemSource, VisualClaim } from "./problem.ts";
export { questionParts } from "./question-parts.ts";
export {
  type Demonstration,
  type DemonstrationSource,
  defineTask,
  type LabelledRole,
  type Lesson,
  type Opened,
  openSource,
  type RightTexts,
  SPLITS,
  type Split,
  splitSource,
  type Tally,
  type Task,
  type TaskContext,
  type TokenLabel,
  type TokenLabels,
  taskLessons,
} from "./task.ts";
