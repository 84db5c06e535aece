import { describe, expect, test } from "vitest";
import { gradients } from "./autodiff.ts";
import { byteSize } from "./execution.ts";
import { Graph, type Tensor } from "./graph.ts";
import { add, attention, linear, multiply, reshape, rmsNorm, silu } from "./ops/index.ts";
import { Program } from "./program.ts";
import { savedTensors } from "./saved.ts";

const WIDTH = 8;
const ROWS = 6;

/** Layers with a residual stream, attention and a gated product. */
function network(layers: number) {
  const graph = new Graph();
  const x = graph.input("x", [ROWS, WIDTH]);
  const weights: Tensor[] = [];
  const weight = (name: string, ...shape: number[]) => {
    const tensor = graph.input(name, shape);
    weights.push(tensor);
    return tensor;
  };
  const layerInputs: Tensor[] = [];
  let y = x;
  for (let i = 0; i < layers; i++) {
    layerInputs.push(y);
    const normal = rmsNorm(y, weight(`norm${i}`, WIDTH), 1e-6);
    const heads = (name: string) =>
      reshape(linear(normal, weight(`${name}${i}`, WIDTH, WIDTH)), [1, 1, ROWS, WIDTH]);
    const { output } = attention(heads("q"), heads("k"), heads("v"), 0.4);
    const attended = add(y, linear(reshape(output, [ROWS, WIDTH]), weight(`o${i}`, WIDTH, WIDTH)));
    const gate = linear(attended, weight(`gate${i}`, 2 * WIDTH, WIDTH));
    const up = linear(attended, weight(`up${i}`, 2 * WIDTH, WIDTH));
    y = add(attended, linear(multiply(silu(gate), up), weight(`down${i}`, WIDTH, 2 * WIDTH)));
  }
  const forward = graph.nodes.length;
  const seed = { tensor: y, gradient: graph.input("dy", y.shape) };
  const found = gradients(graph, [seed], [x, ...weights]);
  const backward = Object.fromEntries(found.map((tensor, i) => [`d${i}`, tensor]));
  return { graph, y, layerInputs, forward, found, backward };
}

/** Numbers for every input, the same in each call. */
function feedsOf(graph: Graph): Record<string, Float32Array> {
  let state = 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647 - 0.5;
  };
  const entries = [...graph.inputs].map(([name, tensor]) => [
    name,
    Float32Array.from({ length: byteSize(tensor) / 4 }, next),
  ]);
  return Object.fromEntries(entries);
}

describe("a separate backward pass gives the gradients of one program, bitwise", () => {
  test.each(["results that are expensive to compute", "inputs of layers"])("from %s", async (kept) => {
    const { graph, y, layerInputs, forward, found, backward } = network(3);
    const only = kept === "inputs of layers" ? layerInputs : undefined;
    const saved = savedTensors(graph, found, forward, only);
    const feeds = feedsOf(graph);
    const whole = await Program.compile(graph, backward);
    const expected = await whole.run(feeds);

    const outputs = { y, ...Object.fromEntries(saved.map((tensor) => [tensor.name, tensor])) };
    const first = await Program.compile(graph, outputs);
    const second = await Program.compile(graph, backward, { given: saved });
    expect([...second.inputs.keys()]).toEqual(expect.arrayContaining(saved.map(({ name }) => name)));
    const { y: _, ...between } = await first.run(feeds);
    expect(await second.run({ ...feeds, ...between })).toEqual(expected);
    for (const program of [whole, first, second]) await program.release();
  });
});

describe("what is saved", () => {
  const operatorOf = (graph: Graph, { name }: Tensor) =>
    graph.nodes.find(({ outputs }) => outputs.includes(name))!.operator;

  test("is no norm, activation or product of two gates: they follow from what else is saved", () => {
    const { graph, forward, found } = network(2);
    const operators = savedTensors(graph, found, forward).map((tensor) => operatorOf(graph, tensor));
    for (const cheap of ["SimplifiedLayerNormalization", "QuickGelu", "Mul"]) {
      expect(operators).not.toContain(cheap);
    }
    expect(operators.filter((operator) => operator === "Softmax" || operator === "Reshape")).not.toEqual([]);
  });

  test("are only the inputs of layers where nothing else is allowed, except for inputs of the graph", () => {
    const { graph, forward, found, layerInputs } = network(3);
    expect(savedTensors(graph, found, forward, layerInputs)).toEqual(layerInputs.slice(1));
  });
});
