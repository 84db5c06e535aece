import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { DynamicGraph, encodeModelParts } from "../../tensor/index.ts";
import { sineAndCosine } from "./sine-cosine.ts";
import { ONNX_VERSION } from "./write-onnx.ts";

async function run(angles: Float32Array) {
  const graph = new DynamicGraph();
  const { sine, cosine } = sineAndCosine(graph, graph.input("angle", "float32", ["n"]));
  for (const value of [sine, cosine]) graph.output(value, "float32", ["n"]);
  const { inputs, outputs, nodes, constants } = graph;
  const bytes = Buffer.concat([...encodeModelParts({ inputs, outputs, nodes, constants }, ONNX_VERSION)]);
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const results = await session.run({ angle: new ort.Tensor("float32", angles, [angles.length]) });
  await session.release();
  return { sine: results[sine]!.data as Float32Array, cosine: results[cosine]!.data as Float32Array };
}

test("sines and cosines equal double precision, from angle 0 to the angles of the longest sequences", async () => {
  const whole = Array.from({ length: 25_000 }, (_, i) => i);
  const quarters = Array.from({ length: 2_000 }, (_, i) => (i * Math.PI) / 4);
  const small = Array.from({ length: 1_000 }, (_, i) => 10 ** (-8 + i / 100));
  const angles = Float32Array.from([...whole, ...quarters, ...small].flatMap((angle) => [angle, -angle]));
  const { sine, cosine } = await run(angles);
  expect(sine).toBeAllclose(Float64Array.from(angles, Math.sin), { rtol: 0, atol: 2 ** -22 });
  expect(cosine).toBeAllclose(Float64Array.from(angles, Math.cos), { rtol: 0, atol: 2 ** -22 });
  const far = Float32Array.from({ length: 1_000 }, (_, i) => 128_000 + i);
  expect((await run(far)).sine).toBeAllclose(Float64Array.from(far, Math.sin), { rtol: 0, atol: 1e-5 });
});
