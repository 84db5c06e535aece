import { expect, test } from "vitest";
import { markdownTable, textTable } from "./text-table.ts";

const lines = [
  ["name", "n"],
  ["a|b", "1"],
  ["long name", "20"],
];

test("columns are as wide as their widest cell, numbers to the right where asked", () => {
  expect(textTable(lines, "right")).toBe("name        n\na|b         1\nlong name  20");
  expect(textTable(lines)).toBe("name       n\na|b        1\nlong name  20");
});

test("a cell that a line lacks is empty, and no line ends in spaces", () => {
  expect(textTable([["name", "n"], ["a"]])).toBe("name  n\na");
  expect(textTable([])).toBe("");
});

test("Markdown has a rule below its head, and bars escaped", () => {
  expect(markdownTable(lines, "right").split("\n")).toEqual([
    "| name | n |",
    "| --- | ---: |",
    "| a\\|b | 1 |",
    "| long name | 20 |",
  ]);
  expect(markdownTable([["a", "b"]])).toBe("| a | b |\n| --- | --- |");
});
