import { describe, expect, test } from "vitest";
import { DataError } from "../errors/index.ts";
import { RowTally } from "./row-tally.ts";

const broken = { index: 3, isBroken: true, message: "train.jsonl line 4: is no JSON" };
const filtered = { index: 4, isBroken: false, message: "too large" };

/** Rows until the tally says stop; undefined when it never does. */
function stopsAt(share: number, rows: readonly boolean[]): number | undefined {
  const tally = new RowTally(share, Infinity);
  for (const [i, isBroken] of rows.entries()) {
    try {
      if (isBroken) tally.skipped(broken);
      else tally.used();
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      return i + 1;
    }
  }
  return undefined;
}

describe("broken rows", () => {
  test("end the run past their share of a hundred, however few were drawn", () => {
    expect(stopsAt(0.05, new Array(10).fill(true))).toBe(6);
    // 29 of a hundred are not more than 0.29, although 0.29·100 is 28.999999999999996 in doubles.
    expect(stopsAt(0.29, new Array(40).fill(true))).toBe(30);
    expect(stopsAt(0, [false, false, true])).toBe(3);
    expect(stopsAt(1, new Array(1000).fill(true))).toBeUndefined();
  });

  test("of fewer than a hundred rows that are drawn once end it past their share of these", () => {
    const tally = new RowTally(0.05, 20, { isOnce: true });
    tally.skipped(broken);
    expect(() => tally.skipped(broken)).toThrow("2 of 2 rows are broken, expected at most a share of 0.05");
    const again = new RowTally(0.05, 20);
    for (let i = 0; i < 5; i++) again.skipped(broken);
    expect(() => again.skipped(broken)).toThrow("6 of 6 rows are broken");
  });

  test("end it past their share of all rows once there are more", () => {
    // Every tenth row: 1 of 10, 2 of 20, …, 10 of 100 are within a tenth for ever.
    expect(
      stopsAt(
        0.1,
        Array.from({ length: 5000 }, (_, i) => i % 10 === 9),
      ),
    ).toBeUndefined();
    // Every ninth: the eleventh is past a tenth of a hundred.
    expect(
      stopsAt(
        0.1,
        Array.from({ length: 5000 }, (_, i) => i % 9 === 8),
      ),
    ).toBe(99);
  });

  test("say how many they are, and what the last of them were", () => {
    const tally = new RowTally(0, 10, { counts: { drawn: 7, broken: 0, filtered: 2 } });
    expect(() => tally.skipped(broken)).toThrow("1 of 8 rows are broken, expected at most a share of 0");
    expect(() => tally.skipped({ ...broken, message: "train.jsonl line 9" })).toThrow(
      "the last:\n  train.jsonl line 4: is no JSON\n  train.jsonl line 9",
    );
  });
});

test("as many rows without a problem as there are end the run, unless a problem came between", () => {
  const tally = new RowTally(1, 3);
  tally.skipped(filtered);
  tally.skipped(filtered);
  tally.used();
  tally.skipped(broken);
  tally.skipped(filtered);
  expect(() => tally.skipped(filtered)).toThrow("none of 3 rows can be used; the last: too large");
  expect(tally.counts).toEqual({ drawn: 6, broken: 1, filtered: 4 });
});
