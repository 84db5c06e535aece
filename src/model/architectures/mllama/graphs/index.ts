/**
 * @module
 * The graph side of Llama 3.2-Vision (arXiv:2407.21783, section 7): a Llama decoder, some layers of which read the tower's
 * tokens by gated cross-attention.
 */
import type { ModelGraphs, VisionGraphs } from "../../../graph/model-graphs.ts";
import { selfAttentionDecoder } from "../../../graph/self-attention-decoder.ts";
import { rotaryFrequencies } from "../../../rotary-frequencies.ts";
import type { MllamaConfig } from "../config.ts";
import { onnxGraphs } from "./onnx/index.ts";
import { packList, parameterNames } from "./parameter-names.ts";
import { patchWidth, visionGraph } from "./vision.ts";
import { type CanvasPlan, canvasPlan } from "./vision-plan.ts";

/** The graphs of a model of these sizes. */
export function mllamaGraphs(config: MllamaConfig): ModelGraphs {
  const { text } = config;
  const frequencies = rotaryFrequencies(text);
  return {
    names: parameterNames(config),
    packs: packList(config),
    rotary: { frequencies, component: new Uint8Array(frequencies.length) },
    decoder: selfAttentionDecoder(text),
    vision: visionGraphs(config),
    onnx: onnxGraphs(config),
  };
}

function visionGraphs(config: MllamaConfig): VisionGraphs<CanvasPlan> {
  return {
    patchWidth: patchWidth(config.vision),
    plan: (grid) => canvasPlan(grid, config),
    whole: (layout, plan, images) => visionGraph(config, layout, plan, images),
  };
}
