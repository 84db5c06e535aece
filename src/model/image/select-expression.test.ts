import fc from "fast-check";
import { expect, test } from "vitest";
import { selectExpression } from "./select-expression.ts";

/** The value of ffmpeg's expression for frame n, and the rest of the text. */
function evaluate(text: string, n: number): readonly [value: number, rest: string] {
  const [branch, at] = /^if\(lt\(n,(\d+)\),/.exec(text) ?? [];
  if (branch !== undefined) {
    const [then, afterThen] = evaluate(text.slice(branch.length), n);
    const [otherwise, afterBoth] = evaluate(afterThen.replace(/^,/, ""), n);
    expect(afterBoth[0]).toBe(")");
    return [n < Number(at) ? then : otherwise, afterBoth.slice(1)];
  }
  const [sum] = /^eq\(n,\d+\)(?:\+eq\(n,\d+\))*/.exec(text) ?? ["nothing"];
  const terms = [...sum.matchAll(/\d+/g)].map(Number);
  expect(terms.length).toBeLessThanOrEqual(100);
  return [terms.filter((term) => term === n).length, text.slice(sum.length)];
}

test("three frames are a sum of three", () => {
  expect(selectExpression([0, 12, 25])).toBe("eq(n,0)+eq(n,12)+eq(n,25)");
});

test("it is 1 for the frames that are chosen and 0 for all others", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(600), { minLength: 1, maxLength: 300 }), (numbers) => {
      const indices = numbers.sort((a, b) => a - b);
      const expression = selectExpression(indices);
      const found = Array.from({ length: 602 }, (_, n) => n).filter((n) => {
        const [value, rest] = evaluate(expression, n);
        expect(rest).toBe("");
        return value === 1;
      });
      expect(found).toEqual(indices);
    }),
    { numRuns: 30 },
  );
});

test("no sum has more terms than ffmpeg's parser takes, and 8,192 frames of a day fit into one argument", () => {
  const indices = Array.from({ length: 8192 }, (_, i) => 5_000_000 + 23 * i);
  const expression = selectExpression(indices);
  expect(evaluate(expression, 5_000_000)).toEqual([1, ""]);
  expect(expression.length).toBeLessThan(128 * 1024 - 100);
});
