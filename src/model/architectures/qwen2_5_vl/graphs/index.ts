/**
 * @module
 * Qwen2.5-VL's graph side (arXiv:2502.13923): a window-attention ViT before the self-attention decoder.
 */
import type { ModelGraphs } from "../../../graph/model-graphs.ts";
import { qwenGraphs } from "../../qwen/graphs/index.ts";
import type { QwenParts } from "../../qwen/graphs/parts.ts";
import type { Qwen25Config } from "../config.ts";

const PARTS: QwenParts = {
  vision: "visual",
  tower: {
    norm: "rms",
    patchBias: false,
    mlp: { gate: "gate_proj", up: "up_proj", down: "down_proj" },
    activation: "silu",
    merger: { norm: "ln_q", up: "mlp.0", down: "mlp.2" },
  },
  decoder: { prefix: "model", projectionBiases: true },
  rotary: "sections",
};

/** The graphs of a model of these sizes. */
export function qwen25VlGraphs(config: Qwen25Config): ModelGraphs {
  const { tokensPerSecond } = config.vision;
  const frame = `⌊frame · ${tokensPerSecond} · seconds between temporal patches⌋`;
  return qwenGraphs(config, PARTS, `for a video, frame is ${frame}`);
}
