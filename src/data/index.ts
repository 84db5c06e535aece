/**
 * @module
 * Problems: procedural tasks and what they are made of, and data sets that stand in files.
 */
export { arithmeticGivenReading, type ReadingCount, readingAccuracy } from "./digits/completion-accuracy.ts";
export { type Demonstration, type DemonstrationSource, demonstrations } from "./digits/demonstrations.ts";
export { labelTokens, type TokenLabel } from "./digits/labeller.ts";
export type { Lesson } from "./digits/lessons.ts";
export { type DigitsOptions, digitsSchema } from "./digits/options.ts";
export { isRightToken, type RightTexts, rightTexts } from "./digits/right-texts.ts";
export { type DigitsSource, digitsSource, isDigitsSource } from "./digits/source.ts";
export { DIGITS_SPLITS, type DigitsSplit, warmStartScans } from "./digits/split.ts";
export type { DigitsTruth } from "./digits/world.ts";
export { type CheckOptions, checkSource, type DataCheck, type ShownProblem } from "./files/check.ts";
export { judgeReference, probeReferences, type ReferenceVerdict } from "./files/check-references.ts";
export { type FileSplit, findFiles } from "./files/discover.ts";
export { type FileDemonstrations, openFileDemonstrations } from "./files/file-demonstrations.ts";
export { type FileSource, openFileSource } from "./files/file-source.ts";
export { fileTask } from "./files/file-task.ts";
export { neededFiles } from "./files/needed-files.ts";
export { type FilesOptions, filesSchema } from "./files/options.ts";
export { readVideoAt } from "./files/read-clip.ts";
export type { Spread } from "./files/spread.ts";
export { pictures } from "./pictures.ts";
export type { Problem, ProblemSource } from "./problem.ts";
export { questionParts } from "./question-parts.ts";
