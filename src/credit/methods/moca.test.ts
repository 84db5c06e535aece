import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digitsFakeEngine } from "../../testing/tiny-run.ts";
import { tinyTraining } from "../../testing/tiny-training.ts";
import { requireSound } from "../../train/checks/check-training.ts";
import { runIteration } from "../../train/iteration/iteration.ts";
import type { CreditCompletion } from "../method.ts";
import { creditMethod, creditSchema } from "../registry.ts";
import { tagSpan } from "../tag-span.ts";
import { mocaShift } from "./moca.ts";

const texts = ["<recognition>", "a 7", " and", " a 2", "</recognition>", " 8", ""];
const mask = [1, 1, 1, 1, 1, 1, 1];
const weights = (completion: Partial<CreditCompletion>, options: object = {}) => {
  const method = creditMethod(creditSchema.parse({ kind: "moca", raise: 0.5, lower: 0.25, ...options }));
  const [[credit]] = method.credit([[{ mask, tokenTexts: texts, ...completion }]]) as [
    [{ weights: Float64Array }],
  ];
  return Array.from(credit.weights);
};

describe("tagSpan", () => {
  test("marks the tokens between the tags, whole pairs alone, and the first pair alone", () => {
    expect([...tagSpan(texts, "recognition")]).toEqual([0, 1, 1, 1, 0, 0, 0]);
    expect([...tagSpan(texts.slice(0, 4), "recognition")]).toEqual([0, 0, 0, 0]);
    expect([...tagSpan(texts.slice(1), "recognition")]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...tagSpan(["x", "y"], "a")]).toEqual([0, 0]);
    expect([...tagSpan(["</a>", "x", "<a>", "y", "</a>"], "a")]).toEqual([0, 0, 0, 1, 0]);
    expect([...tagSpan(["<a>", "</a>", "z"], "a")]).toEqual([0, 0, 0]);
    expect([...tagSpan(["<a>", "x", "</a>", "<a>", "y", "</a>"], "a")]).toEqual([0, 1, 0, 0, 0, 0]);
    expect([...tagSpan([], "a")]).toEqual([]);
  });

  test("marks a token that holds a tag and a character of the text", () => {
    expect([...tagSpan(["<", "a", ">x", " y</", "a>"], "a")]).toEqual([0, 0, 1, 1, 0]);
    expect([...tagSpan(["<a>", "</a>"], "a")]).toEqual([0, 0]);
  });
});

describe("moca", () => {
  test("has the hand values of its page: after a wrong answer a good description is spared, a bad one punished more", () => {
    const wrong = { advantage: -1, verdict: 0 };
    expect(weights({ ...wrong, rewardParts: { "blind-answer": 1 } })).toEqual([1, 0.5, 0.5, 0.5, 1, 1, 1]);
    expect(weights({ ...wrong, rewardParts: { "blind-answer": 0 } })).toEqual([1, 1.25, 1.25, 1.25, 1, 1, 1]);
  });

  test("raises by the size of the advantage, of either sign", () => {
    const good = { verdict: 0, rewardParts: { "blind-answer": 1 } };
    expect(weights({ ...good, advantage: 2 })).toEqual([1, 1.5, 1.5, 1.5, 1, 1, 1]);
    expect(weights({ ...good, advantage: 0 })).toEqual(mask);
  });

  test.each<[string, Partial<CreditCompletion>]>([
    ["a right answer", { verdict: 1, rewardParts: { "blind-answer": 0 } }],
    ["an answer that is partly right", { verdict: 0.5, rewardParts: { "blind-answer": 0 } }],
    ["an answer that could not be judged", { verdict: null, rewardParts: { "blind-answer": 0 } }],
    ["a description that could not be scored", { verdict: 0, rewardParts: {} }],
    [
      "a completion without the tag",
      { verdict: 0, rewardParts: { "blind-answer": 0 }, tokenTexts: Array<string>(7).fill("a") },
    ],
  ])("leaves %s alone", (_, completion) => {
    expect(weights({ advantage: -1, ...completion })).toEqual(mask);
  });

  test("reads the reward and the tag that are named", () => {
    const completion = { advantage: -1, verdict: 0, rewardParts: { seen: 1, "blind-answer": 0 } };
    expect(weights(completion, { reward: "seen" })).toEqual([1, 0.5, 0.5, 0.5, 1, 1, 1]);
    expect(weights(completion, { tag: "info" })).toEqual(mask);
  });

  test("both constants 0 are GRPO, and the shift lies between them", () => {
    expect(mocaShift(0, 0.3, { raise: 0, lower: 0 })).toBeCloseTo(0, 12);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, (description, raise, lower) => {
        const shift = mocaShift(0, description, { raise, lower });
        expect(shift).toBeLessThanOrEqual(raise + 1e-12);
        expect(shift).toBeGreaterThanOrEqual(-lower - 1e-12);
      }),
    );
  });
});

describe("in a run", () => {
  const BLIND = "reward=[accuracy, {kind: blind-answer, tag: recognition, words: plain, weight: 0.5}]";

  test("it trains beside the reward that it reads", async () => {
    const { training, progress } = tinyTraining(
      digitsFakeEngine(),
      "train.reportKlEvery=0",
      "credit=moca",
      BLIND,
    );
    await expect(requireSound(training, true)).resolves.toBeUndefined();
    const { metrics, steps } = await runIteration(training, progress, 1);
    expect(steps.every(({ applied }) => applied)).toBe(true);
    expect(metrics.weightMean).toBeCloseTo(1, 12);
    expect(Object.keys(metrics.rewardParts)).toEqual(["accuracy", "blind-answer"]);
  });

  test("without that reward it is refused before the first step", async () => {
    const { training } = tinyTraining(digitsFakeEngine(), "train.reportKlEvery=0", "credit=moca");
    await expect(requireSound(training, true)).rejects.toThrow(
      'credit.kind "moca": expected a reward named "blind-answer", whose scores it reads; got accuracy, format',
    );
  });
});
