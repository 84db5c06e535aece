/**
 * @module
 * Qwen2-VL's graph side (arXiv:2409.12191): a ViT over whole frames before the self-attention decoder.
 */
import type { ModelGraphs } from "../../../graph/model-graphs.ts";
import { qwenGraphs } from "../../qwen/graphs/index.ts";
import type { QwenParts } from "../../qwen/graphs/parts.ts";
import type { Qwen2Config } from "../config.ts";

const PARTS: QwenParts = {
  vision: "visual",
  tower: {
    norm: "layer",
    patchBias: false,
    mlp: { up: "fc1", down: "fc2" },
    activation: "quick-gelu",
    merger: { norm: "ln_q", up: "mlp.0", down: "mlp.2" },
  },
  decoder: { prefix: "model", projectionBiases: true },
  rotary: "sections",
};

/** The graphs of a model of these sizes. */
export function qwen2VlGraphs(config: Qwen2Config): ModelGraphs {
  return qwenGraphs(config, PARTS, "frames of a video are temporal patches");
}
