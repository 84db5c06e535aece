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

const unclear = { options: ["larger", "smaller", "cannot be determined"] };
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
  ["yes in a tag", { kind: "answer" }, "<answer>Yes, it is.</answer>", ["yes"], 1],
  ["no in a tag", { kind: "answer" }, "<answer>No, it is not.</answer>", ["no"], 1],
  ["no in a tag, yes asked", { kind: "answer" }, "<answer>No, it is not.</answer>", ["yes"], 0],
  ["yes in a box", { kind: "answer" }, "\\boxed{\\text{Yes, it is}}", ["yes"], 1],
  ["yes in a tag, marks alone", { kind: "answer", from: "mark" }, "<answer>Yes, it is.</answer>", ["Yes"], 1],
  ["yes or no in a tag", { kind: "answer" }, "<answer>Yes or no</answer>", ["yes"], 0],
  ["a no that becomes a yes", { kind: "answer" }, "No, wait, yes.", ["no"], 0],
  ["the same the other way", { kind: "answer" }, "No, wait, yes.", ["yes"], 0],
  ["yes and no in one breath", { kind: "answer" }, "Yes no", ["yes"], 0],
  ["a yes without doubt", { kind: "answer" }, "Yes, no doubt.", ["yes"], 1],
  ["a yes that asks", { kind: "answer" }, "Yes?", ["yes"], 0],
  ["a yes that is doubted", { kind: "answer" }, "Yes, maybe.", ["yes"], 0],
  ["a yes in a tag that asks", { kind: "answer" }, "<answer>Yes?</answer>", ["yes"], 0],
  ["an option in a tag that asks", { kind: "answer" }, "<answer>Paris?</answer>", ["B"], 0, cities],
  ["a question where one is the answer", { kind: "answer" }, "<answer>Who?</answer>", ["Who?"], 1],
  ["the same in a tag", { kind: "answer" }, "<answer>No, wait, yes.</answer>", ["no"], 0],
  ["a no that is a determiner", { kind: "answer" }, "Yes, there is no sign.", ["yes"], 1],
  [
    "a sentence with an option in a tag",
    { kind: "answer" },
    "<answer>It is Paris.</answer>",
    ["B"],
    1,
    cities,
  ],
  ["another option in a tag", { kind: "answer" }, "<answer>It is Rome.</answer>", ["B"], 0, cities],
  ["an option denied in a tag", { kind: "answer" }, "<answer>It is not Paris.</answer>", ["B"], 0, cities],
  ["an option hedged in a tag", { kind: "answer" }, "<answer>It may be Paris.</answer>", ["B"], 0, cities],
  ["an option hedged", { kind: "answer" }, "Perhaps it is in Paris", ["B"], 0, cities],
  ["an option asked for", { kind: "answer" }, "Is it in Paris?", ["B"], 0, cities],
  ["a doubt that is an option", { kind: "answer" }, "It cannot be determined.", ["C"], 1, unclear],
  ["the same in a tag", { kind: "answer" }, "<answer>It cannot be determined.</answer>", ["C"], 1, unclear],
  ["the same with its letter", { kind: "answer" }, "C. Cannot be determined", ["C"], 1],
  ["a doubt that is the answer", { kind: "answer" }, "Cannot be determined", ["cannot be determined"], 1],
  ["a letter in a tag's sentence", { kind: "answer" }, "<answer>It is B.</answer>", ["B"], 1, cities],
  ["a letter that is not seen", { kind: "answer" }, "I cannot see a B in the image", ["B"], 0, cities],
  ["a letter of a name", { kind: "answer" }, "Vitamin C", ["C"], 0, cities],
  ["a name with a letter", { kind: "answer" }, "It is Vitamin C.", ["Vitamin C"], 1],
  ["maybe, behind a letter", { kind: "answer" }, "The answer is B, maybe", ["B"], 0, cities],
  ["a word in a tag's sentence", { kind: "answer" }, "<answer>It is blue.</answer>", ["blue"], 1],
  ["a count in a tag's sentence", { kind: "answer" }, "<answer>There are 7 apples.</answer>", ["7"], 1],
  ["a count with its noun in a tag", { kind: "answer" }, "<answer>7 apples</answer>", ["7"], 1],
  ["a count with its noun, both", { kind: "answer" }, "<answer>7 apples</answer>", ["7 apples"], 1],
  ["two counts in a tag", { kind: "answer" }, "<answer>7 apples and 8 pears</answer>", ["7"], 0],
  ["a count that is denied in a tag", { kind: "answer" }, "<answer>7 is incorrect</answer>", ["7"], 0],
  ["a rate in a tag", { kind: "answer" }, "<answer>7 apples per day</answer>", ["7"], 0],
  ["leave to take", { kind: "answer" }, "You may take 7 apples", ["7"], 1],
  ["a bound in a tag", { kind: "answer" }, "<answer>over 7 apples</answer>", ["7"], 0],
  ["a count of dozens in a tag", { kind: "answer" }, "<answer>7 dozen apples</answer>", ["7"], 0],
  ["a label in a tag", { kind: "answer" }, "<answer>Step 7</answer>", ["7"], 0],
  ["not known", { kind: "answer" }, "I do not know the answer to 7", ["7"], 0],
  ["asked", { kind: "answer" }, "Is it 7?", ["7"], 0],
  ["declared as a question", { kind: "answer" }, "The answer is 7?", ["7"], 0],
  ["could be", { kind: "answer" }, "The answer could be 7", ["7"], 0],
  ["not sure that", { kind: "answer" }, "I am not sure that the answer is 7.", ["7"], 0],
  ["maybe, declared", { kind: "answer" }, "The answer is maybe 7", ["7"], 0],
  ["maybe, behind", { kind: "answer" }, "7, maybe", ["7"], 0],
  ["a modal of another clause", { kind: "answer" }, "The most that could be cut is 7.", ["7"], 1],
  ["a step", { kind: "answer" }, "Step 7", ["7"], 0],
  ["an image", { kind: "answer" }, "Image 7", ["7"], 0],
  ["a step where one is asked for", { kind: "answer" }, "Step 7", ["Step 7"], 1],
  ["a tag contradicted", { kind: "answer" }, "<answer>7</answer> Actually, the answer is 8.", ["7"], 0],
  ["a tag explained", { kind: "answer" }, "<answer>7</answer> The answer is 7 since 3 + 4 = 7.", ["7"], 1],
  ["a box said in words", { kind: "answer" }, "\\boxed{\\$1,\\!386} The answer is $1,\\!386$.", ["1386"], 1],
  ["a letter explained", { kind: "answer" }, "<answer>B</answer> The answer is 12 cm.", ["B"], 1],
  ["a box contradicted", { kind: "answer" }, "\\boxed{7} Actually, the answer is 8.", ["7"], 0],
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
  // Nine of ten: 1 less the ninth threshold, as numpy has it, is not below 0.1.
  ["mean relative accuracy", { kind: "mra" }, "about 9 m", ["10"], 0.9],
  ["a box", { kind: "box-iou" }, '{"bbox_2d": [0, 0, 2, 4]}', ["[0, 0, 2, 2]"], 0.5],
  ["a box in pixels", { kind: "box-iou" }, "[0px, 0 px, 2px, 4 pixels]", ["[0, 0, 2, 2]"], 0.5],
  ["a box at its threshold", { kind: "box-iou", threshold: 0.5 }, "(0,0),(2,4)", ["[0, 0, 2, 2]"], 0],
  ["two boxes", { kind: "box-iou" }, "[0, 0, 2, 2] or [0, 0, 9, 9]", ["[0, 0, 2, 2]"], 0],
  ["a box that cannot be read", { kind: "box-iou" }, "[0, 0, 2, 2]", ["here"], null],
  ["a point in a box", { kind: "point-in-box" }, "click (1, 2)", ["[0, 0, 2, 2]"], 1],
  ["a point beside it", { kind: "point-in-box" }, "(1, 2.5)", ["[0, 0, 2, 2]"], 0],
  ["the centre of a box", { kind: "point-in-box" }, "[0, 0, 2, 2]", ["[0.5, 0.5, 4, 4]"], 1],
  ["a set in another order", { kind: "set" }, "<answer>blue and red</answer>", ["red, blue"], 1],
  ["a set with one too few", { kind: "set" }, "red", ["red, blue"], 0],
  ["a word where a number is not asked for", { kind: "numeric" }, "red", ["red"], 1],
  ["another word", { kind: "numeric" }, "blue", ["red"], 0],
  [
    "places of a column that are none",
    { kind: "numeric" },
    "1.24",
    ["1.2"],
    1,
    { columns: { precision: -1 } },
  ],
  ["no places of a column", { kind: "numeric" }, "1.4", ["1.2"], 1, { columns: { precision: 0 } }],
  ["an integer of a column", { kind: "numeric" }, "7.9", ["7"], 1, { columns: { answer_type: "integer" } }],
  [
    "given places for an integer of a column",
    { kind: "numeric", places: 0 },
    "7.9",
    ["7"],
    0,
    { columns: { answer_type: "integer" } },
  ],
  ["two points, one within", { kind: "point-in-box" }, "(1, 1), (9, 9)", ["[0, 0, 2, 2]"], 0],
  ["no point", { kind: "point-in-box" }, "here", ["[0, 0, 2, 2]"], 0],
  ["a point for what is no box", { kind: "point-in-box" }, "(1, 1)", ["here"], null],
  ["no box", { kind: "box-iou" }, "here", ["[0, 0, 2, 2]"], 0],
  ["a box above its threshold", { kind: "box-iou", threshold: 0.4 }, "(0,0),(2,4)", ["[0, 0, 2, 2]"], 1],
  ["a word for a relative accuracy", { kind: "mra" }, "none", ["10"], 0],
  ["a relative accuracy of a word", { kind: "mra" }, "10", ["none"], null],
  ["letters for letters", { kind: "option-letter" }, "A, C", ["AC"], 1],
  ["a text that is no letter", { kind: "option-letter" }, "B", ["Berlin"], null, cities],
  ["VQA without an answer", { kind: "vqa" }, "<think>3", ["3", "3", "3", "3"], 0],
  ["a set with one too many", { kind: "set" }, "red, blue, green", ["red, blue"], 0],
  ["the F1 of a set", { kind: "set", score: "f1" }, "red, green", ["red, blue"], 0.5],
])("%s", async (_, config, text, answers, expected, more = {}) => {
  expect(await score(config, text, answers, more)).toBe(expected);
});

test.each([
  [{ kind: "answer" }, "answer"],
  [{ kind: "answer", from: "mark" }, "answer, from mark"],
  [{ kind: "relaxed", tolerance: 0.1, equivalent: true }, "relaxed, tolerance 0.1, equivalent true"],
  [
    { kind: "judge", url: "http://127.0.0.1:9/v1", model: "m", temperature: 1 },
    "judge m (binary, temperature 1), rule answer",
  ],
])("%j is recorded as %j", (config, name) => {
  expect(createVerdict(verdictSchema.parse(config)).name).toBe(name);
});
