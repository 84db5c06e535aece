import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { Graph } from "./graph.ts";
import { encodeModel } from "./onnx.ts";

describe("encodeModel", () => {
  test("writes the smallest model as onnx.proto3 says, byte by byte", () => {
    const bytes = encodeModel({ inputs: [], outputs: [], constants: [], nodes: [] });
    const text = (value: string) => [...new TextEncoder().encode(value)];
    expect([...bytes]).toEqual([
      ...[0x08, 10], // ir_version
      ...[0x3a, 7, 0x12, 5, ...text("fovea")], // graph { name }
      ...[0x42, 4, 0x0a, 0, 0x10, 23], // opset_import { domain "", version }
      ...[0x42, 17, 0x0a, 13, ...text("com.microsoft"), 0x10, 1],
    ]);
  });

  test("writes each kind of attribute with its type, and an integer list even when empty", () => {
    const attribute = (value: number | bigint | string | readonly number[]) => {
      const node = { operator: "O", domain: "", inputs: [], outputs: [], attributes: { a: value } };
      const bytes = [...encodeModel({ inputs: [], outputs: [], constants: [], nodes: [node] })];
      // before it: version (2 bytes), graph and node (2 each), operator (3), the attribute's tag and length
      return bytes.slice(11, 11 + bytes[10]!).join(" ");
    };
    expect(attribute(1)).toBe("10 1 97 21 0 0 128 63 160 1 1");
    expect(attribute(-1n)).toBe("10 1 97 24 255 255 255 255 255 255 255 255 255 1 160 1 2");
    expect(attribute("xy")).toBe("10 1 97 34 2 120 121 160 1 3");
    expect(attribute([3, -1])).toBe("10 1 97 64 3 64 255 255 255 255 255 255 255 255 255 1 160 1 7");
    expect(attribute([])).toBe("10 1 97 160 1 7");
  });

  test("a model of every data type, a constant that is a view, and both operator sets runs in onnxruntime", async () => {
    const graph = new Graph();
    const x = graph.input("x", [2, 2]);
    const flags = graph.input("flags", [2, 2], "bool");
    const order = graph.input("order", [2], "int64");
    const view = Float32Array.of(9, 9, 1, 2, 3, 4).subarray(2);
    const product = graph.single("FusedMatMul", [x, graph.constant(view, [2, 2])], [2, 2], {
      domain: "com.microsoft",
      attributes: { transB: 1n, alpha: 0.5 },
    });
    const chosen = graph.single("Where", [flags, product, graph.scalar(-1)], [2, 2]);
    const rows = graph.single("Gather", [chosen, order], [2, 2], { attributes: { axis: 0n } });
    const mask = graph.constant(Uint8Array.of(1, 0), [2]);
    const result = graph.single("Where", [mask, rows, graph.scalar(7)], [2, 2]);
    const bytes = encodeModel({
      inputs: [...graph.inputs.values()],
      outputs: [result],
      constants: graph.constants,
      nodes: graph.nodes,
    });

    const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
    expect(session.inputNames).toEqual(["x", "flags", "order"]);
    const outputs = await session.run({
      x: new ort.Tensor("float32", Float32Array.of(2, 0, 0, 4), [2, 2]),
      flags: new ort.Tensor("bool", Uint8Array.of(1, 1, 0, 1), [2, 2]),
      order: new ort.Tensor("int64", BigInt64Array.of(-1n, 0n), [2]),
    });
    // x · [[1, 2], [3, 4]]ᵀ / 2 = [[1, 3], [4, 8]]; one flag is off; rows swapped; column 1 masked
    expect([...(outputs[result.name]!.data as Float32Array)]).toEqual([-1, 7, 1, 7]);
    await session.release();
  });
});
