import { expect, test } from "vitest";
import { lengthReward } from "./length-reward.ts";
import { rewardSchema } from "./reward.ts";

test.each([
  [1, 319, 0],
  [1, 320, 1],
  [1, 512, 1],
  [1, 513, 0],
  [0, 400, 0],
  [0.5, 400, 1],
  [0.49, 400, 0],
])("an accuracy of %d in %i tokens is worth %i with the paper's bounds", (accuracy, tokens, expected) => {
  expect(lengthReward(accuracy, tokens, rewardSchema.parse({ length: {} }).length!)).toBe(expected);
});

test("bounds the wrong way round are refused, and defaults are the paper's", () => {
  expect(rewardSchema.parse({ length: {} }).length).toEqual({ min: 320, max: 512, weight: 0.2 });
  expect(() => rewardSchema.parse({ length: { min: 9, max: 8 } })).toThrow("expected min to be at most max");
  expect(rewardSchema.parse({}).length).toBeUndefined();
});
