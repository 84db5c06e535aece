/**
 * @module
 * What an exported model says of itself, for programs (`onnx.json`) and for people (`ONNX.md`).
 */
import type { OnnxValue } from "../../tensor/index.ts";
import type { ModelConfig } from "../config.ts";
import { ONNX_VERSION, type OnnxFile, type OnnxFiles } from "./write-onnx.ts";

/** `onnx.json`. */
export interface OnnxManifest {
  readonly format: "fovea-onnx";
  readonly version: 1;
  readonly irVersion: number;
  readonly opset: number;
  /** Element type of the stored weights. */
  readonly weights: "float32" | "float16";
  readonly models: OnnxFiles;
  /** How many of the last layers the decoder's output `attention` holds; 0 where there is none. */
  readonly attentionLayers: number;
  readonly tokens: {
    readonly image: number;
    readonly video: number;
    /** Ids that must never be taken when sampling: they stand for pixels. */
    readonly neverSampled: readonly number[];
    /** Ids that end a completion. */
    readonly stop: readonly number[];
  };
}

export function onnxManifest(
  { imageTokenId, videoTokenId, visionStartTokenId, visionEndTokenId }: ModelConfig,
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
    tokens: {
      image: imageTokenId,
      video: videoTokenId,
      neverSampled: [imageTokenId, videoTokenId, visionStartTokenId, visionEndTokenId],
      stop,
    },
  };
}

/** What each input and output means, by its name without the number of the layer. */
const MEANINGS: Readonly<Record<string, string>> = {
  pixel_values:
    "normalised patches of one image or video in the order of the Qwen2-VL image processor: by frame, then by block of merged patches, block by block in rows, and row by row within a block; each patch by channel, frame, row, column",
  grid_thw: "frames (temporal patches; 1 for an image), rows and columns of the grid, in patches",
  image_features: "what stands in the places of the image or video pads, in raster order, frame by frame",
  input_ids: "token ids, an image or video pad repeated for each of its features",
  inputs_embeds: "rows of the decoder",
  attention_mask: "1 for a token, 0 for padding, of all tokens so far; padding goes to the left",
  position_ids: "time, height and width of each new token",
  num_logits_to_keep: "rows of logits wanted, counted from the end; 0 for all",
  past_key_values:
    "keys and values of earlier tokens, `present` of the run before; past is 0 in the first run",
  logits: "unnormalised log-probs of the token that follows each kept row",
  present: "keys and values of all tokens so far",
  attention: "rows of attention after softmax, mean over heads, first of the returned layers first",
};

/** `ONNX.md`. */
export function manifestText(manifest: OnnxManifest, { vision, text }: ModelConfig): string {
  const { models, tokens, opset, irVersion } = manifest;
  const { stop, neverSampled } = tokens;
  const merge = vision.spatialMergeSize;
  return `# The model as ONNX

Standard operators of opset ${opset} (IR ${irVersion}), which onnxruntime knows since 1.17. Weights are
stored as ${manifest.weights}; inputs, outputs and the computation are float32. A size in letters may differ from run to run.
\`onnx.json\` says the same for programs.

${(["vision", "embedding", "decoder"] as const).map((name) => fileText(models[name])).join("\n")}
## Running it

1. Render \`chat_template\`, encode with \`tokenizer.json\`, and repeat each \`<|image_pad|>\` (id ${tokens.image}; videos ${tokens.video}) as
   often as its image has features: rows · columns · frames / ${merge ** 2}.
2. Run \`vision\` once for each image or video and join the features in the order in which they stand in the prompt.
3. Run \`embedding\` on the prompt, then \`decoder\` with an empty cache (past 0), \`attention_mask\` all 1, and positions:
   - a text token has one position in all three components, one more than the largest so far; the first has 0;
   - features of an image whose first would have position p have (p + frame, p + row, p + column), counted in features, not
     patches; for a video, frame is ⌊frame · ${vision.tokensPerSecond} · seconds between temporal patches⌋.
4. Take a token from the last row of \`logits\`, never one of ${neverSampled.join(", ")}; stop after ${stop.join(", ")}.
5. Embed it (\`image_features\` \`[0, ${text.hiddenSize}]\`), run \`decoder\` on it with \`present\` as \`past_key_values\`, a mask longer by one and the
   next position, and go on at 4.
${
  manifest.attentionLayers > 0
    ? `
\`attention\` of a run that feeds a token is that token's own row. Kept for every token of a completion, the rows of the last
layer are what Fovea's \`attentionSignals\` and \`dycoRl\` take.
`
    : ""
}`;
}

function fileText({ file, data, inputs, outputs }: OnnxFile): string {
  const beside = data.length > 0 ? `\n\nWeights in ${data.map((name) => `\`${name}\``).join(", ")}.` : "";
  const rows = (kind: string, values: readonly OnnxValue[]) =>
    merged(values).map(
      ({ name, type, shape }) =>
        `| ${kind} | \`${name}\` | ${type} | [${shape.join(", ")}] | ${MEANINGS[name.split(".")[0] ?? ""]} |`,
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
