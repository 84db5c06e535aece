import { describe, expect, test } from "vitest";
import { textTable } from "../../eval/index.ts";
import { fittedTables, wrappedLines } from "./fitted-table.ts";

describe("fittedTables", () => {
  const wide = {
    keys: 2,
    columns: ["method", "row", "one", "two", "three"],
    rows: [
      ["dyco-rl", "own", "0.500 [0.400, 0.600]", "0.600 [0.500, 0.700]", "0.700 [0.600, 0.800]"],
      ["dyco-rl", "predicting", "1", "2", "3"],
    ],
  };

  test("leave a table that fits as it is", () => {
    expect(fittedTables(wide)).toEqual([wide]);
  });

  test("put columns that do not fit below, with the columns that name a row", () => {
    expect(fittedTables(wide, 66)).toEqual([
      {
        keys: 2,
        columns: ["method", "row", "one", "two"],
        rows: [
          ["dyco-rl", "own", "0.500 [0.400, 0.600]", "0.600 [0.500, 0.700]"],
          ["dyco-rl", "predicting", "1", "2"],
        ],
      },
      {
        keys: 2,
        columns: ["method", "row", "three"],
        rows: [
          ["dyco-rl", "own", "0.700 [0.600, 0.800]"],
          ["dyco-rl", "predicting", "3"],
        ],
      },
    ]);
  });

  test("no line of a text table is wider than the page", () => {
    const columns = ["word", ...Array.from({ length: 12 }, (_, c) => `column ${c}`)];
    const words = Array.from({ length: 30 }, (_, i) => `"word${i}" 0.${i}`).join(", ");
    const table = { columns, rows: [columns.map((_, c) => (c === 3 ? words : "0.123 [0.100, 0.200]"))] };
    const lines = fittedTables(table).flatMap((part) => textTable(wrappedLines(part)).split("\n"));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(lines.join(" ")).toContain('"word29"');
  });

  test("a table of names alone stays one", () => {
    const names = { columns: ["word"], rows: [["a"], ["b"]] };
    expect(fittedTables(names)).toEqual([{ ...names, keys: 1 }]);
  });
});

test("a cell that is too long goes on in the next line", () => {
  const long = "one two three four five six seven eight nine ten";
  expect(wrappedLines({ columns: ["a", "b"], rows: [["x", long]] })).toEqual([
    ["a", "b"],
    ["x", "one two three four five six seven eight"],
    ["", "nine ten"],
  ]);
});
