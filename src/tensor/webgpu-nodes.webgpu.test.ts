import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { Graph, type Tensor } from "./graph.ts";
import { encodeModel } from "./onnx.ts";

/** A session of the nodes as they are, without what `webgpuNodes` makes of them. */
function session(graph: Graph, outputs: readonly Tensor[]): Promise<ort.InferenceSession> {
  const bytes = encodeModel({
    inputs: [...graph.inputs.values()],
    outputs,
    constants: graph.constants,
    nodes: graph.nodes,
  });
  return ort.InferenceSession.create(bytes, {
    executionProviders: ["webgpu"],
    extra: { session: { disable_cpu_ep_fallback: "1" } },
    logSeverityLevel: 4,
  });
}

describe("onnxruntime still has no kernel on WebGPU for", () => {
  test.each<[string, (graph: Graph, x: Tensor) => Tensor]>([
    ["Sum", (graph, x) => graph.single("Sum", [x, x, x], x.shape)],
    ["LogSoftmax", (graph, x) => graph.single("LogSoftmax", [x], x.shape, { attributes: { axis: 1n } })],
    [
      "FusedMatMul",
      (graph, x) =>
        graph.single("FusedMatMul", [x, x], [4, 4], {
          domain: "com.microsoft",
          attributes: { transA: 0n, transB: 1n, alpha: 0.5 },
        }),
    ],
    [
      "Unsqueeze of int64",
      (graph, x) => {
        const column = graph.single(
          "Unsqueeze",
          [graph.input("i", [4], "int64"), graph.integers([1])],
          [4, 1],
          {
            type: "int64",
          },
        );
        return graph.single("GatherElements", [x, column], [4, 1], { attributes: { axis: 1n } });
      },
    ],
    [
      "Cast of int64",
      (graph) => graph.single("Cast", [graph.input("i", [4], "int64")], [4], { attributes: { to: 1n } }),
    ],
  ])("%s", async (_, build) => {
    const graph = new Graph();
    const output = build(graph, graph.input("x", [4, 6]));
    await expect(session(graph, [output])).rejects.toThrow("assigned to the default CPU EP");
  });
});

test("onnxruntime's inverse root of SimplifiedLayerNormalization is still wrong on WebGPU", async () => {
  const graph = new Graph();
  const inputs = [graph.input("x", [1, 4]), graph.input("w", [4])];
  const [, inverse] = graph.node(
    "SimplifiedLayerNormalization",
    inputs,
    [{ shape: [1, 4] }, { shape: [1, 1] }],
    {
      attributes: { axis: -1n, epsilon: 1e-6, stash_type: 1n },
    },
  );
  const running = await session(graph, [inverse!]);
  const numbers = (...values: number[]) => Float32Array.from(values);
  const feeds = {
    x: new ort.Tensor("float32", numbers(2, 2, 2, 2), [1, 4]),
    w: new ort.Tensor("float32", numbers(1, 1, 1, 1), [4]),
  };
  const [found] = (await running.run(feeds))[inverse!.name]!.data as Float32Array;
  expect(Math.abs(found! - 0.5)).toBeGreaterThan(0.1);
  await running.release();
});
