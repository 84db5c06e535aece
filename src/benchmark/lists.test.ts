import { expect, test } from "vitest";
import { structIn } from "./cells.ts";
import { textsIn } from "./lists.ts";

test.each<[unknown, readonly string[]]>([
  [
    ["3", "4"],
    ["3", "4"],
  ],
  [
    [3n, 4.5, true],
    ["3", "4.5", "true"],
  ],
  ["['3', \"4\"]", ["3", "4"]],
  [
    ["3", null, "4", null],
    ["3", "", "4"],
  ],
  [[null], []],
  [[], []],
  ["", []],
  [null, []],
])("the texts of a cell: %#", (cell, texts) => {
  expect(textsIn({ choices: cell }, "choices")).toEqual(texts);
});

test.each<[unknown, string]>([
  [[{ a: 1 }], "choices: expected texts, got an object with a"],
  [[["a"]], "choices: expected texts, got an array of 1"],
  [{ a: "b" }, "choices: expected a list, got object"],
  ["3, 4", 'choices: expected a list, got "3, 4"'],
])("%j are no texts", (cell, message) => {
  expect(() => textsIn({ choices: cell }, "choices")).toThrow(message);
});

test("a struct may be the text of one; anything else is named", () => {
  const metadata = { subject: "Algebra" };
  for (const cell of [metadata, JSON.stringify(metadata), "{'subject': 'Algebra'}"])
    expect(structIn({ metadata: cell }, "metadata", "a subject")).toEqual(metadata);
  for (const [cell, got] of [
    [null, "null"],
    ["", '""'],
    [["a"], "an array of 1"],
    [Uint8Array.of(1), "1 bytes"],
  ])
    expect(() => structIn({ metadata: cell }, "metadata", "a subject")).toThrow(
      `metadata: expected a subject, got ${got as string}`,
    );
});
