import { expect, test } from "vitest";
import { keyStepShare } from "../../reward/step-reward.ts";
import { rewardOf } from "../../testing/reward-of.ts";
import { SPLITS } from "../task.ts";
import { DIGITS_KINDS, type DigitsOptions } from "./options.ts";
import { digitsSource } from "./source.ts";
import { truthOf } from "./truth.ts";

// The answer of kind cell may be no number.
const kinds = DIGITS_KINDS.filter((kind) => kind !== "cell");

test("every true trace has the full reward, and no other answer has", async () => {
  const options: Partial<DigitsOptions> = {
    canvases: ["84x84", "84x112", "112x84", "112x112"],
    digits: [2, 5],
    kinds,
  };
  for (const split of SPLITS) {
    const source = digitsSource({ split, seed: 1, options });
    for (let index = 0; index < 500; index++) {
      const { trace, answer } = truthOf(source.problem(index));
      expect((await rewardOf(trace, { answers: [answer] })).value).toBe(1.1);
      const other = trace.replace(/<answer>.*/, `<answer>${Number(answer) + 1}</answer>`);
      expect((await rewardOf(other, { answers: [answer] })).value).toBe(0.1);
    }
  }
});

test("every true trace states all its key steps, and one that misreads does not", () => {
  for (const split of SPLITS) {
    const source = digitsSource({ split, seed: 3, options: { digits: [2, 5], kinds } });
    for (let index = 0; index < 200; index++) {
      const problem = source.problem(index);
      const { keySteps = [] } = problem;
      const { trace } = truthOf(problem);
      expect(keyStepShare(trace, keySteps)).toBe(1);
      const misread = trace.replace(/\d/, (digit) => String((Number(digit) + 1) % 10));
      expect(keyStepShare(misread, keySteps)).toBeLessThan(1);
    }
  }
});
