/**
 * @module
 * Qwen3-VL's graph side (arXiv:2511.21631): a ViT with an interpolated table of positions, whose blocks feed the decoder's
 * first layers too, before a self-attention decoder with normalised queries and keys.
 */
import type { ModelGraphs } from "../../../graph/model-graphs.ts";
import { qwenGraphs } from "../../qwen/graphs/index.ts";
import type { QwenParts } from "../../qwen/graphs/parts.ts";
import type { Qwen3Config } from "../config.ts";

const PARTS: QwenParts = {
  vision: "model.visual",
  tower: {
    norm: "layer",
    patchBias: true,
    mlp: { up: "linear_fc1", down: "linear_fc2" },
    activation: "gelu-tanh",
    merger: { norm: "norm", up: "linear_fc1", down: "linear_fc2" },
  },
  decoder: { prefix: "model.language_model", projectionBiases: false, headNorms: true },
  rotary: "interleaved",
};

/** The graphs of a model of these sizes. */
export function qwen3VlGraphs(config: Qwen3Config): ModelGraphs {
  return qwenGraphs(
    config,
    PARTS,
    "each temporal patch of a video is an image of its own, behind its time and between its own marks, as in `<0.3 seconds>`",
  );
}
