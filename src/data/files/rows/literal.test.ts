import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { literalIn } from "./literal.ts";

describe("a text that is a list or a dict", () => {
  test.each<[string, unknown]>([
    ["['red', \"it's\", 'a, b']", ["red", "it's", "a, b"]],
    ["['red' 'blue'\n 'green']", ["red", "blue", "green"]],
    ["array(['red', 'blue'], dtype=object)", ["red", "blue"]],
    ["('red', 'blue')", ["red", "blue"]],
    ["('red',)", ["red"]],
    ["[1, 2.50, None, True, nan]", ["1", "2.50", null, "True", null]],
    ['["red", null, {"a": [1]}]', ["red", null, { a: ["1"] }]],
    ["{'A': 'red', 'B': None}", { A: "red", B: null }],
    [
      "['\\\\frac{1}{2}', '\\n', '\\u00e9', '\\x41', '\\U0001F600', '\\q', '\\'']",
      ["\\frac{1}{2}", "\n", "é", "A", "😀", "\\q", "'"],
    ],
    ["[]", []],
    ["[1 2 3 4]", ["1", "2", "3", "4"]],
    ["[ 1.5 -2.  nan\n 1e-3]", ["1.5", "-2.", null, "1e-3"]],
    [
      "[[1 2]\n [3 4]]",
      [
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    ["[True False]", ["True", "False"]],
    ["[img/a.png img/b.png]", ["img/a.png", "img/b.png"]],
    ["[my photo.png]", ["my photo.png"]],
    ["[1 of 2]", ["1 of 2"]],
    ["[1 2, 3]", ["1 2", "3"]],
    ["[[1], [2, 3]]", [["1"], ["2", "3"]]],
  ])("%s is read", (text, expected) => {
    expect(literalIn(text)).toEqual(expected);
  });

  test.each([
    "red",
    "",
    "[",
    "['a'",
    "['a]",
    "(red)",
    "[1,,2]",
    "['a'] b",
    "{'a'}",
    "{1: 2",
    "['\\",
    `${"[".repeat(99)}${"]".repeat(99)}`,
  ])("%s is not a literal", (text) => {
    expect(literalIn(text)).toBeUndefined();
  });

  test("holds what JSON wrote into it, and ends with any text", () => {
    const entries = fc.array(
      fc.string({ unit: "grapheme" }).filter((text) => !/^\s*(nan|null|none)\s*$/i.test(text)),
    );
    fc.assert(
      fc.property(entries, (list) => {
        expect(literalIn(JSON.stringify(list))).toEqual(list);
      }),
    );
    const noise = fc.stringMatching(/^[[({][\]})({['",:a1 ]*$/);
    fc.assert(
      fc.property(noise, (text) => {
        expect(["undefined", "object"]).toContain(typeof literalIn(text));
      }),
    );
  });

  test("may hold megabytes", () => {
    const long = "iVBORw0KGgo".repeat(400_000);
    expect(literalIn(`['${long}', '${long}']`)).toEqual([long, long]);
  });
});
