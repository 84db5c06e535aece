/**
 * @module
 * The decoder whose tokens attend to each other: grouped-query attention, rotary positions, SwiGLU. Some of its layers may
 * read images by cross-attention instead.
 */
import type { TextConfig } from "../config.ts";
import { decodeStepGraph } from "./decode-step.ts";
import { headGraph } from "./distribution.ts";
import type { DecoderGraphs } from "./model-graphs.ts";
import { prefillGraph } from "./prefill.ts";
import { stageGraph, stepAttentionGraph } from "./quantised-step.ts";
import { streamedLayerGraph } from "./streamed-decoder.ts";
import { teacherForcedGraph } from "./teacher-forced.ts";

/** The graphs of a decoder of these sizes. */
export function selfAttentionDecoder(text: TextConfig): DecoderGraphs {
  return {
    prefill: (layout, prompts, length, imageLength) =>
      prefillGraph(text, layout, prompts, length, imageLength),
    decodeStep: (layout, batch) => decodeStepGraph(text, layout, batch),
    stage: (layout, stage, quantised) => stageGraph(text, layout, stage, quantised),
    stepAttention: (layout, batch) => stepAttentionGraph(text, layout, batch),
    teacherForced: (layout, batch, options) => teacherForcedGraph(text, layout, batch, options),
    head: (hidden, parameters) => headGraph(hidden, parameters, text),
    streamedLayer: (layout, batch, last, deepstack) =>
      streamedLayerGraph(text, layout, batch, last, deepstack),
  };
}
