import { describe, expect, test } from "vitest";
import { pythonJson, pythonLiteral } from "./read.ts";
import { pythonStr } from "./write.ts";

describe("a text as Python reads it", () => {
  test.each([
    ["[1, 2.50, 'it''s', \"b\"]", "[1, 2.5, 'its', 'b']"],
    ["1, 2", "(1, 2)"],
    ["('x',)", "('x',)"],
    ["(1)", "1"],
    ["{'a': {1: None, 'b': True}}", "{'a': {1: None, 'b': True}}"],
    ["{1, 1.0, 2}", "{1, 2}"],
    ["-1_000", "-1000"],
    ["1e20", "1e+20"],
    ["0x1f", "31"],
    [String.raw`"it's \u00e9\n"`, "it's é\n"],
    [String.raw`r"\d"`, String.raw`\d`],
    ["[\n 1,\n]", "[1]"],
  ])("%s", (text, expected) => {
    expect(pythonStr(pythonLiteral(text)!)).toBe(expected);
  });

  test.each([
    "two",
    "[sic]",
    "'open",
    "1 2",
    "01",
    "1\n2",
    "{[1]}",
    "5 apples",
    "",
    "2-1",
    "[1",
    "f'a'",
    "true",
  ])("%s is not a literal", (text) => {
    expect(pythonLiteral(text)).toBeUndefined();
  });
});

test("JSON keeps ints and floats apart, and has words of its own", () => {
  expect(pythonStr(pythonJson('{"a": [1, 1.0, true, null, "\\/\\u00e9"]}')!)).toBe(
    "{'a': [1, 1.0, True, None, '/é']}",
  );
  expect(pythonJson("{'a': 1}")).toBeUndefined();
});
