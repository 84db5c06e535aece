/**
 * @module
 * The description of an exported model, for programs (`onnx.json`) and for people (`ONNX.md`).
 */
import type { OnnxValue } from "../../tensor/index.ts";
import type { OnnxGraphs } from "../graph/model-graphs.ts";
import type { OnnxFile, OnnxFiles, OnnxManifest } from "./manifest.ts";
import { ONNX_VERSION } from "./write-onnx.ts";

export function onnxManifest(
  { tokens }: OnnxGraphs,
  models: OnnxFiles,
  stop: readonly number[],
  weights: "float32" | "float16",
): OnnxManifest {
  const attention = models.decoder.outputs.find(({ name }) => name === "attention");
  return {
    format: "fovea-onnx",
    version: 1,
    irVersion: ONNX_VERSION.ir,
    opset: ONNX_VERSION.opsets[""],
    weights,
    models,
    attentionLayers: Number(attention?.shape[1] ?? 0),
    tokens: { ...tokens, stop },
  };
}

/** `ONNX.md`. */
export function manifestText(manifest: OnnxManifest, graphs: OnnxGraphs): string {
  const { models, opset, irVersion } = manifest;
  const file = (name: keyof OnnxFiles) => fileText(models[name], graphs.meanings);
  return `# The model as ONNX

Standard operators of opset ${opset} (IR ${irVersion}), which onnxruntime knows since 1.17. Weights are
stored as ${manifest.weights}; inputs, outputs and the computation are float32. A size in letters may differ from run to run.
\`onnx.json\` says the same for programs.

${(["vision", "embedding", "decoder"] as const).map(file).join("\n")}
## Running it

${graphs.guide(manifest)}
${
  manifest.attentionLayers > 0
    ? `
\`attention\` of a run that feeds a token is that token's own row. Kept for every token of a completion, the rows of the last
layer are the input of Fovea's \`attentionSignals\` and \`dycoRl\`.
`
    : ""
}`;
}

function fileText({ file, data, inputs, outputs }: OnnxFile, meanings: OnnxGraphs["meanings"]): string {
  const beside = data.length > 0 ? `\n\nWeights in ${data.map((name) => `\`${name}\``).join(", ")}.` : "";
  const rows = (kind: string, values: readonly OnnxValue[]) =>
    merged(values).map(
      ({ name, type, shape }) =>
        `| ${kind} | \`${name}\` | ${type} | [${shape.join(", ")}] | ${meanings[name.split(".")[0] ?? ""]} |`,
    );
  return `## ${file}${beside}

| | name | type | shape | |
|---|---|---|---|---|
${[...rows("in", inputs), ...rows("out", outputs)].join("\n")}
`;
}

/** Caches are alike in all layers: one line for all of them. */
function merged(values: readonly OnnxValue[]): OnnxValue[] {
  return values.flatMap((value) => {
    const [name, layer, part] = value.name.split(".");
    if (layer === undefined) return [value];
    return layer === "0" ? [{ ...value, name: `${name}.<layer>.${part}` }] : [];
  });
}
