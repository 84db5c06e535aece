import { describe, expect, test } from "vitest";
import { stopBefore } from "./cues.ts";
import { choiceInJson, undecorated, withoutDelimiters, withoutEmphasis } from "./decoration.ts";
import { namesIn, resultOfRow } from "./givens.ts";
import { boxedAnswer, hasBox, lastBox, lastTag, withBraces } from "./marks.ts";
import { closingOption, leadingOption } from "./options.ts";
import { isValueOf, valueOfQuantity } from "./quantity.ts";
import { givesOther, otherIn, withoutBecause, withoutReason } from "./reason.ts";
import { sentenceAt } from "./sentence.ts";
import { isPartOfAmount, unitBehind } from "./unit-behind.ts";

describe("marks around an answer", () => {
  test.each([
    ["**5**", "5"],
    [" `x` ", "x"],
    ["```js\nx\n```", "x"],
    ["```x```", "x"],
    ['"a"', "a"],
    ["“a”", "a"],
    ["__a__", "a"],
    ["_a_", "a"],
    ["*a*", "a"],
    ["$a$", "a"],
    ["$$a$$", "a"],
    ["\\(a\\)", "a"],
    ["\\[a\\]", "a"],
    ["**$a$**", "a"],
    ["<a>", "a"],
    ["<a b>", "<a b>"],
    ["<1, 2>", "<1, 2>"],
    ["$a$ and $b$", "$a$ and $b$"],
    ['"a" or "b"', '"a" or "b"'],
    ["**a", "**a"],
    ["a**", "a**"],
    ["**", "**"],
    ['"', '"'],
    ["(a)", "(a)"],
    ["", ""],
    ["**`\"$_'a'_$\"`**", "a"],
  ])("%j: %j", (text, plain) => {
    expect(undecorated(text)).toBe(plain);
  });

  test.each([
    ["**a** b `c`", "a b c"],
    ["2**5", "2**5"],
    ["2 ** 5", "2 ** 5"],
    ["**5**", "5"],
    ["__a__", "a"],
    ["a_b", "a_b"],
    ["a", "a"],
  ])("without emphasis %j is %j", (text, plain) => {
    expect(withoutEmphasis(text)).toBe(plain);
  });

  test.each([
    ["is $12$.", "is 12."],
    ["is \\(x = 5\\).", "is x = 5."],
    ["$\\mathbf{12}$", "12"],
    ["$\\angle A = 30^\\circ$", "∠A = 30°"],
    ["$30^{\\circ}$", "30°"],
    ["$5\\%$", "5%"],
    ["$x + 1$", "$x + 1$"],
    ["$5", "$5"],
    ["$5$6", "$5$6"],
    ["\\$5$", "\\$5$"],
    ["$1$ $2$", "$1$ 2"],
    ["none", "none"],
  ])("without delimiters %j is %j", (text, plain) => {
    expect(withoutDelimiters(text)).toBe(plain);
  });
});

test.each([
  ['{"answer": "B"}', "B"],
  ['{"choice": "B", "answer": "C"}', "C"],
  ['{"choice": "B", "why": "C"}', "B"],
  ['{"choice": "B", "finalanswer": "C"}', "C"],
  ['{"choice": "B", "my answer": "C"}', "B"],
  ['{"choice": "B", "answer key": "C"}', "B"],
  ['{"Final_Answer": 5}', "5"],
  ['{"final answer": true}', "true"],
  ['{"answers": ["A", "C"]}', "A, C"],
  ['{"answers": ["A"]}', '["A"]'],
  ['{"answer": []}', undefined],
  ['{"answer": [["A"], "B"]}', undefined],
  ['{"answer": null}', undefined],
  ['{"answer": {"a": 1}}', undefined],
  ['{"why": "B"}', undefined],
  ['{"answer": "B"', undefined],
  ['["B"]', undefined],
  ["{}", undefined],
  ["B", undefined],
  ["{'answer': 'B'}", "B"],
  ['```json\n{"answer": "B"}\n```', "B"],
  ['{"answer": "\\frac{1}{2}"}', "\\frac{1}{2}"],
  ['{"answer": "\\\\frac{1}{2}"}', "\\frac{1}{2}"],
  ['{"answer": "a\\nb"}', "a\nb"],
  [`{"answer": "B", "why": "${"a".repeat(4000)}"}`, undefined],
])("the choice in %j is %j", (text, choice) => {
  expect(choiceInJson(text)).toBe(choice);
});

describe("marks of an answer", () => {
  test.each([
    ["<answer>5</answer>.", "5"],
    ["<ANSWER>5</Answer>", "5"],
    ["<answer>5</answer> so <answer>6</answer>", "6"],
    ["<answer>5</answer> or <answer>6</answer>", "5, 6"],
    ["<answer>5</answer><answer>6</answer>", "6"],
    ["<answer>a <answer>5</answer>", "5"],
    ["<|begin_of_box|>5<|end_of_box|>", "5"],
    ["</answer>5", undefined],
    ["<answer>5", undefined],
    ["5", undefined],
  ])("the tag of %j has %j", (text, content) => {
    expect(lastTag(text)?.content).toBe(content);
  });

  test.each([
    ["\\boxed{5}.", "5"],
    ["\\fbox{5}", "5"],
    ["\\boxed{\\frac{1}{2}}", "\\frac{1}{2}"],
    ["\\boxed{1} \\fbox{2}", "1, 2"],
    ["\\fbox{1} then it was \\boxed{2}", "2"],
    ["\\boxed{1} and \\boxed{2}", "1, 2"],
    ["\\boxed{1}, x = \\boxed{2}", "1, 2"],
    ["\\boxed{1}. \\boxed{2}", "2"],
    ["\\boxed{1}. Or \\boxed{2}", "1, 2"],
    ["\\boxed{1}\\text{ or }\\boxed{2}", "1, 2"],
    ["\\boxed{1} \\boxed{1}", "1"],
    ["\\boxed{ 1 } \\boxed{1}", "1"],
    ["\\boxed{1} is wrong \\boxed{2}", "2"],
    [`\\boxed{1}${" ,".repeat(31)}\\boxed{2}`, "2"],
    [`\\boxed{1}${" ".repeat(90)}\\boxed{2}`, "1, 2"],
    ["\\boxed{a\\}b}", "a\\}b"],
    ["\\boxed{\\boxed{5}}", "\\boxed{5}"],
    ["\\boxed{1} {2}", "1"],
    ["\\boxed{1} } \\boxed{2}", "2"],
    ["\\boxed{1", undefined],
    ["\\\\boxed{1}", undefined],
    ["\\\\\\boxed{1}", "1"],
    ["5", undefined],
  ])("the box of %j has %j", (text, content) => {
    expect(boxedAnswer(text)).toBe(content);
  });

  test("a box ends after its brace", () => {
    expect(lastBox("\\boxed{5} cm")?.end).toBe(9);
    expect(lastTag("<answer>5</answer> cm")?.end).toBe(18);
  });

  test.each([
    ["\\boxed5", "\\boxed{5}"],
    ["\\boxed 12.", "\\boxed{12}."],
    ["\\fbox B", "\\fbox{B}"],
    ["\\boxed 5x", "\\boxed 5x"],
    ["not \\boxed5", "not \\boxed5"],
    ["\\boxed5 \\boxed{6}", "\\boxed5 \\boxed{6}"],
    ["\\boxed5, \\boxed{6}", "\\boxed5, \\boxed{6}"],
    ["\\boxed5, \\boxed7", "\\boxed{5}, \\boxed{7}"],
    ["\\boxed{6} \\boxed5", "\\boxed{6} \\boxed{5}"],
    ["\\boxed{6 \\boxed5", "\\boxed{6 \\boxed5"],
    ["\\boxed{} \\boxed5", "\\boxed{} \\boxed{5}"],
    ["5", "5"],
  ])("with braces %j is %j", (text, braced) => {
    expect(withBraces(text)).toBe(braced);
  });

  test("a box is begun by its brace", () => {
    expect(["\\boxed{", "\\fbox{", "\\boxed5", "box{"].map(hasBox)).toEqual([true, true, false, false]);
  });
});

test.each([
  ["(b)", "B"],
  ["B. Paris", "B"],
  ["B: Paris", "B"],
  ["B) Paris", "B"],
  ["B (Paris)", "B"],
  ["B (or C)", undefined],
  ["B。不是 A", "B"],
  ["B不是 A", "B"],
  ["B is Paris", undefined],
  ["Because", undefined],
  ["B. Paris\nC. Rome", undefined],
  ["B) Machine A: 12", "B"],
  ["B: Machine A: 12", undefined],
  ["B. Paris (C)", undefined],
  ["(B) is wrong", undefined],
  ["K. Paris", undefined],
  ["", undefined],
])("%j begins with the option %j", (text, letter) => {
  expect(leadingOption(text)).toBe(letter);
});

test.each([
  ["I see a tower.\nB. Paris", "B"],
  ["I see a tower.\n- (B) Paris", "B"],
  ["I see a tower.\n\nB)\n \n", "B"],
  ["A. Rome\nB. Paris", undefined],
  ["B. Paris", undefined],
  ["I see a tower.\nParis", undefined],
  ["I see a tower.\nB Paris", undefined],
  ["I see a tower.\n**B.** Paris", "B"],
])("%j ends with the option %j", (text, letter) => {
  expect(closingOption(text)).toBe(letter);
});

test.each([
  ["AB²", "", true],
  ["AB^2 + BC^2", "", true],
  ["∠A", "", true],
  ["\\angle A", "", true],
  ["½ × b × h", "", true],
  ["\\frac{1}{2} \\times b \\times h", "", true],
  ["\\overline{AB}", "", true],
  ["\\dfrac {1} {2} \\times b \\times h", "", true],
  ["\\frac{12}{15} \\times b \\times h", "", true],
  ["\\overline {AB} \\cdot \\text {CD}", "", true],
  ["\\text{AB}", "", true],
  ["n(A ∩ B)", "", true],
  ["n(A \\cap B)", "", true],
  ["x + y", "", true],
  ["|a − b|", "", true],
  ["x²", "", false],
  ["3x", "", false],
  ["x", "", false],
  ["x + 2", "", false],
  ["x + y", "the equation of the line is ", false],
  ["∠A", "the equation of the line is ", true],
  ["x + y", "the equation is known. So ", true],
  ["AB + ".repeat(20), "", false],
])("%j after %j is a quantity: %j", (side, before, isQuantity) => {
  expect(isValueOf(side, before)).toBe(isQuantity);
});

test.each([
  ["AB^2 = 25", "25"],
  ["AB = BC = 25", undefined],
  ["AB = BC", undefined],
  ["x = 25", undefined],
  ["25", undefined],
  [`AB = 25${" ".repeat(130)}`, undefined],
])("the value of %j is %j", (equation, value) => {
  expect(valueOfQuantity(equation, "")).toBe(value);
});

test.each([
  ["r = 5, h = 7, V = 12", "12"],
  ["r = 5 cm, h = 7 cm, V = 12 cm³", "12 cm³"],
  ["r = 5; V = 12", "12"],
  ["r = 5, h = 7 and V = 12", undefined],
  ["x = 1, y = 2", undefined],
  ["x = 1, y = 2, z = 3", undefined],
  ["a = 1, k = 2, t = 3", "3"],
  ["r = 5, k = 6, V = 7, W = 8", undefined],
  ["AB = 3, BC = 4", undefined],
  ["AB = 3, BC = 4, AC = 5", "5"],
  ["∠A = 30, ∠B = 60, ∠C = 90", undefined],
  ["AB = 3, ∠C = 90", "90"],
  ["x_1 = 3, x_2 = 4", undefined],
  ["5 cm, V = 12", undefined],
  ["V = 12", undefined],
  ["12", undefined],
  [`r = 5, ${" ".repeat(200)}V = 12`, undefined],
])("the result of %j is %j", (row, result) => {
  expect(resultOfRow(row)).toBe(result);
});

test("names before an equals sign are in order", () => {
  expect(namesIn("AB = 3, x_1 = 2, m∠A = 30 and word = 5")).toEqual(["AB", "x_1", "m∠A"]);
});

describe("the reason behind an answer", () => {
  test.each([
    [", or 6", "6"],
    [", so it is C.", "C"],
    ["; therefore 7", "7"],
    [", then 7", "7"],
    [", and so B", "B"],
    [", but A", "A"],
    [", but A red one", undefined],
    [" because it is not 12, 15, or 24", undefined],
    [" because it is 12, or 24", "24"],
    [" than 12, or 24", undefined],
    [", so K", undefined],
    ["or 6", undefined],
    ["", undefined],
  ])("%j ends with %j", (behind, other) => {
    expect(otherIn(behind)).toBe(other);
  });

  test.each([
    [", or 6", "5", true],
    [", or 6", "6", false],
    [", or 6", "6 apples", false],
    [", or 6", "six apples", false],
    [", or 6", "five apples", true],
    [", or 6", "a dog", false],
    [", or B", "A", true],
    [", or B", "(B)", false],
    [", or B", "5", false],
    [", or 6", "A", false],
    [".", "5", false],
  ])("%j beside %j gives another answer: %j", (behind, answer, isOther) => {
    expect(givesOther(behind, answer)).toBe(isOther);
  });

  test.each([
    ["5, because 2 + 3 = 5", "5"],
    ["5 since it is", "5"],
    ["5, which is odd", "5"],
    ["5 (because of it)", "5"],
    ["5 — it is", "5"],
    ["5, because it is 4, so 6", undefined],
    ["5, but B is 6", "5, but B is 6"],
    ["5", "5"],
  ])("%j without a reason is %j", (sentence, answer) => {
    expect(withoutReason(sentence)).toBe(answer);
  });

  test.each([
    ["3 because 1 + 2 = 3", "3"],
    ["3, which is odd", "3, which is odd"],
    ["3 because it is, so 4", "3 because it is, so 4"],
  ])("%j without because is %j", (answer, plain) => {
    expect(withoutBecause(answer)).toBe(plain);
  });
});

test.each([
  ["It is 5. So", "It is 5"],
  ["It is 5.5 m! So", "It is 5.5 m"],
  ["5! + 1 is 121. So", "5! + 1 is 121"],
  ["e.g. this. So", "e.g. this"],
  ["by Mr. Smith. So", "by Mr. Smith"],
  ["B. Paris", "B"],
  ["is A. \nSo", "is A"],
  ["$a. b$ c. So", "$a. b$ c"],
  ["是五。所以", "是五"],
  ["a\nb", "a"],
  ["none", "none"],
  ["a".repeat(400), "a".repeat(400)],
  ["a".repeat(401), undefined],
  ['"It is." So', '"It is'],
])("the first sentence of %j is %j", (text, sentence) => {
  expect(sentenceAt(text, 0)).toBe(sentence);
});

test.each([
  [`One. Two ${"a".repeat(80)}`, 3],
  [`One. Two Mr. ${"a".repeat(80)}`, 3],
  [`One. $Two ${"a".repeat(80)}`, 0],
  [`One ${"a".repeat(80)}`, 0],
  ["One. Two", 0],
])("the full stop before the end of %j is at %d", (text, place) => {
  expect(stopBefore(text, text.length)).toBe(place);
});

test.each([
  ["5 cm long", 1, "cm", 4],
  ["5 cm^2", 1, "cm^2", 6],
  ["5 meters per second", 1, "m*s^-1", 19],
  ["5 million dollars", 1, "dollar", 17],
  ["5 percent", 1, "", 9],
  ["5%", 1, "", 1],
  ["5 apples", 1, "", 1],
  ["5. cm", 1, "", 1],
  ["5", 1, "", 1],
])("behind the number of %j the unit is %3$j", (text, at, unit, end) => {
  expect(unitBehind(text, at)).toEqual({ unit, end });
});

test.each([
  ["2 hours and 30 minutes", 1, 12, 14, true],
  ["2 hours, 30 minutes", 1, 9, 11, true],
  ["2 hours 30 minutes", 1, 8, 10, true],
  ["2 hours or 30 minutes", 1, 11, 13, false],
  ["2 minutes 30 hours", 1, 10, 12, false],
  ["2 hours 30 cm", 1, 8, 10, false],
  ["2 dogs 30 minutes", 1, 7, 9, false],
])("in %j the second number is a part of the first: %5$j", (text, before, start, end, isPart) => {
  expect(isPartOfAmount(text, before, start, end)).toBe(isPart);
});
