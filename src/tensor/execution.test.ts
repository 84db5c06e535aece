import { describe, expect, test } from "vitest";
import { gradients } from "./autodiff.ts";
import { executionOrder, liveNodes, workingBytes } from "./execution.ts";
import { Graph, type Tensor } from "./graph.ts";
import { add, linear, multiply, reshape, silu, sum } from "./ops/index.ts";
import { Program } from "./program.ts";

/** A chain of layers y ← y Wᵀ with the gradient of each weight. */
function chain(layers: number, width = 4) {
  const graph = new Graph();
  let x = graph.input("x", [2, width]);
  const weights: Tensor[] = [];
  for (let i = 0; i < layers; i++) {
    const weight = graph.input(`w${i}`, [width, width]);
    weights.push(weight);
    x = linear(x, weight);
  }
  const found = gradients(graph, [{ tensor: x, gradient: graph.input("dy", [2, width]) }], weights);
  return { graph, found, outputs: Object.fromEntries(found.map((tensor, i) => [`d${i}`, tensor])) };
}

describe("nodes", () => {
  test("that outputs do not need are left out, and what is fed is not computed", () => {
    const graph = new Graph();
    const a = graph.input("a", [2]);
    const b = multiply(a, a);
    const c = multiply(b, b);
    multiply(c, c);
    expect(liveNodes(graph.nodes, [c.name]).nodes).toHaveLength(2);
    const { nodes, used } = liveNodes(graph.nodes, [c.name], new Set([b.name]));
    expect(nodes.map(({ inputs }) => inputs)).toEqual([[b.name, b.name]]);
    expect(used.has("a")).toBe(false);
  });

  test("run as soon as their inputs are there: a weight's gradient before that of the layer below", () => {
    const { graph, found } = chain(5);
    const names = found.map(({ name }) => name);
    const order = executionOrder(liveNodes(graph.nodes, names).nodes).map(({ outputs }) => outputs[0]!);
    const places = names.map((name) => order.indexOf(name));
    expect(places).toEqual([...places].sort((a, b) => b - a));
    const inputOf = (name: string) => graph.nodes.find(({ outputs }) => outputs[0] === name)!.inputs;
    for (const [i, name] of names.entries()) {
      const own = order.indexOf(name);
      for (const input of inputOf(name)) expect(order.indexOf(input)).toBeLessThan(own);
      // Nothing of the layers below has run before it.
      for (const below of names.slice(0, i)) expect(order.indexOf(below)).toBeGreaterThan(own);
    }
  });
});

test("nodes that nothing reads run in the order in which they are ready, for any order in which they were made", () => {
  const { graph, found } = chain(4);
  const sums = found.map((tensor, i) => add(tensor, graph.input(`sum${i}`, tensor.shape)));
  const names = sums.map(({ name }) => name);
  const order = executionOrder(liveNodes(graph.nodes, names).nodes).map(({ outputs }) => outputs[0]!);
  const places = names.map((name) => order.indexOf(name));
  expect(places).toEqual([...places].sort((a, b) => b - a));
  for (const [i, { name }] of found.entries()) expect(places[i]).toBe(order.indexOf(name) + 1);
});

describe("working bytes", () => {
  test("are the bytes of the results that are needed at one time", () => {
    const graph = new Graph();
    const x = graph.input("x", [8]);
    const y = silu(silu(silu(x)));
    // Of three results the last is the output, and the first two are needed together.
    expect(workingBytes(graph, [y])).toBe(2 * 8 * 4);
  });

  test("count a view once, and a result that is written over its input not at all", () => {
    const graph = new Graph();
    const x = graph.input("x", [8]);
    const gate = silu(x);
    const square = multiply(reshape(gate, [2, 4]), reshape(gate, [2, 4]));
    expect(workingBytes(graph, [sum(square, [0, 1])])).toBe(8 * 4);
  });

  test("of a gradient do not grow with the number of layers, except for results that the forward pass leaves", () => {
    const row = 2 * 4 * 4;
    const bytes = [3, 6, 12].map((layers) => {
      const { graph, found } = chain(layers);
      return workingBytes(graph, found);
    });
    expect(bytes[1]! - bytes[0]!).toBe(3 * row);
    expect(bytes[2]! - bytes[1]!).toBe(6 * row);
  });

  test("are reported by a program", async () => {
    const { graph, found, outputs } = chain(3);
    const program = await Program.compile(graph, outputs);
    expect(program.workingBytes).toBe(workingBytes(graph, found));
    await program.release();
  });
});
