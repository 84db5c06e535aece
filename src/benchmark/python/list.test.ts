import { expect, test } from "vitest";
import { pythonList } from "./list.ts";

test.each([
  ["['Yes', 12, 1.50]", ["Yes", "12", "1.5"]],
  ['["it\'s", \'a "b"\']', ["it's", 'a "b"']],
  [
    "[2.0, 1e3, -5, +7, 1_000, .5, 1e16, 0.00001]",
    ["2.0", "1000.0", "-5", "7", "1000", "0.5", "1e+16", "1e-05"],
  ],
  ["['a' 'b', True, None]", ["ab", "True", "None"]],
  ["['\\u00e9\\n']", ["é\n"]],
  ["[]", []],
  ["['a',]", ["a"]],
  ["[1,234]", ["1", "234"]],
  ["( ['a'])", ["a"]],
])("%s is the list %j", (text, entries) => {
  expect(pythonList(text)).toEqual(entries);
});

test.each([
  "[sic]",
  "[Blue, Red]",
  "['a' 1]",
  "[1, ,2]",
  "['open]",
  "['a'] b",
  "[007]",
  "[1 2]",
  "('a', 'b')",
  "(['a'], ['b'])",
  "(['a'],)",
  "a",
  "",
])("%s is no list", (text) => {
  expect(pythonList(text)).toBeUndefined();
});
