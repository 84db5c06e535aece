/**
 * @module
 * The built-in task: handwritten digits to read and calculate with, whose truth about every token is known. Start with
 * `task`; `world` draws a truth, `render` its image, `judgement` holds completions against it.
 */
export { barsDefinition, dialsDefinition, digitsDefinition } from "./definition.ts";
export { type DigitsDemonstrations, demonstrations } from "./demonstrations.ts";
export type { LessonName } from "./lessons.ts";
export { type DigitsOptions, digitsSchema } from "./options.ts";
export { type DigitsSource, digitsSource } from "./source.ts";
export { warmStartScans } from "./split.ts";
export { type DigitsTask, type DigitsTaskOptions, type DigitsWarmStart, digitsTask } from "./task.ts";
export { truthOf } from "./truth.ts";
export type { DigitsTruth } from "./world.ts";
export { BARS, DIALS, DIGITS, type World } from "./worlds.ts";
