/**
 * @module
 * The graph side of the Qwen-VL line: a ViT before a decoder whose text and images attend to each other.
 */
import type { ModelGraphs } from "../../../graph/model-graphs.ts";
import { selfAttentionDecoder } from "../../../graph/self-attention-decoder.ts";
import { rotaryFrequencies } from "../../../rotary-frequencies.ts";
import type { QwenConfig } from "../config.ts";
import { onnxGraphs } from "./onnx/index.ts";
import { packList } from "./packs.ts";
import { parameterNames } from "./parameter-names.ts";
import type { QwenParts } from "./parts.ts";
import { rotaryComponents } from "./rotary-components.ts";
import { visionGraphs } from "./vision-graphs.ts";

/**
 * The graphs of a model of these sizes.
 *
 * @param videoGuide explains to users of an export how the positions of a video's features follow
 */
export function qwenGraphs(config: QwenConfig, parts: QwenParts, videoGuide: string): ModelGraphs {
  const { text } = config;
  const rotary = { frequencies: rotaryFrequencies(text), component: rotaryComponents(text, parts) };
  return {
    names: parameterNames(config, parts),
    packs: packList(config, parts),
    rotary,
    decoder: selfAttentionDecoder(text),
    vision: visionGraphs(config.vision, parts),
    onnx: onnxGraphs(config, parts, rotary, videoGuide),
  };
}
