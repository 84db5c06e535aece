import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DIGITS_SPLITS, type DigitsOptions, digitsSource } from "../data/index.ts";
import { completionReward, rewardSchema } from "./reward.ts";

const rows = JSON.parse(
  readFileSync(new URL("../../fixtures/verify/reward.json", import.meta.url), "utf8"),
) as [string, string, number, number, string][];
const defaults = rewardSchema.parse({});

describe("completionReward", () => {
  test.each(rows)("%j against %j: accuracy %d, format %d, %s", (completion, reference, accuracy, format) => {
    const reward = completionReward(completion, reference, defaults);
    expect(reward.parts).toEqual({ accuracy, format });
    expect(reward.value).toBe(accuracy + 0.1 * format);
  });

  test("every true trace of the digits task has the full reward, and no other answer has", () => {
    const options: Partial<DigitsOptions> = {
      canvases: ["84x84", "84x112", "112x84", "112x112"],
      digits: [2, 5],
      kinds: ["sum", "largest", "line-sum", "difference", "count-greater"],
    };
    for (const split of DIGITS_SPLITS) {
      const source = digitsSource({ split, seed: 1, options });
      for (let index = 0; index < 500; index++) {
        const { trace, answer } = source.world(index);
        expect(completionReward(trace, answer, defaults).value).toBe(1.1);
        const other = trace.replace(/<answer>.*/, `<answer>${Number(answer) + 1}</answer>`);
        expect(completionReward(other, answer, defaults).value).toBe(0.1);
      }
    }
  });

  test("parts are weighted", () => {
    const options = rewardSchema.parse({ accuracy: 0.5, format: 2 });
    expect(completionReward("<think>a</think><answer>8</answer>", "8", options).value).toBe(2.5);
    expect(completionReward("<think>a</think><answer>9</answer>", "8", options).value).toBe(2);
    expect(completionReward("8", "8", options).value).toBe(0.5);
  });

  test("with answers from marks only, a number in the text is no answer", () => {
    const options = rewardSchema.parse({ answerFrom: "mark" });
    expect(completionReward("<think>8", "8", options).parts).toEqual({ accuracy: 0, format: 0 });
    expect(completionReward("it is \\boxed{8}", "8", options).parts).toEqual({ accuracy: 1, format: 0 });
    expect(completionReward("<answer>8</answer>", "8", options).parts).toEqual({ accuracy: 1, format: 0 });
  });

  test.each([
    ["<think>a</think> so \\boxed{8}", null],
    [" <think>a</think>\\boxed{\\frac{1}{2}}.", null],
    ["<think>a</think><answer>8</answer>", "no \\boxed{…} after </think>"],
    ["<think>\\boxed{8}</think> 8", "no \\boxed{…} after </think>"],
    ["<think>a</think>\\boxed{8", "no \\boxed{…} after </think>"],
    ["<think>a \\boxed{8}", "no </think>"],
    ["a <think>a</think>\\boxed{8}", "text before <think>"],
    ["<think> </think>\\boxed{8}", "nothing in <think>"],
    ["</think><think>\\boxed{8}", "tags in another order"],
    ["<think>a</think></think>\\boxed{8}", "more than one </think>"],
  ])("with the form think-boxed, %j: %s", (completion, fault) => {
    const options = rewardSchema.parse({ form: "think-boxed" });
    const { parts, reason } = completionReward(completion, "8", options);
    expect(parts["format"]).toBe(fault === null ? 1 : 0);
    expect(reason.split("; ")[1] ?? null).toBe(fault);
  });

  test("without a reference there is no value, which is not zero", () => {
    expect(completionReward("<answer></answer>", " ", defaults).value).toBeNull();
  });

  test("the reason names what was wrong", () => {
    const reason = (completion: string) => completionReward(completion, "8", defaults).reason;
    expect(reason("<think>a</think><answer>8</answer>")).toBe("right answer");
    expect(reason("<think>a</think><answer>9</answer>")).toBe("wrong answer");
    expect(reason("<think>a</think>")).toBe("no answer; no <answer>");
    expect(reason("<think>a</think><answer>8</answer>!")).toBe("right answer; text after </answer>");
    expect(reason("</think><think><answer>8</answer>")).toBe("no answer; tags in another order");
  });

  test("weights that cannot be meant are refused", () => {
    for (const wrong of [
      { accuracy: -1 },
      { format: Number.NaN },
      { accuracy: 0, format: 0 },
      { acuracy: 1 },
    ]) {
      expect(rewardSchema.safeParse(wrong).success).toBe(false);
    }
  });
});
