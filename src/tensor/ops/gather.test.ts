import { describe, expect, test } from "vitest";
import { gradients } from "../autodiff.ts";
import { Graph } from "../graph.ts";
import { evaluate, numbers } from "../testing/evaluate.ts";
import { checkGradients } from "../testing/gradient-check.ts";
import { gatherRows } from "./gather.ts";

const integers = (graph: Graph, ...values: number[]) =>
  graph.constant(BigInt64Array.from(values, BigInt), [values.length]);

describe("gatherRows", () => {
  test("picks rows in the order of the indices, as often as they come", async () => {
    const graph = new Graph();
    const table = graph.constant(Float32Array.of(0, 1, 10, 11, 20, 21), [3, 2]);
    expect(await numbers(gatherRows(table, integers(graph, 2, 0, 2)))).toEqual([20, 21, 0, 1, 20, 21]);
  });

  test("gradients with repeated and unused rows", async () => {
    const build = (a: Parameters<typeof gatherRows>[0]) => gatherRows(a, integers(a.graph, 3, 1, 3, 3, 0));
    await checkGradients({ shapes: [[5, 3]], build, step: 0.25 });
  });

  test("gradients of thousands of repeated rows are exact sums on several threads", async () => {
    const [rows, width, table] = [3072, 192, 16];
    const graph = new Graph();
    const indices = graph.input("indices", [rows], "int64");
    const output = gatherRows(graph.input("table", [table, width]), indices);
    const factor = graph.input("factor", [rows, width]);
    const [gradient] = gradients(graph, [{ tensor: output, gradient: factor }], [graph.inputs.get("table")!]);

    // sixteenths: their sums are exact in fp32, so any order of adding gives the same bits
    const feeds = { indices: new BigInt64Array(rows), factor: new Float32Array(rows * width) };
    const exact = new Float64Array(table * width);
    for (let row = 0; row < rows; row++) {
      const index = (row * row) % table;
      feeds.indices[row] = BigInt(index);
      for (let column = 0; column < width; column++) {
        const value = ((row * 31 + column * 17) % 64) / 16 - 2;
        feeds.factor[row * width + column] = value;
        exact[index * width + column]! += value;
      }
    }
    for (const threads of [1, 2, 4]) {
      const { value } = await evaluate(graph, { value: gradient! }, feeds, threads);
      expect(Float64Array.from(value!)).toEqual(exact);
    }
  });

  test("names the shapes and the type that do not fit", () => {
    const graph = new Graph();
    const [table, floats] = [graph.input("table", [3, 2]), graph.input("floats", [2])];
    const label = (build: () => unknown) => () => graph.scope("embedding", build);
    expect(label(() => gatherRows(table, floats))).toThrow(
      "gatherRows: expected [N, D] and int64 [M], got [3, 2] and float32 [2] (in embedding)",
    );
    expect(label(() => gatherRows(floats, integers(graph, 0)))).toThrow(
      "gatherRows: expected [N, D] and int64 [M], got [2] and int64 [1] (in embedding)",
    );
  });
});
