import { describe, expect, test } from "vitest";
import { gradients, type Seed } from "./autodiff.ts";
import { Graph, type Tensor } from "./graph.ts";
import { add, exponential, multiply, negate, reshape, scale, split, sum } from "./ops/index.ts";
import { evaluate } from "./testing/evaluate.ts";
import { checkGradients } from "./testing/gradient-check.ts";

/** Gradients by input name, at the inputs' values. */
async function valuesOf(
  graph: Graph,
  seeds: readonly Seed[],
  wrt: Record<string, Tensor>,
  feeds: Record<string, number[]>,
) {
  const names = Object.keys(wrt);
  const results = gradients(graph, seeds, Object.values(wrt));
  const arrays = await evaluate(
    graph,
    Object.fromEntries(names.map((name, i) => [name, results[i]!])),
    Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, Float32Array.from(values)])),
  );
  return Object.fromEntries(names.map((name) => [name, [...arrays[name]!]]));
}

const one = (graph: Graph, length = 1) => graph.constant(new Float32Array(length).fill(1), [length]);

describe("gradients", () => {
  test("of a·b + a are b + 1 and a", async () => {
    const graph = new Graph();
    const [a, b] = [graph.input("a", [2]), graph.input("b", [2])];
    const tensor = add(multiply(a, b), a);
    const feeds = { a: [2, 3], b: [5, 7] };
    expect(await valuesOf(graph, [{ tensor, gradient: one(graph, 2) }], { a, b }, feeds)).toEqual({
      a: [6, 8],
      b: [2, 3],
    });
  });

  test("add up over all uses of a shared sub-expression", async () => {
    const graph = new Graph();
    const x = graph.input("x", [1]);
    const square = multiply(x, x);
    // x² + x²·x² + 3x² has the slope 2x + 4x³ + 6x
    const tensor = add(add(square, multiply(square, square)), scale(square, 3));
    expect(await valuesOf(graph, [{ tensor, gradient: one(graph) }], { x }, { x: [2] })).toEqual({ x: [48] });
    await checkGradients({
      shapes: [[2, 3]],
      build: (a) => {
        const shared = exponential(a);
        return add(multiply(shared, a), multiply(shared, shared));
      },
    });
  });

  test("of an output that is an intermediate of another output", async () => {
    await checkGradients({
      shapes: [[2, 3]],
      build: (a) => {
        const inner = exponential(a);
        return [inner, multiply(inner, inner), sum(inner, [1])];
      },
    });
  });

  test("with respect to an intermediate count what lies downstream only", async () => {
    const graph = new Graph();
    const x = graph.input("x", [1]);
    const y = multiply(x, x);
    const tensor = multiply(y, y);
    expect(await valuesOf(graph, [{ tensor, gradient: one(graph) }], { x, y }, { x: [3] })).toEqual({
      x: [4 * 27],
      y: [18],
    });
  });

  test("of several seeds, one of them twice, are their sum", async () => {
    const graph = new Graph();
    const x = graph.input("x", [2]);
    const [y, z] = [scale(x, 2), negate(x)];
    const gradient = graph.input("g", [2]);
    const seeds = [y, z, y].map((tensor) => ({ tensor, gradient }));
    expect(await valuesOf(graph, seeds, { x }, { x: [0, 0], g: [1, 10] })).toEqual({ x: [3, 30] });
  });

  test("of a seed with respect to itself are its own gradient", async () => {
    const graph = new Graph();
    const x = graph.input("x", [2]);
    const gradient = graph.input("g", [2]);
    expect(await valuesOf(graph, [{ tensor: x, gradient }], { x }, { g: [4, 5] })).toEqual({ x: [4, 5] });
  });

  test("are zeros where no path leads to a seed", async () => {
    const graph = new Graph();
    const [x, apart] = [graph.input("x", [2]), graph.input("apart", [2, 2])];
    const unseeded = scale(apart, 2);
    const wrt = { x, apart, unseeded };
    expect(await valuesOf(graph, [{ tensor: scale(x, 3), gradient: one(graph, 2) }], wrt, {})).toEqual({
      x: [3, 3],
      apart: [0, 0, 0, 0],
      unseeded: [0, 0, 0, 0],
    });
  });

  test("flow through one output of several", async () => {
    const graph = new Graph();
    const x = graph.input("x", [4]);
    const [, last] = split(x, [1, 3], 0);
    const tensor = multiply(last!, last!);
    const results = await valuesOf(graph, [{ tensor, gradient: one(graph, 3) }], { x }, { x: [1, 2, 3, 4] });
    expect(results).toEqual({ x: [0, 4, 6, 8] });
  });

  test("can be asked for twice on one graph", async () => {
    const graph = new Graph();
    const x = graph.input("x", [1]);
    const seeds = [{ tensor: multiply(x, x), gradient: one(graph) }];
    const first = await valuesOf(graph, seeds, { x }, { x: [3] });
    expect(await valuesOf(graph, seeds, { x }, { x: [3] })).toEqual(first);
    expect(first).toEqual({ x: [6] });
  });

  test("add no node for inputs that are not asked for", () => {
    const graph = new Graph();
    const [x, apart] = [graph.input("x", [2]), graph.input("apart", [2])];
    const tensor = add(x, exponential(apart));
    const before = graph.nodes.length;
    gradients(graph, [{ tensor, gradient: one(graph, 2) }], [x]);
    expect(graph.nodes).toHaveLength(before);
  });

  test("name both shapes where a gradient is not its tensor's", () => {
    const graph = new Graph();
    const x = graph.input("x", [2, 3]);
    const gradient = graph.input("g", [6]);
    expect(() => gradients(graph, [{ tensor: x, gradient }], [x])).toThrow(
      "gradient: expected [2, 3], got [6]",
    );
  });

  test("refuse another graph's tensors", () => {
    const graph = new Graph();
    const x = graph.input("x", [1]);
    const foreign = new Graph().input("x", [1]);
    const message = 'gradient: "x" [1] belongs to another graph';
    expect(() => gradients(graph, [{ tensor: x, gradient: x }], [foreign])).toThrow(message);
    expect(() => gradients(graph, [{ tensor: foreign, gradient: x }], [x])).toThrow(message);
    expect(() => gradients(graph, [{ tensor: x, gradient: foreign }], [x])).toThrow(message);
  });
});

describe("fused", () => {
  /** a³ with a backward of its own, scaled so that its use shows. */
  function cube(a: Tensor, factor: number): Tensor {
    const { graph } = a;
    const output = graph.fused(() => multiply(a, multiply(a, a)));
    const backward = ([g]: readonly (Tensor | undefined)[]) => [
      multiply(g!, scale(multiply(a, a), 3 * factor)),
    ];
    graph.record({ inputs: [a], outputs: [output], backward });
    return output;
  }

  test("an operation's own backward replaces its parts' backwards", async () => {
    await checkGradients({ shapes: [[5]], build: (a) => cube(a, 1) });
    const graph = new Graph();
    const x = graph.input("x", [1]);
    const seeds = [{ tensor: cube(x, 10), gradient: one(graph) }];
    expect(await valuesOf(graph, seeds, { x }, { x: [2] })).toEqual({ x: [120] });
  });

  test("recording continues after it, even after an error inside, and not before the outermost ends", () => {
    const graph = new Graph();
    const x = graph.input("x", [2]);
    expect(() => graph.fused(() => reshape(x, [3]))).toThrow("reshape");
    negate(x);
    expect(graph.tape).toHaveLength(1);
    graph.fused(() => {
      graph.fused(() => negate(x));
      negate(x);
    });
    expect(graph.tape).toHaveLength(1);
  });
});
