import { expect, test } from "vitest";
import { declaredAnswer } from "./declared.ts";
import { withoutAsides } from "./sayings.ts";
import { loneExpression, quotedWords, shortWords } from "./short.ts";

test.each([
  ["It is 5, not 6.", "It is 5"],
  ["It is 5 rather than 6", "It is 5"],
  ["It is 413 in base 5.", "It is 413"],
  ["It is 3 (mod 7)", "It is 3"],
  ["12 ≡ 5 (mod 7)", "12 ≡ 5 (mod 7)"],
  ["The maximum is 9 at x = 7.", "The maximum is 9"],
  ["It is 9, where x = 5 and y = 7", "It is 9"],
  ["They meet at (5, 7)", "They meet at (5, 7)"],
  ["The maximum is 9 at (5, 7)", "The maximum is 9"],
  ["at x = 2 and x = 5", "at x = 2 and x = 5"],
  ["3x = 12 with x = 4", "3x = 12 with x = 4"],
  ["f(x) = 7 since x = 4", "f(x) = 7"],
  ["It is 12 (x = 5, y = 7)", "It is 12"],
  ["5 animals: 3 cats and 2 dogs", "5 animals"],
  ["6 animals: 3 cats and 2 dogs", "6 animals: 3 cats and 2 dogs"],
  ["12 apples (5 red + 7 green)", "12 apples"],
  ["13 apples (5 red + 7 green)", "13 apples (5 red + 7 green)"],
  ["0.75 (75%)", "0.75"],
  ["0.75 (76%)", "0.75 (76%)"],
  ["5 m/s (18)", "5 m/s (18)"],
  ["5 (18 km/h)", "5 (18 km/h)"],
  ["5 m (6 m)", "5 m (6 m)"],
  ["5 m (5 m)", "5 m"],
  ["5 m/s (18 km/h)", "5 m/s"],
  ["2√3 (about 3.46)", "2√3 ≈ 3.46"],
  ["2√3, or about 3.46", "2√3 ≈ 3.46"],
  ["4 of the 10 dogs", "4 dogs"],
  ["no number, not one", "no number, not one"],
])("without asides %j is %j", (text, plain) => {
  expect(withoutAsides(text)).toBe(plain);
});

test.each<[string, string | undefined, string | undefined]>([
  ["There are 7 apples.", "7", undefined],
  ["Answer: 7 apples", "7", undefined],
  ["It is B.", "B", undefined],
  ["It's option (b)", "B", undefined],
  ["over 7 apples", undefined, undefined],
  ["7 apples per day", undefined, undefined],
  ["5 xy", undefined, undefined],
  ["5 pts", "5", undefined],
  ["It is a cat.", undefined, "a cat"],
  ["The colour is red.", undefined, "red"],
  ["A cat", undefined, "A cat"],
  ["It is not red.", undefined, undefined],
  ["red or blue", undefined, undefined],
  ["Yes, it is.", undefined, "Yes"],
  ["No; it is not.", undefined, "No"],
  ["Yes it is so.", undefined, undefined],
  ["Vitamin C", undefined, undefined],
  ["one two three four", undefined, undefined],
])("the count in %j is %j, its words are %j", (text, count, words) => {
  expect([loneExpression(text), shortWords(text)]).toEqual([count, words]);
});

test.each([
  ['The text reads "STOP".', "STOP"],
  ['The sign says "STOP."', "STOP"],
  ["It is titled “The Hobbit”.", "The Hobbit"],
  ['It does not say "STOP".', undefined],
  ['Perhaps it says "STOP".', undefined],
  ['It is next to the word "STOP".', undefined],
  ['It is the one that says "STOP".', undefined],
  ['There is a sign that says "STOP".', "STOP"],
  ['Option 2 says "STOP".', undefined],
  ['It is not so. It says "STOP".', "STOP"],
  ["It says STOP.", undefined],
  ['"STOP" is here', undefined],
])("the quoted words of %j are %j", (text, words) => {
  expect(quotedWords(text)).toBe(words);
});

test.each<[string, string | undefined, boolean?, boolean?]>([
  ["The answer is 5.", "5"],
  ["Final answer: 5", "5", true],
  ["The final answer is 5. Wait, no.", "5", true, true],
  ["The answer is 5. No, it is 6.", "5", false, true],
  ["The answer is 5. I was wrong.", "5", false, true],
  ["The answer is 5 or the answer is 6.", "5 or 6"],
  ["The answer is 5, and my answer is 6.", "5 or 6"],
  ["The answer is 7 and the answer is 8", "7 or 8"],
  ["The answer is 5. Or the answer is 5.0.", "5.0"],
  ["The answer is 5. Or the answer is 6. Or the answer is 5.", "6 or 5"],
  ["The answer is 5. Answer: B", "B"],
  ["The answer is 5. So the answer is 6.", "6"],
  ["The answer is 5, but the answer is 6.", "6"],
  ["B is correct.", "B"],
  ["Vitamin B is correct.", undefined],
  ["If B is correct, so", undefined],
  ["The answer is not 5.", undefined],
  ["The answer is not 5 but 6.", "6"],
  ["The answer is 5?", undefined],
  ["Perhaps the answer is 5.", undefined],
  ["Answer:\n**5**", "5", false, false],
  ["The answer is A or B.", "A or B"],
  ["The answer is D, it can't be A or B.", "D"],
  ["The answer is A dog.", "A dog"],
  ["The answer is A because of it.", "A"],
  ["The answer is I think so.", "I think so"],
  ["The answer is yes.", "yes"],
  ["The answer is yes or no.", "yes or no"],
  ["The answer is yes?", undefined],
  ["The answer is - 5", "-5"],
  ["The answer is $5$ percent.", "$5$ percent"],
  ["The answer is $5$ and $6$.", "$5$ and $6$"],
  ["The answer is 3D printing.", "3D printing"],
  ["I see 5.", undefined],
  ["", undefined],
])("%j declares %j", (text, answer, isFinal = false, isTakenBack = false) => {
  const found = declaredAnswer(text);
  expect(found?.answer).toBe(answer);
  if (answer !== undefined) expect([found?.isFinal, found?.isTakenBack]).toEqual([isFinal, isTakenBack]);
});
