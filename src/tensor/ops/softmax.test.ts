import { describe, expect, test } from "vitest";
import { Graph, type Tensor } from "../graph.ts";
import { numbers } from "../testing/evaluate.ts";
import { checkGradients } from "../testing/gradient-check.ts";
import { multiply } from "./elementwise.ts";
import { softmax, targetLogprobs } from "./softmax.ts";

const targets = (graph: Graph, ...values: number[]) =>
  graph.constant(BigInt64Array.from(values, BigInt), [values.length]);

describe("softmax", () => {
  test("gives odds in proportion to e^a along the last axis, whatever is added to a row", async () => {
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

  test("stays finite where a target is all but impossible, and at huge logits", async () => {
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
