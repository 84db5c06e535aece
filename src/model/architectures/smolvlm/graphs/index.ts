/**
 * @module
 * The graph side of SmolVLM2 (arXiv:2504.05299) and Idefics3 (arXiv:2408.12637): SigLIP before a Llama decoder.
 */
import type { ModelGraphs, VisionGraphs } from "../../../graph/model-graphs.ts";
import { selfAttentionDecoder } from "../../../graph/self-attention-decoder.ts";
import { rotaryFrequencies } from "../../../rotary-frequencies.ts";
import type { SmolConfig } from "../config.ts";
import { onnxGraphs } from "./onnx/index.ts";
import { packList, parameterNames } from "./parameter-names.ts";
import { patchWidth, streamedVisionGraph, visionGraph, visionStages } from "./vision.ts";
import { type TilePlan, tilePlan } from "./vision-plan.ts";

/** The graphs of a model of these sizes. */
export function smolGraphs(config: SmolConfig): ModelGraphs {
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

function visionGraphs(config: SmolConfig): VisionGraphs<TilePlan> {
  const { vision } = config;
  return {
    patchWidth: patchWidth(vision),
    plan: (grid) => tilePlan(grid, config),
    whole: (layout, plan, frames) => visionGraph(config, layout, plan, frames),
    streamed: {
      stages: visionStages(vision),
      piece: (layout, plan, frames, kind) => streamedVisionGraph(config, layout, plan, frames, kind),
    },
  };
}
