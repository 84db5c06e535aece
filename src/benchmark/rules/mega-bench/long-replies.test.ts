import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pythonJson } from "../../python/read.ts";
import { identity } from "../../python/value.ts";
import { jsonInText } from "./json-in-text.ts";
import { damerauLevenshteinSimilarity } from "./strings.ts";

const LENGTH = 60_000;

test.each(["{", "[", "[1,", '{"a":', "{1},", "[]", " \n", "}{"])(
  "a reply of nothing but %j is read in time in proportion to it",
  (piece) => {
    const start = performance.now();
    jsonInText(`${piece.repeat(LENGTH / piece.length)} x`);
    // Looking for the end of each bracket on its own takes over ten seconds.
    expect(performance.now() - start).toBeLessThan(3000);
  },
);

test("the last of several values counts, even if a brace is open before it", () => {
  expect(identity(jsonInText('{ [ {"a": 1} and {"a": 2}'))).toBe(identity(pythonJson('{"a": 2}')!));
  expect(identity(jsonInText("[1, 2] then {broken"))).toBe(identity(pythonJson("[1, 2]")!));
  expect(identity(jsonInText("a } b [3, {'x': [4]}] c"))).toBe(identity(jsonInText("[3, {'x': [4]}]")));
});

test("JSON is read over any line breaks", () => {
  const value = pythonJson('{"a": [1,\r\n  2],\n\n"b": "x y"}');
  expect(identity(value!)).toBe(identity(pythonJson('{"a": [1, 2], "b": "x y"}')!));
  const start = performance.now();
  pythonJson(`[1,${" ".repeat(LENGTH)}2]`);
  expect(performance.now() - start).toBeLessThan(2000);
});

/** The distance with a row for each sign, as the paper has it. */
function similarityByWholeTable(a: string, b: string): number {
  const most = a.length + b.length;
  const lastRow = new Map<string, number>();
  const rows = Array.from({ length: a.length + 2 }, () => new Array<number>(b.length + 2).fill(most));
  for (let i = 0; i <= a.length; i++) rows[i + 1]![1] = i;
  for (let j = 0; j <= b.length; j++) rows[1]![j + 1] = j;
  for (let i = 1; i <= a.length; i++) {
    let lastColumn = 0;
    for (let j = 1; j <= b.length; j++) {
      const [row, column] = [lastRow.get(b[j - 1]!) ?? 0, lastColumn];
      const isEqual = a[i - 1] === b[j - 1];
      if (isEqual) lastColumn = j;
      rows[i + 1]![j + 1] = Math.min(
        rows[i]![j]! + Number(!isEqual),
        rows[i + 1]![j]! + 1,
        rows[i]![j + 1]! + 1,
        rows[row]![column]! + (i - row - 1) + 1 + (j - column - 1),
      );
    }
    lastRow.set(a[i - 1]!, i);
  }
  const length = Math.max(a.length, b.length);
  return length === 0 ? 1 : 1 - rows[a.length + 1]![b.length + 1]! / length;
}

test("edits with swaps are counted as by the whole table, without keeping it", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(damerauLevenshteinSimilarity(a, b)).toBe(similarityByWholeTable(a, b));
    }),
  );
  // The whole table of these has 160 million entries, 1.3 GB.
  expect(damerauLevenshteinSimilarity("ab".repeat(20_000), "ba".repeat(2000))).toBeCloseTo(0.1, 3);
}, 60_000);
