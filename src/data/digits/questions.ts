/**
 * @module
 * The questions of the digits task, and all its sentences. Questions, reasoning traces and answers are built
 * only from these templates, since the small model's tokenizer is pruned to them. The answer to a question is a
 * function of the digits that it needs, so the same function gives the answer that follows from a wrong reading.
 */

import type { Noun } from "./worlds.ts";

export const ROW_LINES = ["top row", "middle row", "bottom row"] as const;
export const COLUMN_LINES = ["left column", "middle column", "right column"] as const;
export const LINES = [...ROW_LINES, ...COLUMN_LINES] as const;

/** A row or column of the canvas; `middle` exists where there are three. */
export type Line = (typeof LINES)[number];

/** Where a row and a column meet. */
export type CellName = `${(typeof ROW_LINES)[number]} and ${(typeof COLUMN_LINES)[number]}`;

/** Every name of a cell, row by row. */
export const CELL_NAMES: readonly CellName[] = ROW_LINES.flatMap((row) =>
  COLUMN_LINES.map((column): CellName => `${row} and ${column}`),
);

export const EXTREMES = ["leftmost", "rightmost", "topmost", "bottommost"] as const;

/** The digit that lies furthest to one side. */
export type Extreme = (typeof EXTREMES)[number];

/** A question in structured form. */
export type DigitsQuestion =
  | { readonly kind: "sum" }
  | { readonly kind: "largest" }
  | { readonly kind: "line-sum"; readonly line: Line }
  /** The value of the digit at `from` minus that of the digit at `minus`. */
  | { readonly kind: "difference"; readonly from: Extreme; readonly minus: Extreme }
  | { readonly kind: "count-greater"; readonly threshold: number }
  /** The value in a cell, or that there is none. */
  | { readonly kind: "cell"; readonly cell: CellName };

/** The answer where nothing is there. */
export const NONE = "none";

/**
 * The question as the model reads it.
 *
 * @param noun what the world's pictures are called, "digit" unless given
 */
export function questionText(question: DigitsQuestion, noun: Noun = "digit"): string {
  switch (question.kind) {
    case "sum":
      return `What is the sum of all ${noun}s?`;
    case "largest":
      return `What is the largest ${noun}?`;
    case "line-sum":
      return `What is the sum of the ${noun}s in the ${question.line}?`;
    case "difference":
      return `What is the ${question.from} ${noun} minus the ${question.minus} ${noun}?`;
    case "count-greater":
      return `How many ${noun}s are greater than ${question.threshold}?`;
    case "cell":
      return `What is the ${noun} in the ${question.cell}?`;
  }
}

/** Values in words: "3", "3 and 5", "3, 5 and 2". */
export function listText(values: readonly number[]): string {
  if (values.length < 2) return values.join("");
  return `${values.slice(0, -1).join(", ")} and ${values.at(-1)}`;
}

/** The content of a cell: `The digit in the top row and left column is 3.` */
export function cellSentence(noun: Noun, cell: CellName, value: number | undefined): string {
  return `The ${noun} in the ${cell} is ${value ?? NONE}.`;
}

/** The sum of two numbers, or what a teacher who slips takes for it. */
export type Sum = (a: number, b: number) => number;

const trueSum: Sum = (a, b) => a + b;

function sumSteps(values: readonly number[], add: Sum): { readonly text: string; readonly total: number } {
  let total = values[0] ?? 0;
  let text = "";
  for (const value of values.slice(1)) {
    const next = add(total, value);
    text += ` ${total} + ${value} = ${next}.`;
    total = next;
  }
  return { text, total };
}

/** The values that a count of digits greater than a threshold selects. */
export function greaterThan(values: readonly number[], threshold: number): number[] {
  return values.filter((value) => value > threshold);
}

/**
 * The answer that follows from the needed digits.
 *
 * @param values the needed digits in the order in which a trace states them; at least one, but of an empty cell none
 */
export function answerTo(question: DigitsQuestion, values: readonly number[]): number | typeof NONE {
  switch (question.kind) {
    case "sum":
    case "line-sum":
      return values.reduce((total, value) => total + value, 0);
    case "largest":
      return values.length === 0 ? NONE : Math.max(...values);
    case "difference":
      return (values[0] ?? 0) - (values[1] ?? 0);
    case "count-greater":
      return greaterThan(values, question.threshold).length;
    case "cell":
      return values[0] ?? NONE;
  }
}

/** The form of a trace. */
export interface TraceForm {
  /** Sentences that state the needed digits, in place of one list. */
  readonly seen?: string | undefined;
  /** Adds up where the trace does. */
  readonly add?: Sum | undefined;
}

/** A trace's reasoning and its answer. */
function reasoning(
  question: DigitsQuestion,
  values: readonly number[],
  { seen = `I see ${listText(values)}.`, add = trueSum }: TraceForm,
): { readonly text: string; readonly answer: string } {
  const answer = String(answerTo(question, values));
  switch (question.kind) {
    case "sum": {
      const { text, total } = sumSteps(values, add);
      return { text: `${seen}${text}`, answer: String(total) };
    }
    case "largest":
      return { text: `${seen} The largest is ${answer}.`, answer };
    case "line-sum": {
      const { text, total } = sumSteps(values, add);
      return { text: `In the ${question.line} I see ${listText(values)}.${text}`, answer: String(total) };
    }
    case "difference": {
      const [from, minus] = values;
      const steps = `${from} - ${minus} = ${answer}.`;
      return { text: `The ${question.from} is ${from}. The ${question.minus} is ${minus}. ${steps}`, answer };
    }
    case "count-greater": {
      const selected = listText(greaterThan(values, question.threshold)) || NONE;
      return { text: `${seen} Greater than ${question.threshold}: ${selected}. That is ${answer}.`, answer };
    }
    case "cell":
      return { text: seen, answer };
  }
}

/**
 * The completion that reads the given digits and reasons from them without a slip, or with the slips of `add`:
 * `<think>I see 3, 5 and 2. 3 + 5 = 8. 8 + 2 = 10.</think><answer>10</answer>`.
 *
 * @param values the needed digits in reading order, at least one except for a cell; for a difference the two in the
 *   question's order
 */
export function traceText(question: DigitsQuestion, values: readonly number[], form: TraceForm = {}): string {
  const { text, answer } = reasoning(question, values, form);
  return `<think>${text}</think><answer>${answer}</answer>`;
}
