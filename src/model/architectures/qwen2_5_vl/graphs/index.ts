/**
 * @module
 * Qwen2.5-VL's graph side (arXiv:2502.13923): a window-attention ViT before the self-attention decoder.
 */
import type { ModelGraphs, VisionGraphs } from "../../../graph/model-graphs.ts";
import { selfAttentionDecoder } from "../../../graph/self-attention-decoder.ts";
import { rotaryFrequencies } from "../../../rotary-frequencies.ts";
import type { QwenConfig } from "../config.ts";
import { onnxGraphs } from "./onnx/index.ts";
import { packList } from "./packs.ts";
import { parameterNames } from "./parameter-names.ts";
import { streamedVisionGraph, visionStages } from "./streamed-vision.ts";
import { visionGraph } from "./vision.ts";
import { type VisionPlan, visionPlan } from "./vision-plan.ts";

/** The graphs of a model of these sizes. */
export function qwen25VlGraphs(config: QwenConfig): ModelGraphs {
  const { text } = config;
  return {
    names: parameterNames(config),
    packs: packList(config),
    rotary: {
      frequencies: rotaryFrequencies(text),
      component: Uint8Array.from(
        text.mropeSection.flatMap((count, component) => new Array<number>(count).fill(component)),
      ),
    },
    decoder: selfAttentionDecoder(text),
    vision: visionGraphs(config),
    onnx: onnxGraphs(config),
  };
}

function visionGraphs(config: QwenConfig): VisionGraphs<VisionPlan> {
  const { vision } = config;
  return {
    patchWidth: vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2,
    stages: visionStages(vision),
    plan: (grid) => visionPlan(grid, vision),
    whole: (layout, plan, frames) => visionGraph(config, layout, plan, frames),
    piece: (layout, plan, frames, kind) => streamedVisionGraph(config, layout, plan, frames, kind),
  };
}
