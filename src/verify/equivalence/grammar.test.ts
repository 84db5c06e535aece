import { expect, test } from "vitest";
import { spelled } from "./canonical.ts";
import { timeOf, withoutHalfOfDay } from "./clock.ts";
import { dateOf } from "./dates.ts";
import { parseAnswer } from "./grammar.ts";
import { measured } from "./measured.ts";
import { inDigits, numberInWords } from "./number-words.ts";
import { optionSet, writtenOption } from "./options.ts";
import { children, some } from "./tree.ts";

const around = (text: string, levels: number) => "(".repeat(levels) + text + ")".repeat(levels);

test.each<[string, string, boolean]>([
  ["brackets", around("5", 15), true],
  ["brackets beyond the budget", around("5", 30), false],
  ["a sum after many brackets", `${"(1) + ".repeat(60)}1`, true],
  ["signs", `${"-".repeat(30)}5`, true],
  ["signs beyond the budget", `${"-".repeat(60)}5`, false],
  ["quotients", `${"1/".repeat(40)}1`, true],
  ["quotients beyond the budget", `${"1/".repeat(41)}1`, false],
  ["marks", `5${"!".repeat(39)}`, true],
  ["marks beyond the budget", `5${"!".repeat(45)}`, false],
  ["a list", `${"1, ".repeat(500)}1`, true],
  ["a list beyond the budget", `${"-1, ".repeat(1100)}1`, false],
  ["factors", `${"x ".repeat(200)}`, true],
  ["factors beyond the budget", `${"x ".repeat(201)}`, false],
])("%s", (_, text, isRead) => {
  expect(parseAnswer(text) !== undefined).toBe(isRead);
});

test.each([
  ["5 cm", "cm"],
  ["-5 cm", "cm"],
  ["5%", "%"],
  ["-5%", "%"],
  ["5°", "°"],
  ["-5°", "°"],
  ["5", ""],
  ["-5", ""],
  ["5 cm + x", ""],
])("the unit of %j is %j", (text, unit) => {
  const tree = parseAnswer(text);
  expect(tree === undefined ? "" : measured(tree).unit).toBe(unit);
});

test.each([
  ["x + 2y", 3],
  ["\\frac{x}{y}", 2],
  ["1 1/2", 3],
  ["\\sqrt[3]{x}", 2],
  ["\\sqrt{x}", 1],
  ["x^2", 2],
  ["f(x)", 1],
  ["5!", 1],
  ["|x|", 1],
  ["1 \\pm x", 2],
  ["\\pm x", 1],
  ["5 cm", 1],
  ["5\\%", 1],
  ["5°", 1],
  ["-x", 1],
  ["101_2", 1],
  ["1:2:3", 3],
  ["(1, 2)", 2],
  ["1, 2", 2],
  ["x = 5", 2],
  ["A \\cup B", 2],
  ["\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}", 4],
])("the leaves of %j are %d", (text, leaves) => {
  let count = 0;
  some(parseAnswer(text)!, (part) => {
    if (children(part).length === 0) count++;
    return false;
  });
  expect(count).toBe(leaves);
});

test.each<[string, number | undefined, string | undefined]>([
  ["five", 5, "5"],
  ["Twenty-one apples", 21, "21 apples"],
  ["two hundred", 200, "200"],
  ["two hundred and forty-one", 241, "241"],
  ["two hundred five", 205, "205"],
  ["three thousand", 3000, "3000"],
  ["three thousand and five", 3005, "3005"],
  ["one hundred thousand two hundred", 100_200, "100200"],
  ["fifteen", 15, "15"],
  ["zero", 0, "0"],
  ["five six", undefined, undefined],
  ["twenty fifteen", undefined, undefined],
  ["five twenty", undefined, undefined],
  ["twenty ten", undefined, undefined],
  ["five (5)", 5, "5"],
  ["third place", undefined, "3rd place"],
  ["the first", undefined, "1st"],
  ["second", undefined, "2nd"],
  ["twelfth.", undefined, "12th"],
  ["apples", undefined, undefined],
  ["often", undefined, undefined],
  [`five ${"a".repeat(120)}`, 5, undefined],
])("%j is the number %j, in digits %j", (text, number, digits) => {
  expect([numberInWords(text), inDigits(text)]).toEqual([number, digits]);
});

test.each<[string, { letter: string; text: string } | undefined]>([
  ["b", { letter: "B", text: "" }],
  ["(B)", { letter: "B", text: "" }],
  ["【B】", { letter: "B", text: "" }],
  ["Option B.", { letter: "B", text: "" }],
  ["选项B", { letter: "B", text: "" }],
  ["B. 12 cm", { letter: "B", text: "12 cm" }],
  ["(b) 12 cm", { letter: "B", text: "12 cm" }],
  ["B: a", { letter: "B", text: "a" }],
  ["B Paris", { letter: "B", text: "Paris" }],
  ["B - paris city", { letter: "B", text: "paris city" }],
  ["B paris", undefined],
  ["A Paris", { letter: "A", text: "Paris" }],
  ["I Paris", undefined],
  ["B. Paris or C", undefined],
  ["B. (C)", undefined],
  ["B. Paris b.", undefined],
  ["B. 5 °C", { letter: "B", text: "5 °C" }],
  ["a:b = 2:3", undefined],
  ["a:1/2", undefined],
  ["k", undefined],
  ["Paris", undefined],
])("%j is the option %j", (text, option) => {
  expect(writtenOption(text)).toEqual(option);
});

test.each([
  ["A, C", "AC"],
  ["c and a", "AC"],
  ["(A), (C).", "AC"],
  ["[A, C]", "AC"],
  ["A, C and D", "ACD"],
  ["A，C、D", "ACD"],
  ["A C", "AC"],
  ["ACD", "ACD"],
  ["ACD。", "ACD"],
  ["CA", undefined],
  ["AA", undefined],
  ["A, A", undefined],
  ["a c", undefined],
  ["A", undefined],
  ["A, K", undefined],
  ["BAD", undefined],
  ["\\A, C\\", "AC"],
])("%j is the set of letters %j", (text, letters) => {
  expect(optionSet(text)).toBe(letters);
});

test.each([
  ["1/2", "1/2"],
  ["0.50", "1/2"],
  ["2.0", "2"],
  ["4/2", "2"],
  ["-0.5", "-1/2"],
  ["\\sqrt{4}", "2"],
  ["y + x", "(+ x y)"],
  ["yx", "(* x y)"],
  ["-x", "(- x)"],
  ["x/y", "(/ x y)"],
  ["x^2", "(^ x 2)"],
  ["\\sqrt{x}", "(root x 2)"],
  ["\\sqrt[3]{x}", "(root x 3)"],
  ["f(y, x)", "(f y x)"],
  ["x!", "(factorial x)"],
  ["|x|", "(absolute x)"],
  ["5\\%", "(percent 5)"],
  ["5°", "(degrees 5)"],
  ["5 cm", "(quantity 5 cm)"],
  ["101_2", "101_2"],
  ["2:1", "(: 2 1)"],
  ["(2, 1)", "( 2 1 )"],
  ["\\{2, 1\\}", "{ 1 2 }"],
  ["2, 1", "(list 1 2)"],
  ["x \\ge 2", "(>= x 2)"],
  ["B \\cup A", "(∪ B A)"],
  ["\\pm x", "(± 1  x)"],
  ["1 \\mp x", "(± -1 1 x)"],
  ["\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}", "(matrix 1 2; 3 4)"],
])("%j is spelled %j", (text, spelling) => {
  expect(spelled(parseAnswer(text)!)).toBe(spelling);
});

test.each([
  ["Jan 31", "?-1-31"],
  ["Jan 32", undefined],
  ["January 2020", "2020-1-0"],
  ["5 Sept. 2020", "2020-9-5"],
  ["the 5th of May", "?-5-5"],
  ["Mon, May 5, 2020.", "2020-5-5"],
  ["2020年1月5日", "2020-1-5"],
  ["2020-01-05", "2020-1-5"],
  ["13/1/2020", "2020-1-13"],
  ["1/13/2020", "2020-1-13"],
  ["5/5/2020", "2020-5-5"],
  ["1/5/2020", "1/5/2020"],
  ["13/14/2020", "13/14/2020"],
  ["1.5.20", undefined],
  ["1.5.2020", "1/5/2020"],
  ["1-5-20", "1/5/20"],
  ["1-5/20", undefined],
  ["May I", undefined],
  [`${" ".repeat(40)}May 5`, undefined],
])("%j is the date %j", (text, date) => {
  expect(dateOf(text)).toBe(date);
});

test.each([
  ["3 pm", "15:00", "3 pm"],
  ["3:05 p.m.", "15:05", "15:05"],
  ["12:05 am", "0:05", "0:05"],
  ["12:05:10 pm", undefined, "12:05:10"],
  ["13:05 pm", undefined, "13:05 pm"],
  ["0:05 am", undefined, "0:05 am"],
  ["15:30", "15:30", "15:30"],
  ["24:00", "24:00", "24:00"],
  ["25:00", undefined, "25:00"],
  ["10h30", "10:30", "10h30"],
  ["5 o'clock", "5:00", "5 o'clock"],
  ["5", undefined, "5"],
  ["half past ten", "10:30", "half past ten"],
  ["quarter to one", "12:45", "quarter to one"],
  ["at 5 past 12", "12:05", "at 5 past 12"],
  ["59 minutes after 1", "1:59", "59 minutes after 1"],
  ["60 minutes after 1", undefined, "60 minutes after 1"],
  ["0 past 1", undefined, "0 past 1"],
  ["half to ten", undefined, "half to ten"],
  ["five past noon", undefined, "five past noon"],
  ["red past five", undefined, "red past five"],
])("%j is the time %j, and without its half of the day %j", (text, time, plain) => {
  expect([timeOf(text), withoutHalfOfDay(text)]).toEqual([time, plain]);
});
