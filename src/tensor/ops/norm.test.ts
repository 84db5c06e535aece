import { describe, expect, test } from "vitest";
import { Graph, type Tensor } from "../graph.ts";
import { numbers } from "../testing/evaluate.ts";
import { checkGradients } from "../testing/gradient-check.ts";
import { layerNorm, rmsNorm } from "./norm.ts";

describe("rmsNorm", () => {
  test("divides each row by its root mean square, and multiplies by the weight", async () => {
    const graph = new Graph();
    // mean squares 12.5 and 2; with epsilon 2 the second row's root is 2
    const x = graph.constant(Float32Array.of(3, 4, 2, 0), [2, 2]);
    const weight = graph.constant(Float32Array.of(1, 10), [2]);
    const root = Math.sqrt(12.5);
    expect(await numbers(rmsNorm(x, weight, 0))).toBeAllclose([3 / root, 40 / root, Math.SQRT2, 0], {
      rtol: 1e-6,
    });
    expect((await numbers(rmsNorm(x, weight, 2))).slice(2)).toBeAllclose([1, 0], { rtol: 1e-6 });
  });

  test("a row of zeros stays zeros, by the epsilon", async () => {
    const graph = new Graph();
    const x = graph.constant(new Float32Array(3), [1, 3]);
    const weight = graph.constant(Float32Array.of(1, 1, 1), [3]);
    expect(await numbers(rmsNorm(x, weight, 1e-6))).toEqual([0, 0, 0]);
  });

  test.each([1e-6, 0.5])("gradients at epsilon %d", async (epsilon) => {
    await checkGradients({ shapes: [[3, 8], [8]], build: (x, weight) => rmsNorm(x, weight, epsilon) });
  });

  test("gradients on rows enough for several threads", async () => {
    const build = (x: Tensor, weight: Tensor) => rmsNorm(x, weight, 1e-6);
    await checkGradients({ shapes: [[1024, 192], [192]], build, coordinates: 6 });
  });

  test("names the shapes that do not fit", () => {
    const graph = new Graph();
    const [x, weight] = [graph.input("x", [3, 8]), graph.input("weight", [4])];
    expect(() => graph.scope("layer 0", () => rmsNorm(x, weight, 1e-6))).toThrow(
      "rmsNorm: expected [N, D] and [D], got [3, 8] and [4] (in layer 0)",
    );
  });
});

describe("layerNorm", () => {
  test("takes each row to mean 0 and variance 1, then multiplies by the weight and adds the bias", async () => {
    const graph = new Graph();
    // means 2 and 5, variances 1 and 4; with epsilon 5 the second row's root is 3
    const x = graph.constant(Float32Array.of(1, 3, 3, 7), [2, 2]);
    const weight = graph.constant(Float32Array.of(1, 10), [2]);
    const bias = graph.constant(Float32Array.of(0.5, -1), [2]);
    expect(await numbers(layerNorm(x, weight, bias, 0))).toBeAllclose([-0.5, 9, -0.5, 9], { rtol: 1e-6 });
    const softened = (await numbers(layerNorm(x, weight, bias, 5))).slice(2);
    expect(softened).toBeAllclose([0.5 - 2 / 3, 20 / 3 - 1], { rtol: 1e-6 });
  });

  test.each([1e-6, 0.5])("gradients at epsilon %d", async (epsilon) => {
    const build = (x: Tensor, weight: Tensor, bias: Tensor) => layerNorm(x, weight, bias, epsilon);
    await checkGradients({ shapes: [[3, 8], [8], [8]], build });
  });

  test("gradients on rows enough for several threads", async () => {
    const build = (x: Tensor, weight: Tensor, bias: Tensor) => layerNorm(x, weight, bias, 1e-6);
    await checkGradients({ shapes: [[1024, 192], [192], [192]], build, coordinates: 6 });
  });

  test("names the shapes that do not fit", () => {
    const graph = new Graph();
    const [x, weight, bias] = [graph.input("x", [3, 8]), graph.input("w", [8]), graph.input("b", [4])];
    expect(() => layerNorm(x, weight, bias, 1e-6)).toThrow(
      "layerNorm: expected [N, D], [D] and [D], got [3, 8], [8] and [4]",
    );
  });
});
