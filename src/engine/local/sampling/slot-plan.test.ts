import fc from "fast-check";
import { expect, test } from "vitest";
import { roundUpCount } from "../buckets.ts";
import { slotPlan } from "./slot-plan.ts";

test("a prompt's stragglers fill several prompt slots instead of leaving the slots of other prompts empty", () => {
  // In one prompt slot each: 4 × 4 slots for 7 rows.
  expect(slotPlan([[0, 1, 2, 3], [4], [8], [12]], 6)).toEqual({
    groupSize: 2,
    prompts: [0, 0, 1, 2, 3, -1],
    rows: [0, 1, 2, 3, 4, -1, 8, -1, 12, -1, -1, -1],
  });
});

test("there are no more prompt slots than there may be, unless each prompt needs its own", () => {
  expect(slotPlan([[0, 1, 2, 3], [4], [8], [12]], 4)).toMatchObject({
    groupSize: 4,
    prompts: [0, 1, 2, 3],
  });
  expect(slotPlan([[0], [1], [2]], 1).prompts).toEqual([0, 1, 2]);
});

const remaining = fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 50 }).map((counts) => {
  let next = 0;
  return counts.map((count) => Array.from({ length: count }, () => next++));
});

test("every row continues once, beside the prompt that it follows, in no more slots than with one prompt slot each", () => {
  fc.assert(
    fc.property(remaining, fc.integer({ min: 1, max: 100 }), (groups, mostPrompts) => {
      const { groupSize, prompts, rows } = slotPlan(groups, mostPrompts);
      expect(rows.length).toBe(prompts.length * groupSize);
      expect([roundUpCount(groupSize), roundUpCount(prompts.length)]).toEqual([groupSize, prompts.length]);
      const kept = rows.flatMap((row, slot) =>
        row < 0 ? [] : [[prompts[Math.floor(slot / groupSize)], row]],
      );
      expect(kept).toEqual(groups.flatMap((own, group) => own.map((row) => [group, row])));
      const largest = roundUpCount(Math.max(...groups.map((own) => own.length)));
      const plain = roundUpCount(groups.length);
      expect(prompts.length * (groupSize + 1)).toBeLessThanOrEqual(plain * (largest + 1));
      expect(prompts.length).toBeLessThanOrEqual(Math.max(mostPrompts, plain));
    }),
  );
});
