import fc from "fast-check";
import { expect, test } from "vitest";
import { mean } from "../math/index.ts";
import { meanOne, withMeanOne } from "./mean-one.ts";
import type { CreditMethod } from "./method.ts";
import { creditMethod, creditSchema } from "./registry.ts";

const label = (correct: boolean) => ({ role: "image" as const, correct });

test("divides weights by their mean over the tokens that count", () => {
  expect(meanOne(Float64Array.of(1, 0, 0, 1))).toEqual(Float64Array.of(2, 0, 0, 2));
  expect(meanOne(Float64Array.of(3, 1, 0), [1, 1, 0])).toEqual(Float64Array.of(1.5, 0.5, 0));
});

test("leaves weights whose mean is not positive as they are", () => {
  expect(meanOne(Float64Array.of(0, 0))).toEqual(Float64Array.of(0, 0));
  expect(meanOne(Float64Array.of(-1, 1))).toEqual(Float64Array.of(-1, 1));
  expect(meanOne(Float64Array.of(0, 0), [0, 0])).toEqual(Float64Array.of(0, 0));
});

test("gives mean one and keeps shares", () => {
  const positive = fc.double({ min: 0.001, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.array(positive, { minLength: 1 }), (drawn) => {
      const scaled = meanOne(Float64Array.from(drawn));
      expect([mean(scaled)]).toBeAllclose([1]);
      expect(scaled.map((weight) => weight / scaled[0]!)).toBeAllclose(
        drawn.map((weight) => weight / drawn[0]!),
      );
    }),
  );
});

test("scales every completion of a method by itself, and keeps what else it says", () => {
  const method = creditMethod(creditSchema.parse({ kind: "oracle" }));
  const scaled = withMeanOne(method);
  expect({ ...scaled, credit: null }).toEqual({ ...method, credit: null });
  const groups = [
    [
      { mask: [1, 1, 1, 1], advantage: -1, labels: [true, true, true, false].map(label) },
      { mask: [1, 1], advantage: 1, labels: [true, true].map(label) },
    ],
  ];
  expect(scaled.credit(groups)[0]!.map(({ weights }) => [...weights])).toEqual([
    [0, 0, 0, 4],
    [1, 1],
  ]);
});

test("passes the run's progress to methods with a schedule", () => {
  const method = creditMethod(creditSchema.parse({ kind: "pepo" }));
  const signals = { hiddenCosine: Float64Array.of(0.1, 0.9), entropy: Float64Array.of(1, 2) };
  const weights = (of: CreditMethod, progress: number) =>
    of.credit([[{ mask: [1, 1], signals }]], undefined, progress)[0]![0]!.weights;
  expect([...weights(withMeanOne(method), 0)]).toEqual([1, 1]);
  expect(weights(withMeanOne(method), 1)).toBeAllclose(weights(method, 1));
});
