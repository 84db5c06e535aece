/**
 * @module
 * From a row of a data set to a problem with its prompt; or to the reason why the row is left out.
 */
import type { Problem, ProblemSource } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import type { Prompt } from "../model/index.ts";
import type { Dialogue } from "./dialogue.ts";

/** A problem, its place in its source, and its prompt. */
export interface Question {
  readonly index: number;
  readonly problem: Problem;
  readonly prompt: Prompt;
}

/** A row that gives no problem. */
export interface SkippedRow {
  readonly index: number;
  /** Broken rows cannot be read; all other skipped rows do not fit the limits. */
  readonly isBroken: boolean;
  /** In words, with file and row where it is broken. */
  readonly message: string;
}

/** Problems beyond these are left out. */
export interface ProblemLimits {
  /** Of each image and each frame of a video. */
  readonly minPixels?: number | undefined;
  readonly maxPixels?: number | undefined;
  /** Images and videos included. */
  readonly maxPromptTokens?: number | undefined;
}

/** The parts of drawing. */
export interface DrawOptions {
  readonly source: ProblemSource;
  readonly dialogue: Pick<Dialogue, "prompt" | "promptTokens">;
  readonly limits?: ProblemLimits | undefined;
}

/** Why a problem's images or video frames are beyond the limits; undefined when they are not. */
export function excessPixels({ images, videos = [] }: Problem, limits: ProblemLimits): string | undefined {
  const { minPixels = 0, maxPixels = Infinity } = limits;
  const sizes = [
    ...images.map((image) => ({ what: "an image", ...image })),
    ...videos.flatMap(({ frames }) =>
      frames.slice(0, 1).map((frame) => ({ what: "a video frame", ...frame })),
    ),
  ];
  for (const { what, width, height } of sizes) {
    const pixels = width * height;
    if (pixels < minPixels) return `${what} has ${pixels} pixels, expected at least ${minPixels}`;
    if (pixels > maxPixels) return `${what} has ${pixels} pixels, expected at most ${maxPixels}`;
  }
  return undefined;
}

/** Why a problem is beyond the limits; undefined when it is not. */
function excess(
  problem: Problem,
  prompt: Prompt,
  dialogue: DrawOptions["dialogue"],
  limits: ProblemLimits,
): string | undefined {
  const beyond = excessPixels(problem, limits);
  if (beyond !== undefined) return beyond;
  const { maxPromptTokens = Infinity } = limits;
  const tokens = maxPromptTokens === Infinity ? 0 : dialogue.promptTokens(prompt);
  return tokens > maxPromptTokens
    ? `the prompt has ${tokens} tokens, expected at most ${maxPromptTokens}`
    : undefined;
}

/** The prompt of a problem; a problem that gives none is named. */
function promptOf(problem: Problem, { dialogue }: DrawOptions): Prompt {
  try {
    return dialogue.prompt(problem);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`problem ${problem.id}: ${error.message}`, { cause: error });
  }
}

/** Whether what was drawn is a row that gives no problem. */
export function isSkipped(drawn: Question | SkippedRow): drawn is SkippedRow {
  return "isBroken" in drawn;
}

/** Draws one problem. Broken rows are a value here; what is not the data's fault is thrown. */
export async function drawProblem(options: DrawOptions, index: number): Promise<Question | SkippedRow> {
  const { source, dialogue, limits = {} } = options;
  try {
    const problem = await source.problem(index);
    const prompt = promptOf(problem, options);
    const message = excess(problem, prompt, dialogue, limits);
    return message === undefined ? { index, problem, prompt } : { index, isBroken: false, message };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { index, isBroken: true, message: error.message };
  }
}
