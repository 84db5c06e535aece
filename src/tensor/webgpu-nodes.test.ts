import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { Graph, type Tensor } from "./graph.ts";
import { encodeModel } from "./onnx.ts";
import { logSoftmax, matmul } from "./ops/index.ts";
import { webgpuNodes } from "./webgpu-nodes.ts";

/** Runs a graph as it is and as it is rewritten, both on the processor. */
async function bothWays(
  graph: Graph,
  outputs: ReadonlyMap<string, Tensor>,
  feeds: Record<string, ort.Tensor>,
) {
  const rewritten = webgpuNodes(graph, graph.nodes, outputs);
  const ways = [{ nodes: graph.nodes, constants: [], outputs }, rewritten] as const;
  const results = [];
  for (const { nodes, constants, outputs: named } of ways) {
    const session = await ort.InferenceSession.create(
      encodeModel({
        inputs: [...graph.inputs.values()],
        outputs: [...named.values()],
        constants: [...graph.constants, ...constants],
        nodes,
      }),
    );
    const found = await session.run(feeds);
    results.push(
      [...named.values()].map(({ name }) => Array.from(found[name]!.data as Float32Array, Number)),
    );
    await session.release();
  }
  return { operators: rewritten.nodes.map(({ operator }) => operator), results };
}

const x = new ort.Tensor("float32", Float32Array.of(1, -2, 3, 0.5, 4, -1), [2, 3]);

test("a sum of three is two additions", async () => {
  const graph = new Graph();
  const [a, b] = [graph.input("a", [2, 3]), graph.input("b", [2, 3])];
  const sum = graph.single("Sum", [a, b, a], [2, 3]);
  const { operators, results } = await bothWays(graph, new Map([["sum", sum]]), { a: x, b: x });
  expect(operators).toEqual(["Add", "Add"]);
  expect(results[1]).toEqual([[[3, -6, 9, 1.5, 12, -3]].flat()]);
  expect(results[1]).toEqual(results[0]);
});

test("log-softmax keeps its digits at large logits", async () => {
  const graph = new Graph();
  const y = logSoftmax(graph.input("a", [2, 3]));
  const large = new ort.Tensor("float32", Float32Array.of(3e4, 3e4 - 1, 3e4 - 2, 0, 0, 0), [2, 3]);
  const { results } = await bothWays(graph, new Map([["y", y]]), { a: large });
  const total = Math.log(1 + Math.exp(-1) + Math.exp(-2));
  const expected = [-total, -1 - total, -2 - total, ...new Array<number>(3).fill(-Math.log(3))];
  expect(results[1]![0]).toBeAllclose(expected, { rtol: 0, atol: 1e-6 });
});

test.each([
  [false, false, 1],
  [true, false, 0.5],
  [false, true, -2],
  [true, true, 3],
])("a product with transposed factors (%s, %s) and a scale of %d", async (transposeA, transposeB, scale) => {
  const graph = new Graph();
  const a = graph.input("a", transposeA ? [2, 4, 3] : [2, 3, 4]);
  const b = graph.input("b", transposeB ? [2, 5, 4] : [2, 4, 5]);
  const y = matmul(a, b, { transposeA, transposeB, scale });
  const fill = (tensor: Tensor) => {
    const count = tensor.shape.reduce((product, size) => product * size, 1);
    return new ort.Tensor(
      "float32",
      Float32Array.from({ length: count }, (_, i) => (i * 7) % 5),
      tensor.shape,
    );
  };
  const { operators, results } = await bothWays(graph, new Map([["y", y]]), { a: fill(a), b: fill(b) });
  expect(operators).not.toContain("FusedMatMul");
  expect(operators.filter((operator) => operator === "Mul")).toHaveLength(scale === 1 ? 0 : 1);
  expect(results[1]).toEqual(results[0]);
});

test("places that the graph casts to float32 come out as whole numbers", async () => {
  const graph = new Graph();
  const places = graph.single("ArgMax", [graph.input("a", [2, 3])], [2], {
    attributes: { axis: 1n, keepdims: 0n },
    type: "int64",
  });
  const cast = graph.single("Cast", [places], [2], { attributes: { to: 1n } });
  const { operators, results } = await bothWays(graph, new Map([["y", cast]]), { a: x });
  expect(operators).toEqual(["ArgMax"]);
  expect(results[1]).toEqual([[2, 1]]);
  expect(results[1]).toEqual(results[0]);
});
