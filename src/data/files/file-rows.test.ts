import { describe, expect, test } from "vitest";
import { DataError, NumericError } from "../../errors/index.ts";
import { FileRows } from "./file-rows.ts";
import { lastAtMost } from "./last-at-most.ts";
import { MediaStore } from "./media-store.ts";
import { filesSchema } from "./options.ts";
import { RowReaders } from "./rows/row-readers.ts";
import type { Table } from "./table.ts";

const table = (name: string, size: number): Table => ({
  path: name,
  format: "jsonl",
  size,
  fingerprint: name,
  columns: undefined,
  place: (row) => `${name} line ${row + 1}`,
  row: async (row) => ({ id: `${name}${row}` }),
});

function rowsOf(tables: readonly Table[], shard?: readonly [number, number]): FileRows {
  const options = filesSchema.parse({ path: "x" });
  const store = new MediaStore({ directories: ["."] });
  return new FileRows(tables, { store, options }, new RowReaders(options.columns), shard);
}

const sizes = [0, 2, 0, 0, 3, 1, 0];
const tables = sizes.map((size, i) => table("abcdefg"[i]!, size));

describe("the rows of several tables", () => {
  test("are counted through, past tables without any", () => {
    const rows = rowsOf(tables);
    const places = Array.from({ length: rows.size }, (_, i) => rows.place(i));
    expect(places).toEqual(["b line 1", "b line 2", "e line 1", "e line 2", "e line 3", "f line 1"]);
    const second = rowsOf(tables, [1, 4]);
    expect([second.size, second.place(0), second.place(1)]).toEqual([2, "b line 2", "f line 1"]);
  });

  test.each([-1, 6, 0.5, Number.NaN])("have no row %d", (index) => {
    expect(() => rowsOf(tables).place(index)).toThrow("expected a problem index from 0 to 5");
    expect(() => rowsOf([]).place(0)).toThrow(DataError);
  });
});

describe("work on a row that fails", () => {
  const fails = (error: unknown) => rowsOf(tables).placed(2, () => Promise.reject(error));

  test("by a typed error, or by the system, is said with the row's place", async () => {
    await expect(fails(new NumericError("not finite"))).rejects.toThrow(
      new DataError("e line 1: not finite"),
    );
    const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    await expect(fails(denied)).rejects.toThrow(new DataError("e line 1: EACCES: permission denied"));
  });

  test.each([
    ["a fault of the program", new TypeError("undefined is not iterable")],
    ["an error of Node about an argument", Object.assign(new Error("x"), { code: "ERR_INVALID_ARG_TYPE" })],
    ["a thrown text", "words"],
  ])("by %s is not taken for a fault of the data", async (_name, error) => {
    await expect(fails(error)).rejects.toBe(error);
  });
});

test("the last item that is at most a number is found by halves", () => {
  const numbers = [1, 1, 4, 9];
  const found = [0, 1, 3, 4, 8, 9, 100].map((wanted) => lastAtMost(numbers, wanted, (number) => number));
  expect(found).toEqual([-1, 1, 1, 2, 2, 3, 3]);
  expect(lastAtMost([], 1, Number)).toBe(-1);
});
