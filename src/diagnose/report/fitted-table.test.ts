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
    expect(fittedTables(names)).toEqual([names]);
  });
});

describe("wrappedLines", () => {
  const long = Array.from({ length: 40 }, (_, i) => `word${i}`).join(" ");

  test("a cell that is too long continues in the next line, in all the space that there is", () => {
    const lines = wrappedLines({ columns: ["a", "b"], rows: [["x", long]] });
    expect(lines.slice(1).map(([key]) => key)).toEqual(["x", "", ""]);
    expect(lines.slice(1).map(([, text]) => text)).toEqual([
      "word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12 word13 word14",
      "word15 word16 word17 word18 word19 word20 word21 word22 word23 word24 word25 word26 word27 word28",
      "word29 word30 word31 word32 word33 word34 word35 word36 word37 word38 word39",
    ]);
  });

  test("a table that fits is left as it is", () => {
    const text = "a reason of more than forty characters in a narrow table";
    expect(wrappedLines({ columns: ["a", "b"], rows: [["x", text]] })[1]).toEqual(["x", text]);
  });
});
