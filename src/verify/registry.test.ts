import { describe, expect, test } from "vitest";
import { createVerdict, VERDICT_KINDS, verdictSchema } from "./registry.ts";
import type { JudgedProblem } from "./verdict.ts";

async function score(
  config: Record<string, unknown>,
  text: string,
  answers: readonly string[],
  more: Partial<JudgedProblem> = {},
): Promise<number | null> {
  const verdict = createVerdict(verdictSchema.parse(config));
  return (await verdict.judge(text, { question: "", answers, columns: {}, ...more })).score;
}

describe("every verdict", () => {
  test.each(VERDICT_KINDS)("%s judges what cannot be judged with null, and nothing with 0", async (kind) => {
    const answers =
      kind === "vqa" ? Array<string>(10).fill("3") : [kind.includes("box") ? "[0, 0, 2, 2]" : "3"];
    // Nobody is asked about such a completion, so that no judge need be there.
    const verdict = { kind, ...(kind === "judge" && { url: "http://127.0.0.1:9/v1", model: "none" }) };
    expect(await score(verdict, "3", [])).toBeNull();
    expect(
      await score(
        verdict,
        "<think>3",
        answers.map((answer) => (kind === "option-letter" ? "B" : answer)),
      ),
    ).toBe(0);
  });

  test("a kind or an option that is not known is refused", () => {
    expect(verdictSchema.safeParse({ kind: "anser" }).success).toBe(false);
    expect(verdictSchema.safeParse({ kind: "answer", form: "mark" }).success).toBe(false);
  });
});

const cities = { options: ["Rome", "Paris", "London"] };

test.each<
  [string, Record<string, unknown>, string, readonly string[], number | null, Partial<JudgedProblem>?]
>([
  ["an option's text for its letter", { kind: "answer" }, "The answer is Paris.", ["B"], 1, cities],
  ["a letter for its option's text", { kind: "answer" }, "Answer: B", ["Paris"], 1, cities],
  ["an option in the last sentence", { kind: "answer" }, "I see a tower. It is in Paris", ["B"], 1, cities],
  ["two options in the last sentence", { kind: "answer" }, "Paris or Rome, I think", ["B"], 0, cities],
  ["an option denied", { kind: "answer" }, "It is not Paris", ["B"], 0, cities],
  ["a letter with another option's text", { kind: "answer" }, "(A) Paris", ["B"], 0, cities],
  ["a letter beyond the options", { kind: "answer" }, "E", ["B"], 0, cities],
  ["yes at the start of a reply", { kind: "answer" }, "Yes, there are 5 cats.", ["yes"], 1],
  ["no at the start of a reply", { kind: "answer" }, "No, there are 5 cats.", ["yes"], 0],
  ["an answer in the text where marks count", { kind: "answer", from: "mark" }, "The answer is 8.", ["8"], 0],
  ["EasyR1's rule: a box in the thought", { kind: "answer", rule: "easyr1" }, "<think>\\boxed{8}", ["8"], 1],
  [
    "R1-V's rule: the first tag",
    { kind: "answer", rule: "r1-v" },
    "<answer>8</answer><answer>9</answer>",
    ["8"],
    1,
  ],
  ["verl's rule for GSM8K", { kind: "answer", rule: "verl-gsm8k" }, "so 9\n#### 1,008.", ["1008"], 1],
  ["exact, another case", { kind: "exact" }, "<answer>new  york</answer>", ["New York"], 1],
  ["exact, case counted", { kind: "exact", caseSensitive: true }, "new york", ["New York"], 0],
  ["the letter alone", { kind: "option-letter" }, "Paris", ["B"], 0, cities],
  ["a letter for the text", { kind: "option-letter" }, "(B)", ["Paris"], 1, cities],
  ["relaxed, within 5 %", { kind: "relaxed" }, "104", ["100"], 1],
  ["relaxed, thousands", { kind: "relaxed" }, "1,000", ["1000"], 0],
  ["relaxed, thousands that are equivalent", { kind: "relaxed", equivalent: true }, "1,000", ["1000"], 1],
  ["VQA with one answer", { kind: "vqa" }, "yes", ["yes"], null],
  ["numbers at the places of the answer", { kind: "numeric" }, "It is 1.24.", ["1.2"], 1],
  ["numbers at the column's places", { kind: "numeric" }, "1.24", ["1.2"], 0, { columns: { precision: 2 } }],
  ["numbers at given places", { kind: "numeric", places: 0 }, "1.24", ["1.4"], 1],
  ["mean relative accuracy", { kind: "mra" }, "about 9 m", ["10"], 0.8],
  ["a box", { kind: "box-iou" }, '{"bbox_2d": [0, 0, 2, 4]}', ["[0, 0, 2, 2]"], 0.5],
  ["a box at its threshold", { kind: "box-iou", threshold: 0.5 }, "(0,0),(2,4)", ["[0, 0, 2, 2]"], 0],
  ["two boxes", { kind: "box-iou" }, "[0, 0, 2, 2] or [0, 0, 9, 9]", ["[0, 0, 2, 2]"], 0],
  ["a box that cannot be read", { kind: "box-iou" }, "[0, 0, 2, 2]", ["here"], null],
  ["a point in a box", { kind: "point-in-box" }, "click (1, 2)", ["[0, 0, 2, 2]"], 1],
  ["a point beside it", { kind: "point-in-box" }, "(1, 2.5)", ["[0, 0, 2, 2]"], 0],
  ["the centre of a box", { kind: "point-in-box" }, "[0, 0, 2, 2]", ["[0.5, 0.5, 4, 4]"], 1],
  ["a set in another order", { kind: "set" }, "<answer>blue and red</answer>", ["red, blue"], 1],
  ["a set with one too many", { kind: "set" }, "red, blue, green", ["red, blue"], 0],
  ["the F1 of a set", { kind: "set", score: "f1" }, "red, green", ["red, blue"], 0.5],
])("%s", async (_, config, text, answers, expected, more = {}) => {
  expect(await score(config, text, answers, more)).toBe(expected);
});
