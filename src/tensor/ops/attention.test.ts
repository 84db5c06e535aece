import { describe, expect, test } from "vitest";
import { gradients } from "../autodiff.ts";
import { Graph, type Tensor } from "../graph.ts";
import { formatShape, type Shape } from "../shape.ts";
import { evaluate, numbers } from "../testing/evaluate.ts";
import { checkGradients } from "../testing/gradient-check.ts";
import { attention } from "./attention.ts";

const HIDDEN = -1e9;

function causal(graph: Graph, length: number): Tensor {
  const data = new Float32Array(length * length);
  for (let query = 0; query < length; query++) {
    data.fill(HIDDEN, query * length + query + 1, (query + 1) * length);
  }
  return graph.constant(data, [1, 1, length, length]);
}

const output = (scale: number, mask?: (graph: Graph) => Tensor) => (q: Tensor, k: Tensor, v: Tensor) =>
  attention(q, k, v, scale, mask?.(q.graph)).output;

describe("forward values", () => {
  test("rows of probabilities are the softmax of scaled scores, and weigh the values", async () => {
    const graph = new Graph();
    const query = graph.constant(Float32Array.of(1, 0), [1, 1, 1, 2]);
    const key = graph.constant(Float32Array.of(0, 0, 2 * Math.log(3), 7), [1, 1, 2, 2]);
    const value = graph.constant(Float32Array.of(4, 0, 0, 8), [1, 1, 2, 2]);
    const result = attention(query, key, value, 0.5);
    expect(await numbers(result.probabilities)).toBeAllclose([0.25, 0.75], { rtol: 1e-6 });
    expect(await numbers(result.output)).toBeAllclose([1, 6], { rtol: 1e-6 });
  });

  test("consecutive query heads share a key head", async () => {
    const graph = new Graph();
    // with a single key every head's output is the value of its key head
    const query = graph.constant(new Float32Array(4), [1, 4, 1, 1]);
    const key = graph.constant(new Float32Array(2), [1, 2, 1, 1]);
    const value = graph.constant(Float32Array.of(5, 9), [1, 2, 1, 1]);
    expect(await numbers(attention(query, key, value, 1).output)).toEqual([5, 5, 9, 9]);
  });

  test("a hidden key has probability exactly 0", async () => {
    const graph = new Graph();
    const zeros = graph.constant(new Float32Array(4), [1, 1, 4, 1]);
    const { probabilities } = attention(zeros, zeros, zeros, 1, causal(graph, 4));
    const third = 1 / 3;
    expect(await numbers(probabilities)).toBeAllclose(
      [1, 0, 0, 0, 0.5, 0.5, 0, 0, third, third, third, 0, 0.25, 0.25, 0.25, 0.25],
      { rtol: 1e-6, atol: 0 },
    );
  });
});

describe("gradients", () => {
  test.each<[string, Shape, Shape]>([
    ["one head", [1, 1, 3, 4], [1, 1, 3, 4]],
    ["a batch of heads", [2, 3, 4, 2], [2, 3, 4, 2]],
    ["grouped queries", [2, 4, 3, 4], [2, 2, 3, 4]],
    ["one key head for all", [1, 3, 2, 4], [1, 1, 5, 4]],
    ["more keys than queries", [1, 2, 1, 4], [1, 2, 6, 4]],
  ])("of %s", async (_, query, key) => {
    await checkGradients({ shapes: [query, key, key], build: output(0.5) });
  });

  test("under a causal mask, grouped", async () => {
    const build = output(0.5, (graph) => causal(graph, 4));
    await checkGradients({
      shapes: [
        [2, 4, 4, 2],
        [2, 2, 4, 2],
        [2, 2, 4, 2],
      ],
      build,
    });
  });

  test("under a mask that differs by sequence", async () => {
    const mask = (graph: Graph) => graph.constant(Float32Array.of(0, 0, HIDDEN, HIDDEN, 0, 0), [2, 1, 1, 3]);
    await checkGradients({
      shapes: [
        [2, 2, 3, 2],
        [2, 1, 3, 2],
        [2, 1, 3, 2],
      ],
      build: output(0.5, mask),
    });
  });

  test("of one tensor as query, key and value", async () => {
    await checkGradients({ shapes: [[2, 2, 4, 3]], build: (x) => attention(x, x, x, 0.5).output });
    await checkGradients({
      shapes: [
        [1, 2, 3, 4],
        [1, 1, 3, 4],
      ],
      build: (q, kv) => attention(q, kv, kv, 0.5).output,
    });
  });

  test("of sequences long enough for several threads", async () => {
    // a sum over 96 rows of 32 numbers each rounds in every difference: 2e-4 of the gradient was seen
    const [query, key] = [
      [4, 6, 96, 32],
      [4, 2, 96, 32],
    ];
    const build = output(1 / Math.sqrt(32), (graph) => causal(graph, 96));
    await checkGradients({ shapes: [query, key, key], build, coordinates: 6, tolerance: 1e-3 });
  });

  test("stay finite where a row sees no key: its weights are even, and what it sends back is finite", async () => {
    const graph = new Graph();
    const shape = [1, 1, 2, 2];
    const [query, key, value] = ["q", "k", "v"].map((name) => graph.input(name, shape)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const mask = graph.constant(Float32Array.of(HIDDEN, HIDDEN, 0, HIDDEN), [1, 1, 2, 2]);
    const result = attention(query, key, value, 0.5, mask);
    const [dq, dk, dv] = gradients(
      graph,
      [{ tensor: result.output, gradient: graph.input("g", shape) }],
      [query, key, value],
    );
    const outputs = { probabilities: result.probabilities, dq: dq!, dk: dk!, dv: dv! };
    const feeds = { q: [1, -2, 3, 1], k: [0.5, 1, -1, 2], v: [1, 2, 3, 4], g: [1, -1, 2, 1] };
    const results = await evaluate(
      graph,
      outputs,
      Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, Float32Array.from(values)])),
    );
    expect([...results["probabilities"]!]).toEqual([0.5, 0.5, 1, 0]);
    for (const name of ["dq", "dk", "dv"]) {
      expect(results[name]!.every(Number.isFinite)).toBe(true);
    }
  });
});

describe("misuse", () => {
  const graph = new Graph();
  const tensor = (...shape: number[]) =>
    graph.constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const label = (build: () => unknown) => () =>
    graph.scope("decoder layer 3", () => graph.scope("attention", build));

  test.each([
    ["heads that do not group", tensor(1, 3, 2, 4), tensor(1, 2, 5, 4), tensor(1, 2, 5, 4)],
    ["another batch", tensor(2, 2, 2, 4), tensor(1, 2, 5, 4), tensor(1, 2, 5, 4)],
    ["another width", tensor(1, 2, 2, 4), tensor(1, 2, 5, 3), tensor(1, 2, 5, 3)],
    ["keys and values that differ", tensor(1, 2, 2, 4), tensor(1, 2, 5, 4), tensor(1, 2, 6, 4)],
    ["three axes", tensor(2, 2, 4), tensor(2, 2, 4), tensor(2, 2, 4)],
  ])("%s", (_, query, key, value) => {
    expect(label(() => attention(query, key, value, 1))).toThrow(
      `attention: ${formatShape(query.shape)}, ${formatShape(key.shape)} and ${formatShape(value.shape)} do not fit (in decoder layer 3 / attention)`,
    );
  });

  test("a mask of other keys", () => {
    const [query, key] = [tensor(1, 2, 2, 4), tensor(1, 2, 5, 4)];
    expect(label(() => attention(query, key, key, 1, tensor(2, 4)))).toThrow(
      "attention: mask [2, 4] does not broadcast to [1, 2, 2, 5] (in decoder layer 3 / attention)",
    );
  });
});
