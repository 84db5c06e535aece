import { expect, test } from "vitest";
import { Graph } from "../graph.ts";
import { numbers } from "../testing/evaluate.ts";
import { checkGradients } from "../testing/gradient-check.ts";
import { mean } from "./reduce.ts";

test("mean divides by the number of elements along all its axes", async () => {
  const a = new Graph().constant(Float32Array.of(0, 1, 2, 3, 4, 8), [2, 3]);
  expect(await numbers(mean(a, [0]))).toEqual([1.5, 2.5, 5]);
  expect(await numbers(mean(a, [1]))).toEqual([1, 5]);
  expect(await numbers(mean(a, [0, 1]))).toEqual([3]);
});

test.each([[[0]], [[1]], [[2]], [[0, 2]], [[0, 1, 2]]])("gradient of mean along %j", async (axes) => {
  await checkGradients({ shapes: [[2, 3, 4]], build: (a) => mean(a, axes), step: 0.25 });
});

test("gradient of means large enough for several threads", async () => {
  for (const axes of [[0], [1]]) {
    await checkGradients({ shapes: [[2048, 96]], build: (a) => mean(a, axes), step: 0.5, coordinates: 6 });
  }
});

test("mean names its axes where they are not the tensor's", () => {
  const graph = new Graph();
  const a = graph.input("a", [2, 3]);
  expect(() => graph.scope("norm", () => mean(a, [2]))).toThrow(
    "mean: expected distinct axes of [2, 3], got [2] (in norm)",
  );
});
