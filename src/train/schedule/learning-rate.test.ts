import fc from "fast-check";
import { expect, test } from "vitest";
import { learningRateAt, type Schedule } from "./learning-rate.ts";

const schedule: Schedule = { learningRate: 1, schedule: "linear", finalShare: 0, warmup: 0 };
const rates = (changed: Partial<Schedule>, steps: number) =>
  Array.from({ length: steps }, (_, step) => learningRateAt({ ...schedule, ...changed }, step, steps));

test("the three schedules have their hand values", () => {
  expect(rates({ schedule: "constant" }, 3)).toEqual([1, 1, 1]);
  expect(rates({}, 4)).toBeAllclose([1, 0.75, 0.5, 0.25]);
  expect(rates({ schedule: "cosine" }, 4)).toBeAllclose([
    1,
    (1 + Math.SQRT1_2) / 2,
    0.5,
    (1 - Math.SQRT1_2) / 2,
  ]);
  expect(rates({ finalShare: 0.2 }, 2)).toBeAllclose([1, 0.6]);
});

test("a warmup rises to the peak in equal steps, and the fall begins after it", () => {
  expect(rates({ warmup: 2 }, 4)).toBeAllclose([0.5, 1, 1, 0.5]);
});

test("every rate lies between 0 and the peak, and after the warmup none is above the one before", () => {
  const schedules = fc.record({
    schedule: fc.constantFrom("constant", "linear", "cosine"),
    finalShare: fc.double({ min: 0, max: 1, noNaN: true }),
    warmup: fc.nat(5),
  });
  fc.assert(
    fc.property(schedules, fc.integer({ min: 1, max: 20 }), (changed, steps) => {
      const all = rates(changed, steps);
      for (const rate of all) expect(rate).toSatisfy((own: number) => own >= 0 && own <= 1 + 1e-12);
      const after = all.slice(changed.warmup);
      after.forEach((rate, i) => {
        expect(rate).toBeLessThanOrEqual((after[i - 1] ?? 1) + 1e-12);
      });
    }),
  );
});
