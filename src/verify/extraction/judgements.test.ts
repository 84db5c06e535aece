import { describe, expect, test } from "vitest";
import {
  closingPolarity,
  isDeniedBehind,
  isDoubted,
  isHedged,
  isUnasserted,
  leadingPolarity,
  namesPolarity,
  polarityOfName,
} from "./assertion.ts";
import { areJoined, atoms, isExponent, isOrdinal } from "./atoms.ts";
import { findExpression, lastExpression, resultOf } from "./expression.ts";
import { mathematicsAround, valueGiven } from "./mathematics.ts";
import { isBound, labelsSeveral, nameIn, valueLabelled } from "./names.ts";

describe("what a sentence asserts", () => {
  test.each([
    ["Maybe it is", true],
    ["I do not know that it is", true],
    ["I can't tell if it is", true],
    ["not entirely sure", true],
    ["It could be", true],
    ["It might", true],
    ["The most that could be cut is", false],
    ["the amount that could be cut", false],
    ["In May", false],
    ["It is", false],
  ])("%j hedges: %j", (text, does) => {
    expect(isHedged(text)).toBe(does);
  });

  test.each([
    ["At first I thought it was", true],
    ["At first I thought so, but it is", false],
    ["Some students say the answer is", true],
    ["Some students say this. However, it is", false],
    ["It is wrong to say that the answer is", true],
    ["Suppose it is", true],
    ["Suppose it is so, then the area is", false],
    ["The answer is", false],
  ])("%j does not assert what follows: %j", (lead, does) => {
    expect(isUnasserted(lead)).toBe(does);
  });

  test.each([
    [", which is wrong.", true],
    [", but that is not right", true],
    [" cm, which is false", true],
    [", which is large.", false],
    [".", false],
  ])("%j denies what is before it: %j", (following, does) => {
    expect(isDeniedBehind(following)).toBe(does);
  });

  test.each([
    [", maybe", true],
    [" perhaps", true],
    [", but I'm not sure", true],
    [" cm, maybe", false],
    [".", false],
  ])("%j doubts what is before it: %j", (following, does) => {
    expect(isDoubted(following)).toBe(does);
  });

  test.each([
    ["Yes, it is.", "Yes"],
    ["No", "No"],
    ["**True**", "True"],
    ["No, wait, yes.", null],
    ["Yes?", null],
    ["Yes, maybe.", null],
    ["Yes or no", undefined],
    ["Yes/no", undefined],
    ["No. 5", undefined],
    ["No Parking", undefined],
    ["Yes, there is no sign.", "Yes"],
    ["It is", undefined],
    ["", undefined],
  ])("%j begins with %j", (reply, word) => {
    expect(leadingPolarity(reply)).toBe(word);
  });

  test.each([
    ["There is a dog, so yes.", "yes"],
    ["Indeed, yes", "yes"],
    ["There is no dog, so no.", "no"],
    ["There is no dog, so yes.", undefined],
    ["It is true, so no.", undefined],
    ["Perhaps it is, so yes.", undefined],
    ["There is no dog in the image.", "no"],
    ["I see no dog.", "no"],
    ["There is no clear answer.", undefined],
    ["There are no more than 2.", undefined],
    ["It is a dog.", undefined],
    [`${"It is a dog. ".repeat(30)}So yes.`, undefined],
    ["", undefined],
  ])("%j ends with %j", (reply, word) => {
    expect(closingPolarity(reply)).toBe(word);
  });

  test.each([
    ["No Parking", true, undefined],
    ["No. 5", true, undefined],
    ["No one", true, undefined],
    ["No one is there", false, "No"],
    ["No such sign is visible.", true, "No"],
    ["No Cats", true, "No"],
    ["No Red Cars Visible", true, "No"],
    ["No Children", true, "No"],
    ["No Solutions", true, undefined],
    ["Yes Correct", true, "Yes"],
    ["False Statement", true, "False"],
    ["No, it is not", false, undefined],
    [`No Cats${" ".repeat(200)}`, true, undefined],
  ])("%j is a name: %j, and where yes or no is asked for %j", (text, isName, word) => {
    expect([namesPolarity(text), polarityOfName(text)]).toEqual([isName, word]);
  });
});

describe("numbers and letters of a text", () => {
  test.each<[string, string[]]>([
    ["It is 5 or 6.", ["number 5", "number 6"]],
    ["(B) or C", ["option B", "option C"]],
    ["A dog", []],
    ["$x$ is $x + 1$", ["span $x + 1$"]],
    ["\\(AB\\) is \\(5\\)", ["span \\(5\\)"]],
    ["at (1, 2)", ["span (1, 2)"]],
    ["5.5 and -3 and 1,000", ["number 5.5", "number -3", "number 1,000"]],
    ["3:30 pm on May 5, 2020", ["number 3:30 pm", "number May 5, 2020"]],
    ["2√3 or 25π", ["number 2√3", "number 25π"]],
    ["x2", []],
    ["none", []],
  ])("of %j: %j", (text, found) => {
    expect(atoms(text).map((atom) => `${atom.kind} ${atom.text}`)).toEqual(found);
    for (const { start, end, text: own } of atoms(text)) expect(text.slice(start, end)).toContain(own);
  });

  const joined = (text: string) => {
    const [one, next] = atoms(text);
    return areJoined(text, one!, next!);
  };

  test.each([
    ["5 or 6", true],
    ["5, 6", true],
    ["5 to 7", true],
    ["5 dogs, 6 cats", false],
    ["5 kg to 7 kg", true],
    ["5 kg to 7 m", false],
    ["from 5 kg, 7 kg are left", false],
    ["by 5 kg to 7 kg", false],
    ["2 hours and 30 minutes", true],
    ["x = 1, y = 2", true],
    ["When x = 1, y = 2", false],
    ["x = 1\ny = 2", true],
    ["x = 1\nx = 2", false],
    ["AB = 1\nBC = 2", false],
    ["A = 1\nB = 2", true],
    ["A = 1\nC = 2", false],
    ["V = 1\nx = 2", true],
    ["A_1 = 1\nA_2 = 2", true],
    ["When x = 1 and y = 2", true],
    ["When x = 1, and y = 2", false],
    ["Take 5 kg, 7 kg remain", false],
    ["5 kg, 7 kg", true],
    ["The score is 2010 : 3", false],
    ["The ratio is 20100 : 3", true],
    ["The ratio is 12010 : 3", true],
    ["The ratio is 1400 : 3", true],
    ["The ratio is 2 : 3", true],
    ["Question 2 : 3", false],
    ["In 2010 : 3", false],
    ["2：3", true],
    ["**5** or **6**", true],
    [`5${" ,".repeat(31)} 6`, false],
    ["5 is 6", false],
  ])("the first two of %j are one answer: %j", (text, areOne) => {
    expect(joined(text)).toBe(areOne);
  });

  test.each([
    ["5 cm^2", true],
    ["5 cm^{2}", true],
    ["5 cm 2", false],
    ["5 dogs^2", false],
    ["B m^2", false],
  ])("the second of %j is the exponent of a unit: %j", (text, is) => {
    const [one, next] = atoms(text);
    expect(isExponent(text, one!, next!)).toBe(is);
  });

  test("an ordinal is a number before its letters", () => {
    expect(["3rd row", "3 rows", "3road"].map((text) => isOrdinal(text, atoms(text)[0]!))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("expressions", () => {
  test.each<[string, string | null]>([
    ["It is 5.", "5"],
    ["It is 5 cm.", "5 cm"],
    ["It is 5 cm^2.", "5 cm^2"],
    ["5 people in the 3rd row", "5"],
    ["It is 5 or 6.", "5 or 6"],
    ["It is not 5.", null],
    ["5 is wrong.", null],
    ["It is (B).", "B"],
    ["B is wrong.", null],
    ["We rule out B.", null],
    ["It is Vitamin C.", "Vitamin C"],
    ["See Step 7", "Step 7"],
    ["So x ≥ 5.", "x ≥ 5"],
    ["It is Apollo 11.", "Apollo 11"],
    ["It is China (14.2%).", "China"],
    ["3 + 5 = 8", "8"],
    ["Is it 5?", null],
    ["It may be 5.", null],
    ["It is $x + 1$.", "x + 1"],
    ["It is $2 + 3 = 5$.", "5"],
    ["$5$ and $6$", "5 and 6"],
    ["$x + 1$ or $x + 1$", "x + 1"],
    ["$x + 1$ and $x + 1$", "$x + 1$ and $x + 1$"],
    ["(A) and (A)", "A"],
    ["It is $x + 1$, so fine.", "x + 1"],
    ["It is \\(x + 1\\).", "x + 1"],
    ["It is \\[x + 1\\] here", "x + 1"],
    ["It is $$x + 1$$.", "x + 1"],
    ["It is |x - 5|.", "|x - 5|"],
    ["It is -|5|.", "-|5|"],
    ["P(A|B) = 0.5", "0.5"],
    ["a = 2 + 3 = 5", "5"],
    ["(2 + 3 = 5)", "5"],
    ["It is [1, 2).", "[1, 2)"],
    ["It is 5(x + 2).", "5(x + 2)"],
    ["It is 5 million.", "5 million"],
    ["half of 5", "half of 5"],
    ["It is less than 5.", null],
    ["all but 5", null],
    ["It is option C.", "C"],
    ["It is not option C.", null],
    ["C does not fit.", null],
    ["(A) or (B)", "(A) or (B)"],
    ["It is f(x) = x^2 - 4 for all x.", "x^2 - 4"],
    ["x = 3, y = 4", "x = 3, y = 4"],
    ["x = 3\n- y = 4", "x = 3, y = 4"],
    ["twice 5", "twice 5"],
    ["It is |-5|.", "|-5|"],
    ["1.5 × 2.31 ≈ 3.46", "3.46"],
    ["2√3 ≈ 3.46", "2√3 ≈ 3.46"],
    ["", null],
  ])("the last of %j is %j", (text, expression) => {
    expect(lastExpression(text)).toBe(expression);
  });

  test("a number that is part of more says so", () => {
    expect(findExpression("It is x^2 - 4.")?.isPart).toBe(true);
    expect(findExpression("It is 4.")?.isPart).toBe(false);
    expect(findExpression("It is B.")?.isPart).toBe(false);
  });

  test.each([
    ["2 \\times 3 = 6", "6"],
    ["\\frac{1}{2} + \\frac{1}{2} = 1", "1"],
    ["x = 6", "x = 6"],
    ["6", "6"],
  ])("the result of %j is %j", (mathematics, result) => {
    expect(resultOf(mathematics)).toBe(result);
  });

  test.each<[string, string, string | undefined]>([
    ["Hence f(x) = x^2 - 4 for all x.", "4", "f(x) = x^2 - 4"],
    ["It is (x^2 - 4) here", "4", "(x^2 - 4)"],
    ["as (here x^2 - 4) is", "4", "x^2 - 4"],
    ["It is 4 here", "4", undefined],
    ["the 4th of x", "4", undefined],
    ["x^2 - 4 and 5", "4", undefined],
    ["and x^2 - 4 is", "4", undefined],
    ["2-methylpropane is", "2", "2-methylpropane"],
    ["see INV-2021-005, so", "2021", "INV-2021-005"],
    [`${"1 + ".repeat(30)}4`, "4", undefined],
    [`x + 4${" + 1".repeat(30)}`, "4", undefined],
    ["- x^2 - 4", "4", "x^2 - 4"],
    ["x^2 - 4 =", "4", "x^2 - 4"],
    ["say \\alpha^2 - 4", "4", undefined],
    ["is \\alpha^2 - 4", "4", "\\alpha^2 - 4"],
  ])("the mathematics of %j around %j is %j", (text, number, mathematics) => {
    const start = text.search(new RegExp(`${number}(?!\\d)`));
    const span = mathematicsAround(text, { start, end: start + number.length });
    expect(span && text.slice(span.start, span.end)).toBe(mathematics);
  });

  test.each([
    ["A = πr² = 9π", "", "9π"],
    ["2x + 3y = 6", "", "2x + 3y = 6"],
    ["2x + 3y = 6", "The value is ", "6"],
    ["2x + 3y = 6", "The equation is ", "2x + 3y = 6"],
    ["f(2) = 7", "", "7"],
    ["f(x) = x + 1", "", "x + 1"],
    ["5C2 = 10", "", "10"],
    ["sin 30 + 1 = 1.5", "", "1.5"],
    ["AB² = 25", "", "25"],
    ["(x = 5)", "", "5"],
    ["x = ", "", "x = "],
    ["(x = 5) + 1", "", "(x = 5) + 1"],
    ["y = 6", "2x + 3y =", "6"],
    ["6", "", "6"],
  ])("the value of %j after %j is %j", (mathematics, before, value) => {
    expect(valueGiven(mathematics, before)).toBe(value);
  });
});

describe("words beside a number", () => {
  test.each([
    ["Apollo 11", "Apollo 11"],
    ["12 Main Street", "12 Main Street"],
    ["China (14.2%)", "China"],
    ["Germany with 12 medals", "Germany"],
    ["Total 12", undefined],
    ["About 12", undefined],
    ["Area (12)", undefined],
    ["five (5)", undefined],
    ["12", undefined],
    ["cats", undefined],
    [`Apollo ${"A".repeat(80)} 11`, undefined],
  ])("the name in %j is %j", (text, name) => {
    expect(nameIn(text)).toBe(name);
  });

  test.each([
    ["Perimeter 12", "12"],
    ["Day 12", "12"],
    ["Height in cm: 12", "12"],
    ["Chanel No. 5", undefined],
    ["Page Number 5", "5"],
    ["Not: 12", undefined],
    ["Maybe it: 12", undefined],
    ["Cats: 5, Dogs: 7", undefined],
    ["12", undefined],
    [`Height${" ".repeat(120)}: 12`, undefined],
  ])("the value in %j is %j", (text, value) => {
    expect(valueLabelled(text)).toBe(value);
  });

  test.each([
    ["Cats: 5, Dogs: 7", true],
    ["Cats: 5, Dogs: 7, Total: 12", false],
    ["Cats: 5", false],
    ["5", false],
    [`Cats: 5, Dogs: 7${" ".repeat(120)}`, false],
  ])("%j has several values: %j", (text, does) => {
    expect(labelsSeveral(text)).toBe(does);
  });

  test.each([
    ["over 12", true],
    ["slightly over 12 cm", true],
    ["at least 12", true],
    ["12", false],
    ["over the moon", false],
  ])("%j is a bound: %j", (text, is) => {
    expect(isBound(text)).toBe(is);
  });
});
