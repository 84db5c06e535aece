/**
 * @module
 * The lessons of the warm start, in order. A small model that starts with whole reasoning traces does not
 * learn to use the image for a long time. So it first learns to read one cell, then to find a place on a canvas, then
 * to reason.
 */
import type { Problem } from "../problem.ts";
import type { DigitsOptions } from "./options.ts";
import type { DigitsTruth } from "./world.ts";
import type { Noun } from "./worlds.ts";

/** In the order of teaching: one cell's digit; all cells of a canvas in order; a question with its reasoning trace. */
export const LESSON_NAMES = ["reading", "transcription", "reasoning"] as const;
export type LessonName = (typeof LESSON_NAMES)[number];

/** A lesson's changes to the task. */
export interface LessonPlan {
  /** The distribution of its canvases. */
  options(task: DigitsOptions): DigitsOptions;
  /** The question, where it is not the task's own. */
  readonly question?: (noun: Noun) => string;
  /** The completion to imitate. */
  completion(truth: DigitsTruth): string;
}

/** Represents a cell without a digit. */
const BLANK = ".";

export const LESSONS: Readonly<Record<LessonName, LessonPlan>> = {
  reading: {
    options: (task) => ({
      ...task,
      canvases: ["28x28"],
      digits: [1, 1],
      kinds: ["largest"],
      wording: "list",
      marks: [0, 0],
    }),
    question: (noun) => `What is the ${noun}?`,
    completion: ({ answer }) => answer,
  },
  transcription: {
    options: (task) => ({ ...task, digits: [2, Math.max(2, 5 - task.marks[1])] }),
    question: (noun) => `What are all the ${noun}s?`,
    completion: transcript,
  },
  reasoning: {
    options: (task) => task,
    completion: ({ trace }) => trace,
  },
};

/**
 * The problem in words instead of a picture: `I see 3, 5 and 2. What is the sum of all digits?`. A model that learns
 * arithmetic beside few pictures memorises the pictures' sums; this teaches it to use the values that it has read.
 */
export function described(problem: Problem, { trace }: DigitsTruth): Problem {
  const sentences = trace.replace(/^<think>/, "").match(/[^.]+\./g) ?? [];
  const readings = sentences
    .map((sentence) => sentence.trim())
    .filter((sentence) => /I see|most is|^The \w+ in /.test(sentence));
  return { ...problem, images: [], question: `${readings.join(" ")} ${problem.question}` };
}

/** Every cell in reading order: `..3.5..2.`. */
function transcript({ rows, columns, digits }: DigitsTruth): string {
  const cells = new Array<string>(rows * columns).fill(BLANK);
  for (const { row, column, value } of digits) {
    cells[row * columns + column] = String(value);
  }
  return cells.join("");
}
