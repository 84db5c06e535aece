/**
 * @module
 * What a digits problem asks, and every sentence of the task: questions, reasoning traces and answers are built from
 * these templates alone, since the small model's tokenizer is pruned to them. The answer to a question is a function
 * of the digits it needs, so the same function tells what follows from a wrong reading.
 */

export const LINES = [
  "top row",
  "middle row",
  "bottom row",
  "left column",
  "middle column",
  "right column",
] as const;

/** A row or column of the canvas; `middle` exists where there are three. */
export type Line = (typeof LINES)[number];

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
  | { readonly kind: "count-greater"; readonly threshold: number };

/** The question as the model reads it. */
export function questionText(question: DigitsQuestion): string {
  switch (question.kind) {
    case "sum":
      return "What is the sum of all digits?";
    case "largest":
      return "What is the largest digit?";
    case "line-sum":
      return `What is the sum of the digits in the ${question.line}?`;
    case "difference":
      return `What is the ${question.from} digit minus the ${question.minus} digit?`;
    case "count-greater":
      return `How many digits are greater than ${question.threshold}?`;
  }
}

/** Values in words: "3", "3 and 5", "3, 5 and 2". */
export function listText(values: readonly number[]): string {
  if (values.length < 2) return values.join("");
  return `${values.slice(0, -1).join(", ")} and ${values.at(-1)}`;
}

function sumSteps(values: readonly number[]): string {
  let total = values[0] ?? 0;
  let text = "";
  for (const value of values.slice(1)) {
    text += ` ${total} + ${value} = ${total + value}.`;
    total += value;
  }
  return text;
}

/** The values that a count of digits greater than a threshold selects. */
export function greaterThan(values: readonly number[], threshold: number): number[] {
  return values.filter((value) => value > threshold);
}

/**
 * The answer that follows from the needed digits.
 *
 * @param values at least one; the needed digits in the order in which a trace states them
 */
export function answerTo(question: DigitsQuestion, values: readonly number[]): number {
  switch (question.kind) {
    case "sum":
    case "line-sum":
      return values.reduce((total, value) => total + value, 0);
    case "largest":
      return Math.max(...values);
    case "difference":
      return (values[0] ?? 0) - (values[1] ?? 0);
    case "count-greater":
      return greaterThan(values, question.threshold).length;
  }
}

function reasoning(question: DigitsQuestion, values: readonly number[]): string {
  const answer = answerTo(question, values);
  switch (question.kind) {
    case "sum":
      return `I see ${listText(values)}.${sumSteps(values)}`;
    case "largest":
      return `I see ${listText(values)}. The largest is ${answer}.`;
    case "line-sum":
      return `In the ${question.line} I see ${listText(values)}.${sumSteps(values)}`;
    case "difference": {
      const [from, minus] = values;
      return `The ${question.from} is ${from}. The ${question.minus} is ${minus}. ${from} - ${minus} = ${answer}.`;
    }
    case "count-greater": {
      const selected = listText(greaterThan(values, question.threshold)) || "none";
      return `I see ${listText(values)}. Greater than ${question.threshold}: ${selected}. That is ${answer}.`;
    }
  }
}

/**
 * The completion that reads the given digits and reasons from them without a slip:
 * `<think>I see 3, 5 and 2. 3 + 5 = 8. 8 + 2 = 10.</think><answer>10</answer>`.
 *
 * @param values the needed digits in reading order, at least one; for a difference the two in the question's order
 */
export function traceText(question: DigitsQuestion, values: readonly number[]): string {
  return `<think>${reasoning(question, values)}</think><answer>${answerTo(question, values)}</answer>`;
}
