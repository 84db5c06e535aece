import { expect, test } from "vitest";
import type { ScoredAnswer } from "./benchmark.ts";
import { detectionMeasures } from "./detection.ts";

const answer = (truth: string, said: string): ScoredAnswer => ({
  problem: { id: said, question: "?", answers: [truth], columns: {} },
  text: said,
  extracted: said,
  score: Number(truth === said),
  reason: "",
});

const answers = [
  answer("Yes", "Yes"),
  answer("Yes", "No"),
  answer("Yes", "perhaps"),
  answer("No", "Yes"),
  answer("No", "No"),
  answer("Yes", "Yes"),
];

test("each share has its own denominator, and the answers that it is of", () => {
  const [accuracy, f1, precision, recall, yes] = detectionMeasures(answers);
  expect(accuracy).toMatchObject({ value: 0.5, of: 6 });
  expect(precision).toMatchObject({ value: 2 / 3, of: 3, values: [1, 0, 1] });
  expect(recall).toMatchObject({ value: 0.5, of: 4, values: [1, 0, 0, 1] });
  expect(f1!.value).toBeCloseTo((2 * (2 / 3) * 0.5) / (2 / 3 + 0.5), 15);
  expect(yes).toMatchObject({ value: 0.5, of: 6 });
});

test("lmms-eval leaves answers that are neither out of recall, and counts the accepted yes", () => {
  const [, , , recall, yes] = detectionMeasures(answers, { asLmmsEval: true });
  expect(recall).toMatchObject({ value: 2 / 3, of: 3 });
  expect(yes).toMatchObject({ value: 4 / 6 });
});

test("smoothing is added to each denominator; a smoothed share is no mean", () => {
  const [, , precision] = detectionMeasures(answers, { smoothing: 1 });
  expect(precision).toMatchObject({ value: 0.5, of: 3 });
  expect(precision).not.toHaveProperty("values");
});

test("0 where a denominator is 0, null where nothing is judged", () => {
  const [, f1, precision] = detectionMeasures([answer("Yes", "No")]);
  expect(precision).toMatchObject({ value: 0, of: 0 });
  expect(f1).toMatchObject({ value: 0 });
  expect(detectionMeasures([]).map(({ value }) => value)).toEqual([null, null, null, null, null]);
});
