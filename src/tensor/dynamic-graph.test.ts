import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { DynamicGraph } from "./dynamic-graph.ts";
import { encodeModelParts, type Initializer } from "./onnx.ts";

const VERSION = { ir: 9, opsets: { "": 20 } };

/** x Wᵀ of any number of rows. */
function product(weightType: "float32" | "float16" = "float32"): DynamicGraph {
  const graph = new DynamicGraph(weightType);
  const x = graph.input("x", "float32", ["rows", 2]);
  graph.node("Gemm", [x, graph.weight("w", [1, 2])], { transB: 1n }, "y");
  graph.output("y", "float32", ["rows", 1]);
  return graph;
}

function encode({ inputs, outputs, nodes, constants }: DynamicGraph, weight: Initializer): Buffer {
  return Buffer.concat([
    ...encodeModelParts({ inputs, outputs, nodes, constants: [...constants, weight] }, VERSION),
  ]);
}

const run = async (session: ort.InferenceSession, x: number[]) => {
  const results = await session.run({
    x: new ort.Tensor("float32", Float32Array.from(x), [x.length / 2, 2]),
  });
  return [...(results["y"]!.data as Float32Array)];
};

test("a size that is a name differs from run to run, and its name is in the file", async () => {
  const weight = {
    tensor: { name: "w", type: "float32", shape: [1, 2] },
    data: Float32Array.of(10, 1),
  } as const;
  const session = await ort.InferenceSession.create(encode(product(), weight));
  expect(session.inputMetadata[0]).toMatchObject({ name: "x", shape: ["rows", 2] });
  expect(await run(session, [1, 2])).toEqual([12]);
  expect(await run(session, [1, 2, 3, 4, 5, 6])).toEqual([12, 34, 56]);
  await session.release();
});

test("weights lie in a file of their own, at the place that is written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fovea-dynamic-"));
  const data = { location: "w.data", offset: 4096, length: 8 };
  writeFileSync(
    join(folder, "y.onnx"),
    encode(product(), { tensor: { name: "w", type: "float32", shape: [1, 2] }, data }),
  );
  writeFileSync(
    join(folder, "w.data"),
    Buffer.concat([new Uint8Array(4096), new Uint8Array(Float32Array.of(2, 3).buffer)]),
  );
  const session = await ort.InferenceSession.create(join(folder, "y.onnx"));
  expect(await run(session, [1, 1])).toEqual([5]);
  await session.release();
  rmSync(folder, { recursive: true });
});

test("weights of 16 bits are widened to what follows", async () => {
  const graph = product("float16");
  expect(graph.weights).toEqual(new Map([["w", [1, 2]]]));
  const half = Uint16Array.of(0x3c00, 0xc000); // 1 and −2
  const session = await ort.InferenceSession.create(
    encode(graph, { tensor: { name: "w", type: "float16", shape: [1, 2] }, data: half }),
  );
  expect(await run(session, [3, 4])).toEqual([-5]);
  await session.release();
});

test("a weight or constant that is asked for twice is one", () => {
  const graph = new DynamicGraph("float16");
  expect(graph.weight("w", [2])).toBe(graph.weight("w", [2]));
  expect(graph.integers([1, 2])).toBe(graph.integers([1, 2]));
  expect(graph.integer(12)).not.toBe(graph.integers([12]));
  expect(graph.float(1)).not.toBe(graph.integer(1));
});

test("a constant that does not fill its shape is refused", () => {
  expect(() => new DynamicGraph().floats(Float32Array.of(1, 2), [3])).toThrow(
    "constant: expected 3 elements for [3], got 2",
  );
});
