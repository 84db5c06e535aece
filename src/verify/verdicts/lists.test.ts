import { describe, expect, test } from "vitest";
import { membersOf, setOverlap } from "./set.ts";
import { vqaAccuracy, vqaNormalized } from "./vqa.ts";

const texts = (list: string) => membersOf(list).map(({ text }) => text);

describe("the members of a list", () => {
  test.each<[string, string[]]>([
    ["cat, dog", ["cat", "dog"]],
    ["cat; dog", ["cat", "dog"]],
    ["cat and dog", ["cat", "dog"]],
    ["cat or dog", ["cat", "dog"]],
    ["cat & dog", ["cat", "dog"]],
    ["cat&dog", ["cat&dog"]],
    ["sand, corn", ["sand", "corn"]],
    ["cat\ndog", ["cat", "dog"]],
    ["猫、狗和鸟", ["猫", "狗", "鸟"]],
    ["cat, dog.", ["cat", "dog"]],
    ["cat, cat, Cat", ["cat"]],
    ["cat, , dog", ["cat", "dog"]],
    ["(1, 2), (3, 4)", ["(1, 2)", "(3, 4)"]],
    ["[1, 2], {3, 4}", ["[1, 2]", "{3, 4}"]],
    ["{cat, dog}", ["cat", "dog"]],
    ["\\{cat, dog\\}", ["cat", "dog"]],
    ["[cat, dog]", ["cat", "dog"]],
    ["(cat, dog)", ["cat", "dog"]],
    ["(cat, dog) bird", ["(cat, dog) bird"]],
    ["cat), dog", ["cat)", "dog"]],
    ["ACD", ["A", "C", "D"]],
    ["{ACD}", ["A", "C", "D"]],
    ["CA", ["CA"]],
    ["BD", ["B", "D"]],
    ["[ AC ]", ["A", "C"]],
    ['a"b, c', ['a"b', "c"]],
    ["A, CD", ["A", "CD"]],
    ["- cat\n- dog", ["cat", "dog"]],
    ["1. cat\n2) dog", ["cat", "dog"]],
    ["1.5, 2", ["1.5", "2"]],
    ["\"cat\", 'dog', “bird”", ["cat", "dog", "bird"]],
    ["\\text{cat}, \\textbf{dog}", ["cat", "dog"]],
    ["", []],
  ])("%j: %j", (list, members) => {
    expect(texts(list)).toEqual(members);
  });

  test("are at most a hundred, and long members are compared as text", () => {
    expect(texts(Array.from({ length: 120 }, (_, i) => `m${i}`).join(", "))).toHaveLength(100);
    const long = "a".repeat(250);
    expect(texts(`${long}, ${long}, ${long.toUpperCase()}, a, A`)).toEqual([long, long.toUpperCase(), "a"]);
  });
});

test.each<[string, string, number, number]>([
  ["a1, b2", "b2, a1", 1, 1],
  ["a1", "b2, a1", 0.5, 1],
  ["a1, b2", "a1", 1, 0.5],
  ["a1", "b2", 0, 0],
  ["", "b2", 0, 0],
  ["a1", "", 0, 0],
  ["50%, 0.4", "0.5, 50%", 1, 0.5],
])("of %j for %j the recall is %d and the precision %d", (given, right, recall, precision) => {
  expect(setOverlap(membersOf(given), membersOf(right))).toEqual({ recall, precision });
});

describe("the spelling of VQA", () => {
  test.each<[string, Parameters<typeof vqaNormalized>[1], string]>([
    ["The Two dogs", undefined, "2 dogs"],
    ["none", undefined, "0"],
    ["ten, please!", undefined, "10 please"],
    ["dont", undefined, "don't"],
    ["somebody'd", undefined, "somebodyd"],
    ["a-b", undefined, "b"],
    ["well-known", undefined, "well known"],
    ["well- known", undefined, "well known"],
    ["1,000", undefined, "1000"],
    ["1,5-6", undefined, "156"],
    ["3.5.", undefined, "3.5"],
    ["u.s.", undefined, "us"],
    ["u.s.", "vlmevalkit", "us"],
    ["5. x", "vlmevalkit", "5. x"],
    ["x .5", "vlmevalkit", "x .5"],
    ["5. x", undefined, "5 x"],
    ["Dog's, 1?", "evalai", "dog 's 1"],
    ["dog's", undefined, "dog's"],
    ["a\nb\tc", undefined, "b c"],
    ["DOG'S", "evalai", "dog 's"],
    ["x,y", "evalai", "xy"],
    ["x,y", undefined, "x y"],
  ])("of %j by %j is %j", (text, spelling, plain) => {
    expect(vqaNormalized(text, spelling)).toBe(plain);
  });

  test.each<[string, string[], Parameters<typeof vqaAccuracy>[2], number | null]>([
    ["cat", ["cat", "cat", "cat"], undefined, null],
    ["cat", ["cat", "cat", "cat", "cat"], undefined, 1],
    ["cat", ["cat", "cat", "cat", "dog"], undefined, (3 * (2 / 3) + 1) / 4],
    ["cat", ["cat", "dog", "dog", "dog"], undefined, (0 + 3 * (1 / 3)) / 4],
    ["cat", ["dog", "dog", "dog", "dog"], undefined, 0],
    ["Cat", ["cat", "cat", "cat", "cat"], "vqa-v2", 0],
    ["cat\n", ["cat", "cat ", "cat", "cat"], "vqa-v2", 1],
    ["Cat", ["cat", "cat", "cat", "cats"], "vqa-v2", (3 * (2 / 3) + 1) / 4],
    ["Cat", ["cat", "cat", "cat", "cat"], "lmms-eval", 1],
  ])("the accuracy of %j among %j by %j is %j", (given, answers, spelling, accuracy) => {
    const found = vqaAccuracy(given, answers, spelling);
    if (accuracy === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(accuracy, 12);
  });
});
