import { describe, expect, test } from "vitest";
import { Answer } from "../equivalence/answer.ts";
import { answerVerdict } from "./answer.ts";
import {
  contradiction,
  leadingOption,
  mentionedOption,
  namedOption,
  optionsListed,
  readOptions,
} from "./options.ts";

const cities = ["Rome", "Paris", "London", "New York"];
const shares = ["50", "50%", "0.5", "12 cm", "12 m"];
const many = Array.from({ length: 12 }, (_, i) => `thing ${"abcdefghijkl"[i]}${i + 3}`);
const score = (text: string, answers: readonly string[], options?: readonly string[], from?: "mark") =>
  answerVerdict(from && { from }).judge(text, {
    question: "?",
    answers,
    columns: {},
    ...(options && { options }),
  }).score;

describe("the option that an answer names", () => {
  test.each<[string, readonly string[], number | undefined, boolean]>([
    ["B", cities, 1, false],
    ["(b)", cities, 1, false],
    ["Paris", cities, 1, false],
    ["paris.", cities, 1, false],
    ["B. Paris", cities, 1, false],
    ["B. Rome", cities, undefined, true],
    ["B. the second", cities, 1, false],
    ["E", cities, undefined, false],
    ["Berlin", cities, undefined, false],
    ["B, Paris", cities, 1, false],
    ["B - Paris", cities, 1, false],
    ["Paris (B)", cities, 1, false],
    ["Paris (option B)", cities, 1, false],
    ["Paris, B", cities, 1, false],
    ["Paris (A)", cities, undefined, true],
    ["Berlin (A)", cities, undefined, false],
    ["K", cities, undefined, false],
    ["K", many, 10, false],
    ["(k)", many, 10, false],
    ["Option L", many, 11, false],
    ["K is correct", many, 10, false],
    ["K. thing k13", many, 10, false],
    ["K (thing k13)", many, 10, false],
    ["K. thing a3", many, undefined, true],
    ["K. or L", many, undefined, false],
    ["M", many, undefined, false],
    ["50", shares, 0, false],
    ["50%", shares, 1, false],
    ["0.5", shares, 2, false],
    ["1/2", shares, 2, false],
    ["12 cm", shares, 3, false],
    ["12", shares, undefined, false],
    ["12 meters", shares, 4, false],
  ])("%j of %j: %j, two of them %j", (text, options, place, isContradiction) => {
    expect(namedOption(new Answer(text), readOptions(options))).toEqual({ place, isContradiction });
  });

  test.each<[string, string | undefined]>([
    ["A. Rome, C. London", "AC"],
    ["London and Rome", "AC"],
    ["London & Rome", "AC"],
    ["Options A and C", "AC"],
    ["[A, C]", "AC"],
    ["A; C", "AC"],
    ["A, and C", "AC"],
    ["A, A", undefined],
    ["A, Berlin", undefined],
    ["A, B, C, D, Rome", undefined],
    ["Rome, Paris, London, New York", "ABCD"],
  ])("%j lists %j", (text, letters) => {
    expect(optionsListed(new Answer(text), readOptions(cities))).toBe(letters);
  });

  test("options are read without letters where each begins with its own", () => {
    const texts = (options: readonly string[]) => readOptions(options).map(({ text }) => text);
    expect(texts(["A. Rome", "B. Paris"])).toEqual(["Rome", "Paris"]);
    expect(texts(["B. Rome", "A. Paris"])).toEqual(["B. Rome", "A. Paris"]);
    expect(texts(["A. Rome", "Paris"])).toEqual(["A. Rome", "Paris"]);
    expect(texts(["A", "B"])).toEqual(["A", "B"]);
  });

  test.each<[string, string, string | undefined]>([
    ["B (Rome)", "B", "B. Rome"],
    ["B (Paris)", "B", undefined],
    ["B. Rome", "B", "B. Rome"],
    ["B (Berlin)", "B", undefined],
    ["A (Paris)", "B", undefined],
    ["B", "B", undefined],
  ])("%j against the letter %s is %j", (declared, letter, text) => {
    expect(contradiction(declared, letter, readOptions(cities))).toBe(text);
  });

  test.each<[string, number | undefined]>([
    ["B\nIt has a tower.", 1],
    ["B. Paris\nIt has a tower.", 1],
    ["B. Rome\nIt has a tower.", undefined],
    ["**B**\n\nWhy", 1],
    ["B", undefined],
    ["B\n \n", undefined],
    ["B because of the tower", 1],
    ["B, since it has, so it is C", undefined],
    ["B, since it has, so it is B", 1],
    ["E\nWhy", undefined],
    ["E because", undefined],
    ["b\nWhy", undefined],
    ["Paris\nWhy", undefined],
    ["", undefined],
  ])("%j begins with the option %j", (reply, place) => {
    expect(leadingOption(reply, readOptions(cities))).toBe(place);
  });

  test.each<[string, number | undefined]>([
    ["I see a tower. It is in Paris.", 1],
    ["It is in Paris, not Rome.", 1],
    ["It is in Paris rather than Rome.", 1],
    ["It is Paris or Rome.", undefined],
    ["It is not Paris.", undefined],
    ["Is it Paris?", undefined],
    ["It may be Paris.", undefined],
    ["It is New York.", 3],
    ["It is Berlin.", undefined],
    ["Rome. It is Berlin.", undefined],
    ["It is Paris (B).", 1],
    ["It is Paris (A).", undefined],
    ["It is Paris (Z).", 1],
    ["It is Parisian.", undefined],
    ["", undefined],
    [`Paris ${"word ".repeat(100)}`, undefined],
  ])("%j mentions the option %j", (reply, place) => {
    expect(mentionedOption(reply, readOptions(cities))).toBe(place);
  });

  test("an option within another that is named does not count", () => {
    const lists = readOptions(["linked list", "singly linked list", "queue"]);
    expect(mentionedOption("It is a singly linked list.", lists)).toBe(1);
    expect(mentionedOption("It is a linked list.", lists)).toBe(0);
    expect(mentionedOption("It is a singly linked list or a queue.", lists)).toBeUndefined();
  });
});

test.each<[string, readonly string[], readonly string[] | undefined, number | null]>([
  ["<answer>Paris</answer>", ["B"], cities, 1],
  ["<answer>Rome</answer>", ["B"], cities, 0],
  ["<answer>Paris?</answer>", ["B"], cities, 0],
  ["<answer>It is Paris or Rome.</answer>", ["B"], cities, 0],
  ["<answer>B because of the tower</answer>", ["B"], cities, 1],
  ["<answer>A, C</answer>", ["AC"], cities, 1],
  ["<answer>Rome and London</answer>", ["AC"], cities, 1],
  ["<answer>Rome and Paris</answer>", ["AC"], cities, 0],
  ["<answer>A</answer>", ["AC"], cities, 0],
  ["The answer is B (Rome).", ["B"], cities, 0],
  ["The answer is B (Paris).", ["B"], cities, 1],
  ["L", ["L"], many, 1],
  ["It is thing l14.", ["L"], many, 1],
  ["<answer>five</answer>", ["5"], undefined, 1],
  ["<answer>There are five dogs.</answer>", ["5"], undefined, 1],
  ["There are five dogs.", ["5"], undefined, 1],
  ["There are five dogs.", ["6"], undefined, 0],
  ["\\boxed{five}", ["5"], undefined, 0],
  ["<answer>5</answer>", ["five"], undefined, 1],
  ["<answer>6</answer>", ["five"], undefined, 0],
  ["<answer>Day 12</answer>", ["12"], undefined, 1],
  ["<answer>Height: 12</answer>", ["12"], undefined, 1],
  ["<answer>Step 12</answer>", ["12"], undefined, 0],
  ["The answer is on page 5 of the book.", ["5"], undefined, 0],
  ["So AB² = 25.", ["25"], undefined, 1],
  ["So x² = 25.", ["25"], undefined, 0],
  ["r = 5, h = 7, V = 12", ["12"], undefined, 1],
  ["x = 1, y = 2", ["2"], undefined, 0],
  ["Yes, it is.", ["yes", "true"], undefined, 1],
  ["It is so. Yes.", ["yes"], undefined, 1],
  ["No Cats", ["no"], undefined, 1],
  ['It says "No Cats".', ["no"], undefined, 0],
  ["C++", ["C++"], undefined, 1],
  ["C++.", ["C++"], undefined, 1],
  ["C++.", ["C#", "C++"], undefined, 1],
  ["The answer is 5 \\, cm.", ["5 cm"], undefined, 1],
  ["C++", ["C"], undefined, 0],
  ["x + 3y = 5", ["x+3y=5"], undefined, 1],
  ["a b", ["ab"], undefined, 0],
  ["", ["5"], undefined, 0],
  ["<answer>5</answer>", [], undefined, null],
  ["<think>5", ["5"], undefined, 0],
])("%j for %j of %j scores %j", (text, answers, options, expected) => {
  expect(score(text, answers, options)).toBe(expected);
});

test("where only marks count, an unmarked reply is no answer", () => {
  expect(score("5", ["5"], undefined, "mark")).toBe(0);
  expect(score("<answer>5</answer>", ["5"], undefined, "mark")).toBe(1);
  expect(score("C++", ["C++"], undefined, "mark")).toBe(0);
  expect(score("<answer>C++</answer>", ["C++"], undefined, "mark")).toBe(1);
});
