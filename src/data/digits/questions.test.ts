import { describe, expect, test } from "vitest";
import { answerTo, type DigitsQuestion, listText, questionText, traceText } from "./questions.ts";

const examples: readonly [DigitsQuestion, number[], string, string][] = [
  [
    { kind: "sum" },
    [3, 5, 2],
    "What is the sum of all digits?",
    "<think>I see 3, 5 and 2. 3 + 5 = 8. 8 + 2 = 10.</think><answer>10</answer>",
  ],
  [
    { kind: "largest" },
    [3, 5, 2],
    "What is the largest digit?",
    "<think>I see 3, 5 and 2. The largest is 5.</think><answer>5</answer>",
  ],
  [
    { kind: "largest" },
    [4],
    "What is the largest digit?",
    "<think>I see 4. The largest is 4.</think><answer>4</answer>",
  ],
  [
    { kind: "line-sum", line: "top row" },
    [3, 5],
    "What is the sum of the digits in the top row?",
    "<think>In the top row I see 3 and 5. 3 + 5 = 8.</think><answer>8</answer>",
  ],
  [
    { kind: "line-sum", line: "middle column" },
    [3],
    "What is the sum of the digits in the middle column?",
    "<think>In the middle column I see 3.</think><answer>3</answer>",
  ],
  [
    { kind: "difference", from: "leftmost", minus: "rightmost" },
    [7, 9],
    "What is the leftmost digit minus the rightmost digit?",
    "<think>The leftmost is 7. The rightmost is 9. 7 - 9 = -2.</think><answer>-2</answer>",
  ],
  [
    { kind: "count-greater", threshold: 4 },
    [3, 5, 2],
    "How many digits are greater than 4?",
    "<think>I see 3, 5 and 2. Greater than 4: 5. That is 1.</think><answer>1</answer>",
  ],
  [
    { kind: "count-greater", threshold: 4 },
    [7, 5, 9, 1],
    "How many digits are greater than 4?",
    "<think>I see 7, 5, 9 and 1. Greater than 4: 7, 5 and 9. That is 3.</think><answer>3</answer>",
  ],
  [
    { kind: "count-greater", threshold: 4 },
    [3, 2],
    "How many digits are greater than 4?",
    "<think>I see 3 and 2. Greater than 4: none. That is 0.</think><answer>0</answer>",
  ],
];

describe("questions and traces", () => {
  test.each(examples)("%j about %j", (question, values, text, trace) => {
    expect(questionText(question)).toBe(text);
    expect(traceText(question, values)).toBe(trace);
    expect(trace).toContain(`<answer>${answerTo(question, values)}</answer>`);
  });

  test("lists read as in prose", () => {
    expect([[], [1], [1, 2], [1, 2, 3]].map(listText)).toEqual(["", "1", "1 and 2", "1, 2 and 3"]);
  });
});
