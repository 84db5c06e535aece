import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ParameterLayout, ParameterView } from "../../../model/graph/index.ts";
import type { AdamParameters } from "../../engine.ts";
import { AdamW, gradientNorm } from "./adamw.ts";

interface Recorded {
  readonly cases: readonly {
    readonly adam: AdamParameters;
    readonly matrix: readonly (readonly number[])[];
    readonly vector: readonly number[];
    readonly steps: readonly {
      readonly gradient: readonly number[];
      readonly norm: number;
      readonly weights: readonly number[];
    }[];
  }[];
}

const RECORDED = JSON.parse(
  readFileSync(new URL("../../../../fixtures/optimizer/adamw.json", import.meta.url), "utf8"),
) as Recorded;

/** Parameters one after another, by shape. */
function layoutOf(...shapes: readonly number[][]): ParameterLayout {
  const parameters = new Map<string, ParameterView>();
  let offset = 0;
  for (const [i, shape] of shapes.entries()) {
    const size = shape.reduce((product, length) => product * length, 1);
    parameters.set(`p${i}`, { name: `p${i}`, shape, offset, size });
    offset += size;
  }
  const none = { packs: new Map(), frozenSize: 0, frozen: new Map(), adapted: new Map() };
  return { size: offset, parameters, ...none, trainsVision: false };
}

const PLAIN: AdamParameters = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-12,
  weightDecay: 0,
  maxGradientNorm: 0,
};

describe("a step by hand", () => {
  test("the first step moves each weight by the learning rate, up its gradient", () => {
    const adam = new AdamW(layoutOf([3]));
    const weights = Float32Array.of(1, 2, 3);
    adam.step(weights, Float32Array.of(0.5, -8, 0), 1, PLAIN);
    expect(weights).toBeAllclose([1.1, 1.9, 3], { rtol: 1e-6 });
    expect(adam.firstMoment).toBeAllclose([0.05, -0.8, 0], { rtol: 1e-6 });
    expect(adam.secondMoment).toBeAllclose([0.0025, 0.64, 0], { rtol: 1e-6 });
  });

  test("the second step averages, with bias correction", () => {
    const adam = new AdamW(layoutOf([1]));
    const weights = Float32Array.of(0);
    const settings = { ...PLAIN, beta1: 0.5, beta2: 0.5 };
    adam.step(weights, Float32Array.of(1), 1, settings);
    adam.step(weights, Float32Array.of(3), 1, settings);
    // m = 0.5 · 0.5 + 0.5 · 3 = 1.75, v = 0.5 · 0.5 + 0.5 · 9 = 4.75, both over 1 − 0.25
    expect(weights).toBeAllclose([0.1 + (0.1 * (1.75 / 0.75)) / Math.sqrt(4.75 / 0.75)], { rtol: 1e-6 });
  });

  test("a gradient scale below 1 is as good as a smaller gradient", () => {
    const [scaled, small] = [new AdamW(layoutOf([2])), new AdamW(layoutOf([2]))];
    const settings = { ...PLAIN, epsilon: 0.3 };
    const [a, b] = [Float32Array.of(1, 1), Float32Array.of(1, 1)];
    scaled.step(a, Float32Array.of(4, -2), 0.25, settings);
    small.step(b, Float32Array.of(1, -0.5), 1, settings);
    expect(a).toEqual(b);
    expect(scaled.secondMoment).toEqual(small.secondMoment);
  });

  test("weight decay shrinks matrices before the step and spares vectors", () => {
    const adam = new AdamW(layoutOf([2], [1, 2], [1], [2, 1, 1, 1]));
    const weights = Float32Array.of(1, 2, 1, 2, 1, 1, 2);
    adam.step(weights, new Float32Array(7), 1, { ...PLAIN, weightDecay: 0.5 });
    expect(weights).toBeAllclose([1, 2, 0.95, 1.9, 1, 0.95, 1.9], { rtol: 1e-6 });
  });

  test("forgetting starts from zero", () => {
    const adam = new AdamW(layoutOf([2]));
    adam.step(Float32Array.of(1, 2), Float32Array.of(3, 4), 1, PLAIN);
    adam.reset();
    const [again, fresh] = [Float32Array.of(1, 2), Float32Array.of(1, 2)];
    adam.step(again, Float32Array.of(5, 6), 1, PLAIN);
    new AdamW(layoutOf([2])).step(fresh, Float32Array.of(5, 6), 1, PLAIN);
    expect(again).toEqual(fresh);
  });
});

describe("the norm of a gradient", () => {
  test.each<[number[], number]>([
    [[3, 0, 4], 5],
    [[], 0],
    [[1e30, 1e30], Math.SQRT2 * 1e30],
  ])("%j has norm %d", (gradient, expected) => {
    expect([gradientNorm(Float32Array.from(gradient))]).toBeAllclose([expected], { rtol: 1e-7 });
  });

  test("is not finite when any element is not", () => {
    expect(gradientNorm(Float32Array.of(1, Number.NaN))).toBeNaN();
    expect(gradientNorm(Float32Array.of(1, Number.NEGATIVE_INFINITY))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("torch.optim.AdamW, maximising and clipped, takes the same path", () => {
  test.each(RECORDED.cases.map((recorded) => [JSON.stringify(recorded.adam), recorded] as const))(
    "%s",
    (_, { adam: settings, matrix, vector, steps }) => {
      const layout = layoutOf([matrix.length, matrix[0]!.length], [vector.length]);
      const adam = new AdamW(layout);
      const weights = Float32Array.from([...matrix.flat(), ...vector]);
      const { maxGradientNorm } = settings;
      let clipped = 0;
      for (const { gradient, norm, weights: expected } of steps) {
        const numbers = Float32Array.from(gradient);
        const found = gradientNorm(numbers);
        expect([found]).toBeAllclose([norm], { rtol: 1e-6 });
        const clip = maxGradientNorm > 0 && found > maxGradientNorm;
        clipped += clip ? 1 : 0;
        adam.step(weights, numbers, clip ? maxGradientNorm / found : 1, settings);
        expect(weights).toBeAllclose(expected, { rtol: 1e-6, atol: 1e-6 });
      }
      expect(clipped > 0 && clipped < steps.length).toBe(maxGradientNorm > 0);
    },
  );
});
