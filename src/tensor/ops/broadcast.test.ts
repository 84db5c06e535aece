import { describe, expect, test } from "vitest";
import { Graph } from "../graph.ts";
import { formatShape } from "../shape.ts";
import { numbers } from "../testing/evaluate.ts";
import { checkGradients } from "../testing/gradient-check.ts";
import { expand, reshape, sum } from "./broadcast.ts";
import { multiply } from "./elementwise.ts";

const count = (length: number) => Float32Array.from({ length }, (_, i) => i);

describe("forward values", () => {
  test("reshape keeps the order, and returns the tensor itself where nothing changes", async () => {
    const a = new Graph().constant(count(6), [2, 3]);
    expect(await numbers(reshape(a, [3, 2]))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(reshape(a, [2, 3])).toBe(a);
  });

  test("expand repeats axes of size 1 and adds leading axes", async () => {
    const a = new Graph().constant(count(2), [2, 1]);
    expect(await numbers(expand(a, [2, 2, 2]))).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
    expect(expand(a, [2, 1])).toBe(a);
  });

  test("sum keeps the axes that it adds up, with size 1", async () => {
    const a = new Graph().constant(count(6), [2, 3]);
    expect(sum(a, [0]).shape).toEqual([1, 3]);
    expect(await numbers(sum(a, [0]))).toEqual([3, 5, 7]);
    expect(await numbers(sum(a, [1]))).toEqual([3, 12]);
    expect(await numbers(sum(a, [0, 1]))).toEqual([15]);
  });
});

describe("gradients", () => {
  test("of reshape", async () => {
    await checkGradients({
      shapes: [[2, 6]],
      build: (a) => multiply(reshape(a, [3, 4]), reshape(a, [3, 4])),
    });
  });

  test.each([
    ["a middle axis", [2, 1, 3], [2, 4, 3]],
    ["new leading axes", [3], [2, 4, 3]],
    ["a scalar", [], [2, 3]],
    ["both ends", [1, 3, 1], [2, 3, 2]],
  ])("of expand along %s", async (_, shape, full) => {
    await checkGradients({ shapes: [shape], build: (a) => expand(a, full), step: 0.25 });
  });

  test.each([[[0]], [[1]], [[2]], [[0, 2]], [[0, 1, 2]]])("of sum along %j", async (axes) => {
    await checkGradients({ shapes: [[2, 3, 4]], build: (a) => sum(a, axes), step: 0.25 });
  });

  test("of sums large enough for several threads", async () => {
    for (const axes of [[0], [1]]) {
      const options = { step: 0.5, coordinates: 6 };
      await checkGradients({ shapes: [[2048, 96]], build: (a) => sum(a, axes), ...options });
    }
  });
});

describe("misuse", () => {
  const graph = new Graph();
  const a = graph.input("a", [2, 3]);
  const message = (build: () => unknown) => () => graph.scope("here", build);

  test("reshape to another size", () => {
    expect(message(() => reshape(a, [4]))).toThrow("reshape: [2, 3] does not fit [4] (in here)");
  });

  test("reshape to a fraction, as from heads that do not divide the width", () => {
    expect(message(() => reshape(a, [4, 1.5]))).toThrow("reshape: [2, 3] does not fit [4, 1.5] (in here)");
  });

  test("expand to a shape that it does not broadcast to, or a smaller one", () => {
    expect(message(() => expand(a, [2, 4]))).toThrow("expand: [2, 3] does not broadcast to [2, 4] (in here)");
    expect(message(() => expand(a, [3]))).toThrow("expand: [2, 3] does not broadcast to [3] (in here)");
  });

  test.each([[[2]], [[-1]], [[0, 0]], [[]]])("sum along %j", (axes) => {
    expect(message(() => sum(a, axes))).toThrow(
      `sum: expected distinct axes of [2, 3], got ${formatShape(axes)} (in here)`,
    );
  });
});
