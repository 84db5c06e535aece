import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rewardOf } from "../testing/reward-of.ts";
import { keyStepShare, stepFault } from "./step-reward.ts";

const sections = [
  "### Image Description:\nTwo digits.",
  "### Rationales:\nAdd them.",
  "### Step 1:\nI see 3 and 5.",
  "### Step 2:\n3 + 5 = 8.",
  "### The final answer is:\n8",
];
const whole = sections.join("\n");

describe("keyStepShare", () => {
  const steps = [["I see 3 and 5."], ["3 + 5 = 8.", "5 + 3 = 8."]];

  test("counts steps of which any wording is in the reasoning, in any case", () => {
    expect(keyStepShare("<think>I see 3 and 5. 5 + 3 = 8.</think><answer>8</answer>", steps)).toBe(1);
    expect(keyStepShare("<think>i SEE 3 and 5. It is 8.</think>", steps)).toBe(0.5);
    expect(keyStepShare("<think>I see 3, 3 and 5.</think>", steps)).toBe(0);
    expect(keyStepShare(whole, steps)).toBe(1);
  });

  test("looks at the reasoning only", () => {
    expect(keyStepShare("<think>It is 8.</think><answer>3 + 5 = 8.</answer>", steps)).toBe(0);
    expect(
      keyStepShare("### Image Description:\n3 + 5 = 8.\n### Step 1:\nI see 3 and 5.\n### End", steps),
    ).toBe(0.5);
    expect(keyStepShare("I see 3 and 5. <answer>3 + 5 = 8.", steps)).toBe(0.5);
    expect(keyStepShare("I see 3 and 5. 3 + 5 = 8.", steps)).toBe(1);
  });

  test("finds no number inside a longer one", () => {
    expect(keyStepShare("13 + 5 = 8", [["3 + 5 = 8"]])).toBe(0);
    expect(keyStepShare("3 + 5 = 80", [["3 + 5 = 8"]])).toBe(0);
    expect(keyStepShare("3 + 5 = 80, 3 + 5 = 8", [["3 + 5 = 8"]])).toBe(1);
  });

  test("is 0 without key steps and for wordings of nothing", () => {
    expect(keyStepShare("anything", [])).toBe(0);
    expect(keyStepShare("anything", [[], [" "]])).toBe(0);
  });

  test("lies in [0, 1] and never throws", () => {
    const texts = fc.array(fc.string({ maxLength: 4 }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.string(), fc.array(texts, { maxLength: 4 }), (completion, keySteps) => {
        const share = keyStepShare(completion, keySteps);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("stepFault", () => {
  test("is null for description, rationales, numbered steps and the answer last", () => {
    expect(stepFault(whole)).toBeNull();
    expect(stepFault(`Well.\n${whole}\nThat is all.`)).toBeNull();
  });

  test.each([
    ["no Image Description", sections.slice(1)],
    ["no Rationales", sections.filter((_, i) => i !== 1)],
    ["no Step 1", sections.filter((_, i) => i !== 2)],
    ["no The final answer is", sections.slice(0, 4)],
    ["steps out of order", [sections[0], sections[1], sections[3], sections[2], sections[4]]],
    ["answer before the last step", [sections[0], sections[1], sections[2], sections[4], sections[3]]],
    ["steps out of order", [...sections.slice(0, 4), "### Step 4: more", sections[4]]],
  ])("says %s", (fault, parts) => {
    expect(stepFault(parts.join("\n"))).toBe(fault);
  });
});

describe("StepGRPO's rewards", () => {
  const entries = ["accuracy", { kind: "key-steps" }, { kind: "validity", weight: 1 }];
  const keySteps = [["I see 3 and 5."], ["3 + 5 = 8."]];

  test("add a tenth of the share of key steps, and one for the form", async () => {
    expect(await rewardOf(whole, { entries, answers: ["8"], keySteps })).toMatchObject({
      value: 2.1,
      parts: { accuracy: 1, "key-steps": 1, validity: 1 },
    });
    const wrong = await rewardOf("I see 3 and 5. It is 9", { entries, answers: ["8"], keySteps });
    expect(wrong.value).toBeCloseTo(0.05, 12);
    expect((await rewardOf("It is 8", { entries, answers: ["8"] })).value).toBe(1);
  });
});
