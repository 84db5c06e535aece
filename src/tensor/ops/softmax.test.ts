import { describe, expect, test } from "vitest";
import { Graph, type Tensor } from "../graph.ts";
import { numbers } from "../testing/evaluate.ts";
import { checkGradients } from "../testing/gradient-check.ts";
import { multiply } from "./elementwise.ts";
import { softmax, softmaxDivergence, softmaxEntropy, targetLogprobs } from "./softmax.ts";

const targets = (graph: Graph, ...values: number[]) =>
  graph.constant(BigInt64Array.from(values, BigInt), [values.length]);

describe("softmax", () => {
  test("gives odds in proportion to e^a along the last axis, for any number added to a row", async () => {
    const a = new Graph().constant(Float32Array.of(0, Math.log(3), 1000, 1000 + Math.log(3)), [2, 2]);
    expect(await numbers(softmax(a))).toBeAllclose([0.25, 0.75, 0.25, 0.75], { rtol: 1e-4 });
  });

  test.each([[[5]], [[3, 4]], [[2, 2, 5]]])("gradient at shape %j", async (shape) => {
    await checkGradients({ shapes: [shape], build: softmax });
    await checkGradients({ shapes: [shape], build: (a) => multiply(softmax(a), a) });
  });

  test("gradient on rows enough for several threads", async () => {
    await checkGradients({ shapes: [[1024, 512]], build: softmax, coordinates: 6 });
  });

  test("needs an axis", () => {
    const graph = new Graph();
    expect(() => graph.scope("scores", () => softmax(graph.scalar(1)))).toThrow(
      "softmax: expected an axis, got [] (in scores)",
    );
  });
});

describe("targetLogprobs", () => {
  test("is the log of the softmax at each row's target", async () => {
    const graph = new Graph();
    const logits = graph.constant(Float32Array.of(0, Math.log(3), 5, 5), [2, 2]);
    const result = targetLogprobs(logits, targets(graph, 1, 0));
    expect(result.shape).toEqual([2]);
    expect(await numbers(result)).toBeAllclose([Math.log(0.75), Math.log(0.5)], { rtol: 1e-6 });
  });

  test("stays finite where a target is almost impossible, and at huge logits", async () => {
    const graph = new Graph();
    const logits = graph.constant(Float32Array.of(0, 500, 3e4, 3e4), [2, 2]);
    const result = await numbers(targetLogprobs(logits, targets(graph, 0, 1)));
    expect(result).toBeAllclose([-500, -Math.LN2], { rtol: 1e-5, atol: 1e-5 });
  });

  test("gradient, with a target that comes twice", async () => {
    const build = (logits: Tensor) => targetLogprobs(logits, targets(logits.graph, 4, 0, 4));
    await checkGradients({ shapes: [[3, 5]], build });
  });

  test("gradient on rows enough for several threads", async () => {
    const indices = Array.from({ length: 1024 }, (_, row) => (row * 7) % 512);
    const build = (logits: Tensor) => targetLogprobs(logits, targets(logits.graph, ...indices));
    await checkGradients({ shapes: [[1024, 512]], build, coordinates: 6 });
  });

  test("names the shapes and the type that do not fit", () => {
    const graph = new Graph();
    const logits = graph.input("logits", [3, 5]);
    const label = (build: () => unknown) => () => graph.scope("head", build);
    expect(label(() => targetLogprobs(logits, targets(graph, 1, 2)))).toThrow(
      "targetLogprobs: expected [N, V] and int64 [N], got [3, 5] and int64 [2] (in head)",
    );
    expect(label(() => targetLogprobs(logits, graph.input("t", [3, 1], "int64")))).toThrow(
      "targetLogprobs: expected [N, V] and int64 [N], got [3, 5] and int64 [3, 1] (in head)",
    );
    expect(label(() => targetLogprobs(logits, graph.input("f", [3])))).toThrow(
      "targetLogprobs: expected [N, V] and int64 [N], got [3, 5] and float32 [3] (in head)",
    );
  });
});

describe("softmaxEntropy", () => {
  test("is the entropy of each row's odds, for any number added to a row", async () => {
    const logits = new Graph().constant(Float32Array.of(0, 0, 900, 900 + Math.log(3)), [2, 2]);
    const expected = [Math.LN2, -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75))];
    expect(await numbers(softmaxEntropy(logits))).toBeAllclose(expected, { rtol: 1e-4 });
  });

  test("is 0 where one entry has all the odds", async () => {
    const logits = new Graph().constant(Float32Array.of(0, 3e4, 0), [1, 3]);
    expect(await numbers(softmaxEntropy(logits))).toBeAllclose([0], { atol: 1e-6 });
  });

  test.each([[[1, 2]], [[3, 5]]])("gradient at shape %j", async (shape) => {
    await checkGradients({ shapes: [shape], build: softmaxEntropy });
  });

  test("gradient on rows enough for several threads", async () => {
    await checkGradients({ shapes: [[16384, 8]], build: softmaxEntropy, coordinates: 6 });
  });

  test("needs a matrix", () => {
    expect(() => softmaxEntropy(new Graph().input("logits", [3]))).toThrow(
      "softmaxEntropy: expected [N, V], got [3]",
    );
  });
});

describe("softmaxDivergence", () => {
  test("is Σ p·log(p / q) of each row, and 0 of a row from itself", async () => {
    const graph = new Graph();
    const a = graph.constant(Float32Array.of(0, Math.log(3), 7, 2), [2, 2]);
    const b = graph.constant(Float32Array.of(5, 5, 7, 2), [2, 2]);
    const expected = [0.25 * Math.log(0.5) + 0.75 * Math.log(1.5), 0];
    expect(await numbers(softmaxDivergence(a, b))).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-7 });
  });

  test("stays finite where an entry is almost impossible in either", async () => {
    const graph = new Graph();
    const a = graph.constant(Float32Array.of(0, 3e4, 3e4, 0), [2, 2]);
    const b = graph.constant(Float32Array.of(0, 0, 0, 3e4), [2, 2]);
    const expected = [Math.LN2, 3e4];
    expect(await numbers(softmaxDivergence(a, b))).toBeAllclose(expected, { rtol: 1e-5 });
  });

  test("names the shapes that do not fit", () => {
    const graph = new Graph();
    const [a, b] = [graph.input("a", [3, 5]), graph.input("b", [3, 4])];
    expect(() => softmaxDivergence(a, b)).toThrow(
      "softmaxDivergence: expected [N, V] twice, got [3, 5] and [3, 4]",
    );
  });
});
