import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { completionReward, rewardSchema } from "./reward.ts";
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

  test("counts steps of which any wording stands in the reasoning, whatever its case", () => {
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

describe("completionReward with StepGRPO's weights", () => {
  const options = rewardSchema.parse({ accuracy: 1, format: 0, keySteps: 0.1, validity: 1 });
  const steps = [["I see 3 and 5."], ["3 + 5 = 8."]];

  test("adds a tenth of the share of key steps, and one for the form", () => {
    expect(completionReward(whole, "8", options, steps)).toMatchObject({
      value: 2.1,
      parts: { accuracy: 1, format: 0, keySteps: 1, validity: 1 },
    });
    expect(completionReward("I see 3 and 5. It is 9", "8", options, steps).value).toBeCloseTo(0.05, 12);
    expect(completionReward("It is 8", "8", options).value).toBe(1);
  });

  test("looks at steps only where they have a weight", () => {
    expect(completionReward(whole, "8", rewardSchema.parse({}), steps).parts).toEqual({
      accuracy: 1,
      format: 0,
    });
    expect(rewardSchema.safeParse({ accuracy: 0, format: 0, validity: 1 }).success).toBe(true);
    expect(rewardSchema.safeParse({ keySteps: -0.1 }).success).toBe(false);
  });
});
