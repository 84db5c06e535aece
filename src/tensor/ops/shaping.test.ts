import { describe, expect, test } from "vitest";
import { gradients } from "../autodiff.ts";
import { Graph } from "../graph.ts";
import { evaluate, numbers } from "../testing/evaluate.ts";
import { checkGradients } from "../testing/gradient-check.ts";
import { multiply } from "./elementwise.ts";
import { concatenate, slice, split, transpose } from "./shaping.ts";

const count = (length: number) => Float32Array.from({ length }, (_, i) => i);

describe("forward values", () => {
  const graph = new Graph();
  const a = graph.constant(count(6), [2, 3]);

  test("transpose puts axis order[i] at place i", async () => {
    expect(await numbers(transpose(a, [1, 0]))).toEqual([0, 3, 1, 4, 2, 5]);
    const cube = graph.constant(count(24), [2, 3, 4]);
    expect(transpose(cube, [2, 0, 1]).shape).toEqual([4, 2, 3]);
    expect((await numbers(transpose(cube, [2, 0, 1]))).slice(0, 6)).toEqual([0, 4, 8, 12, 16, 20]);
  });

  test("split and slice cut, and concatenate joins again", async () => {
    const [left, right] = split(a, [1, 2], 1);
    expect(await numbers(left!)).toEqual([0, 3]);
    expect(await numbers(right!)).toEqual([1, 2, 4, 5]);
    expect(await numbers(concatenate([right!, left!], 1))).toEqual([1, 2, 0, 4, 5, 3]);
    expect(await numbers(slice(a, 1, 1, 2))).toEqual([1, 4]);
    expect(await numbers(slice(a, 0, 1, 2))).toEqual([3, 4, 5]);
    expect(slice(a, 0, 0, 2)).toBe(a);
  });
});

describe("gradients", () => {
  test.each([[[0, 2, 1]], [[1, 0, 2]], [[2, 0, 1]], [[1, 2, 0]], [[2, 1, 0]]])(
    "of transpose by %j",
    async (order) => {
      await checkGradients({ shapes: [[2, 3, 4]], build: (a) => transpose(a, order), step: 0.25 });
    },
  );

  test("of transpose on a tensor large enough for several threads", async () => {
    const build = (a: Parameters<typeof transpose>[0]) => transpose(a, [0, 2, 1, 3]);
    await checkGradients({ shapes: [[4, 96, 6, 32]], build, step: 0.25, coordinates: 6 });
  });

  test.each([0, 1, 2])("of split along axis %i, all parts used", async (axis) => {
    await checkGradients({ shapes: [[4, 4, 4]], build: (a) => split(a, [1, 2, 1], axis), step: 0.25 });
  });

  test("of split with a part that nothing uses", async () => {
    const build = (a: Parameters<typeof split>[0]) => {
      const [first, , last] = split(a, [1, 2, 1], 1);
      return multiply(first!, last!);
    };
    await checkGradients({ shapes: [[2, 4]], build });
  });

  test("of an unused part are zeros", async () => {
    const graph = new Graph();
    const a = graph.input("a", [2, 3]);
    const middle = split(a, [1, 1, 1], 1)[1]!;
    const [gradient] = gradients(graph, [{ tensor: middle, gradient: middle }], [a]);
    const { value } = await evaluate(graph, { value: gradient! }, { a: count(6) });
    expect([...value!]).toEqual([0, 1, 0, 0, 4, 0]);
  });

  test.each([0, 1])("of concatenate along axis %i, one part twice", async (axis) => {
    const shapes =
      axis === 0
        ? [
            [1, 3],
            [2, 3],
          ]
        : [
            [2, 1],
            [2, 3],
          ];
    await checkGradients({ shapes, build: (a, b) => concatenate([a, b, a], axis), step: 0.25 });
  });

  test.each([
    [0, 2],
    [1, 3],
    [2, 5],
  ])("of slice from %i up to %i", async (start, end) => {
    await checkGradients({ shapes: [[5, 2]], build: (a) => slice(a, 0, start, end), step: 0.25 });
  });
});

describe("misuse", () => {
  const graph = new Graph();
  const [a, b] = [graph.input("a", [2, 3]), graph.input("b", [2, 2])];

  test.each<[string, () => unknown, string]>([
    [
      "transpose with an axis left out",
      () => transpose(a, [0]),
      "transpose: [0] is no order of the axes of [2, 3]",
    ],
    [
      "transpose with an axis twice",
      () => transpose(a, [0, 0]),
      "transpose: [0, 0] is no order of the axes of [2, 3]",
    ],
    [
      "split to another total",
      () => split(a, [1, 1], 1),
      "split: sizes [1, 1] do not add up to axis 1 of [2, 3]",
    ],
    [
      "split to a negative size",
      () => split(a, [4, -1], 1),
      "split: sizes [4, -1] do not add up to axis 1 of [2, 3]",
    ],
    ["split on no axis", () => split(a, [3], 2), "split: sizes [3] do not add up to axis 2 of [2, 3]"],
    [
      "concatenate across",
      () => concatenate([a, b], 0),
      "concatenate: [2, 2] does not fit [2, 3] off axis 0",
    ],
    [
      "concatenate another rank",
      () => concatenate([a, graph.input("c", [3])], 0),
      "concatenate: [3] does not fit [2, 3] off axis 0",
    ],
    ["concatenate on no axis", () => concatenate([a, b], -1), "concatenate: axis -1 is outside [2, 3]"],
    ["slice past the end", () => slice(a, 1, 1, 4), "slice: 1 up to 4 is no part of axis 1 of [2, 3]"],
    ["slice of nothing", () => slice(a, 1, 2, 2), "slice: 2 up to 2 is no part of axis 1 of [2, 3]"],
    ["slice at a fraction", () => slice(a, 1, 0.5, 2), "slice: 0.5 up to 2 is no part of axis 1 of [2, 3]"],
  ])("%s", (_, build, message) => {
    expect(() => graph.scope("heads", build)).toThrow(`${message} (in heads)`);
  });

  test("concatenate of nothing", () => {
    expect(() => concatenate([], 0)).toThrow("concatenate: expected at least one tensor, got none");
  });
});
