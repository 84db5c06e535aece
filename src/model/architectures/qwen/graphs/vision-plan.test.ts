import fc from "fast-check";
import { expect, test } from "vitest";
import type { TowerConfig } from "../config.ts";
import { visionPlan } from "./vision-plan.ts";

const config = (windowSize: number): TowerConfig => ({
  depth: 1,
  hiddenSize: 16,
  heads: 2,
  intermediateSize: 8,
  outHiddenSize: 8,
  inChannels: 3,
  patchSize: 14,
  temporalPatchSize: 2,
  spatialMergeSize: 2,
  windowSize,
  fullAttentionBlocks: [],
});

test("windows without ragged edges need no padding", () => {
  const plan = visionPlan([4, 8], config(56));
  expect([plan.windows, plan.slots, plan.patchesPerUnit]).toEqual([2, 32, 4]);
  expect(plan.real.every((real) => real === 1)).toBe(true);
  expect([...plan.unitSlot]).toEqual([0, 1, 4, 5, 2, 3, 6, 7]);
});

test("a ragged window is padded to the longest", () => {
  // 1 x 3 units in windows of 2 x 2: two units, then one.
  const plan = visionPlan([2, 6], config(56));
  expect([plan.windows, plan.slots]).toEqual([2, 16]);
  expect([...plan.unitSlot]).toEqual([0, 1, 2]);
  expect([...plan.real]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
});

test("every patch has one slot, its unit's patches are together, and angles follow its row and column", () => {
  const side = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(side, side, fc.constantFrom(28, 56, 84, 112), (rows, columns, windowSize) => {
      const plan = visionPlan([2 * rows, 2 * columns], config(windowSize));
      const held = [...plan.patch].filter((_, slot) => plan.real[slot] === 1);
      expect(held.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 4 * rows * columns }, (_, i) => i));
      expect(plan.slots % (plan.windows * plan.patchesPerUnit)).toBe(0);
      for (const [unit, slot] of plan.unitSlot.entries()) {
        for (let p = 0; p < 4; p++) {
          const at = slot * 4 + p;
          expect(plan.patch[at]).toBe(unit * 4 + p);
          // Head size 8: frequencies 1 and 1/100 by row, then by column.
          const row = 2 * Math.floor(unit / columns) + (p >> 1);
          const column = 2 * (unit % columns) + (p & 1);
          const angles = [row, row / 100, column, column / 100];
          expect(plan.cosine.subarray(at * 4, at * 4 + 4)).toBeAllclose(angles.map(Math.cos), { atol: 1e-6 });
          expect(plan.sine.subarray(at * 4, at * 4 + 4)).toBeAllclose(angles.map(Math.sin), { atol: 1e-6 });
        }
      }
    }),
    { numRuns: 40 },
  );
});
