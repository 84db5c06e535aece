import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byPrompt, evenShares, sequenceShares } from "./shares.ts";

const sequence = (prompt: { chunks: [] }, length: number) => ({ prompt, completion: new Int32Array(length) });

describe("shares", () => {
  test.each([
    [[1, 1, 1, 1], 2, [0, 2, 4]],
    [[1, 1, 1], 2, [0, 1, 3]],
    [[5, 1, 1, 1], 2, [0, 1, 4]],
    [[1, 1, 1, 5], 2, [0, 3, 4]],
    [[2, 2, 2, 2, 2, 2], 3, [0, 2, 4, 6]],
    [[7], 2, [0, 0, 1]],
    [[], 2, [0, 0, 0]],
    [[0, 0, 0], 2, [0, 0, 3]],
  ])("of costs %j in %i parts end at %j", (costs, parts, bounds) => {
    expect(evenShares(costs, parts)).toEqual(
      Array.from({ length: parts }, (_, part) => [bounds[part], bounds[part + 1]]),
    );
  });

  test("cover everything once, in order, and no end is further from its goal than half a cost", () => {
    const costs = fc.array(fc.nat(100), { maxLength: 40 });
    fc.assert(
      fc.property(costs, fc.integer({ min: 1, max: 8 }), (list, parts) => {
        const shares = evenShares(list, parts);
        expect(shares).toHaveLength(parts);
        expect(shares.flatMap(([from, to]) => list.slice(from, to))).toEqual(list);
        const total = list.reduce((sum, cost) => sum + cost, 0);
        const largest = Math.max(0, ...list);
        for (const [part, [, to]] of shares.entries()) {
          const done = list.slice(0, to).reduce((sum, cost) => sum + cost, 0);
          expect(Math.abs(done - (total * (part + 1)) / parts)).toBeLessThanOrEqual(largest / 2);
        }
      }),
    );
  });

  test("are made of sequences by their prompts, in the order in which prompts come first", () => {
    const [a, b] = [{ chunks: [] }, { chunks: [] }] as const satisfies { chunks: [] }[];
    expect(byPrompt([b, a, b, a, a].map((prompt) => sequence(prompt, 1)))).toEqual([0, 2, 1, 3, 4]);
  });

  test("of sequences keep a prompt's sequences together, unless there are too few prompts", () => {
    const [a, b, c] = [{ chunks: [] }, { chunks: [] }, { chunks: [] }] as const satisfies { chunks: [] }[];
    const groups = [a, a, b, b, c, c].map((prompt) => sequence(prompt, 3));
    expect(sequenceShares(groups, 3)).toEqual([
      [0, 2],
      [2, 4],
      [4, 6],
    ]);
    expect(sequenceShares(groups, 2)).toEqual([
      [0, 2],
      [2, 6],
    ]);
    expect(sequenceShares([sequence(a, 4), sequence(a, 1), sequence(a, 3)], 2)).toEqual([
      [0, 1],
      [1, 3],
    ]);
    expect(sequenceShares([], 2)).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
