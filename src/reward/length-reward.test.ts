import { expect, test } from "vitest";
import { answerVerdict } from "../verify/index.ts";
import { lengthReward } from "./length-reward.ts";
import { createReward, rewardEntrySchema } from "./registry.ts";

test.each([
  [1, 319, 0],
  [1, 320, 1],
  [1, 512, 1],
  [1, 513, 0],
  [0, 400, 0],
  [0.5, 400, 1],
  [0.49, 400, 0],
])("an accuracy of %d in %i tokens is worth %i with the paper's bounds", (accuracy, tokens, expected) => {
  expect(lengthReward(accuracy, tokens, { min: 320, max: 512 })).toBe(expected);
});

test("bounds the wrong way round are refused, and defaults are the paper's", () => {
  const entry = (options: object) => rewardEntrySchema.parse({ kind: "length", ...options });
  expect(entry({})).toEqual({ kind: "length", min: 320, max: 512, weight: 0.2 });
  const context = { verdict: answerVerdict(), maxCompletionTokens: 1000 };
  expect(() => createReward(entry({ min: 9, max: 8 }), context)).toThrow("expected min to be at most max");
});
