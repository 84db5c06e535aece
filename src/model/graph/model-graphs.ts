/**
 * @module
 * The interface of an architecture to the local engine: names of parameters, and graphs of the decoder, of
 * the vision tower and for export. Opened for a model by `graphsOf`.
 */
import type { DynamicGraph, Graph, Tensor, WeightType } from "../../tensor/index.ts";
import type { OnnxManifest } from "../onnx/manifest.ts";
import type { ParameterNames } from "../parameters.ts";
import type { BatchShape } from "./batch-shape.ts";
import type { DecodeStepGraph } from "./decode-step.ts";
import type { HeadGraph } from "./distribution.ts";
import type { GraphParameters, Pack, ParameterLayout } from "./parameters.ts";
import type { PrefillGraph } from "./prefill.ts";
import type { Quantised, StepPiece } from "./quantised-step.ts";
import type { StreamedLayer } from "./streamed-decoder.ts";
import type { TeacherForcedGraph, TeacherForcedOptions } from "./teacher-forced.ts";

/** Where the patches of one frame go. */
export interface FramePlan {
  /** Patch slots of a frame, padding included. */
  readonly slots: number;
  /** Tokens that the tower makes of a frame. */
  readonly tokens: number;
  /** `[slots]` index of the patch in the processor's order; 0 for padding, where `real` is 0. */
  readonly patch: Int32Array;
  /** `[slots]` 1 where a slot holds a patch. */
  readonly real: Uint8Array;
}

/** The whole tower. Input: `patches` `[F · slots, C·T·p·p]`, normalised pixels in the plan's slots. */
export interface VisionGraph {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  /** The rows that go into each block, `[F · slots, D_v]`: everything else follows from them. */
  readonly blockInputs: readonly Tensor[];
  /** `[F · tokens, (1 + K)·D]` in raster order: embeddings, and what is added after the decoder's first K layers. */
  readonly embeddings: Tensor;
}

/** A kind of step through the tower, and the block whose parameters it takes. */
export interface VisionStage {
  readonly kind: string;
  readonly block: number;
  /**
   * The feature for later layers that is the output, from 0 on; absent if the output is the rows that continue, or
   * the tokens.
   */
  readonly later?: number;
}

/** A piece of the tower; its input is `x`. */
export interface VisionPiece {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  readonly y: Tensor;
}

/** The vision tower in steps, for weights that are read when their turn comes. */
export interface StreamedVision<P extends FramePlan = FramePlan> {
  readonly stages: readonly VisionStage[];
  /** One kind of stage, with the packs of block 0. */
  piece(layout: ParameterLayout, plan: P, frames: number, kind: VisionStage["kind"]): VisionPiece;
}

/** The vision tower, frame by frame. */
export interface VisionGraphs<P extends FramePlan = FramePlan> {
  /** Numbers of a patch, C·T·p·p. */
  readonly patchWidth: number;
  /** Absent where it is not built; such a model's weights cannot be streamed. */
  readonly streamed?: StreamedVision<P>;
  /** @param grid rows and columns of a frame in patches */
  plan(grid: readonly [rows: number, columns: number]): P;
  /** @param frames F, of one plan */
  whole(layout: ParameterLayout, plan: P, frames: number): VisionGraph;
}

/** The decoder: every architecture has the same input rows and the same outputs. */
export interface DecoderGraphs {
  /** @param imageLength slots of image keys a prompt, for cross-attention; 0 unless given */
  prefill(layout: ParameterLayout, prompts: number, length: number, imageLength?: number): PrefillGraph;
  decodeStep(layout: ParameterLayout, batch: BatchShape): DecodeStepGraph;
  /** A stage of the step in pieces, 0 to L. */
  stage(layout: ParameterLayout, stage: number, quantised: Quantised): StepPiece;
  /** Attention between two stages. */
  stepAttention(layout: ParameterLayout, batch: BatchShape): StepPiece;
  teacherForced(
    layout: ParameterLayout,
    batch: BatchShape,
    options?: TeacherForcedOptions,
  ): TeacherForcedGraph;
  /** @param hidden `[N, D]`, of `TeacherForcedGraph.hidden` */
  head(hidden: Tensor, parameters: GraphParameters): HeadGraph;
  /**
   * One layer, with the packs of layer 0.
   *
   * @param deepstack features of images, the input `more` `[N, D]`, are added to what comes out
   */
  streamedLayer(
    layout: ParameterLayout,
    batch: BatchShape,
    last: boolean,
    deepstack?: boolean,
  ): StreamedLayer;
}

/** Rotary angles of a position: frequency i times component `component[i]`. */
export interface RotaryFrequencies {
  /** `[d/2]` */
  readonly frequencies: Float32Array;
  /** `[d/2]` which component of a position each frequency follows. */
  readonly component: Uint8Array;
}

/** Graphs that run without Fovea, and what is said of them. */
export interface OnnxGraphs {
  vision(weightType: WeightType): DynamicGraph;
  embedding(weightType: WeightType): DynamicGraph;
  /** @param attentionLayers how many of the last layers' attention it returns */
  decoder(weightType: WeightType, attentionLayers: number): DynamicGraph;
  readonly tokens: Pick<OnnxManifest["tokens"], "image" | "video" | "neverSampled">;
  /** The meaning of each input and output, by its name without the number of the layer. */
  readonly meanings: Readonly<Record<string, string>>;
  /** How to run the graphs, in Markdown. */
  guide(manifest: OnnxManifest): string;
}

/** All that runs a model. */
export interface ModelGraphs {
  readonly names: ParameterNames;
  readonly packs: readonly Pack[];
  readonly rotary: RotaryFrequencies;
  readonly decoder: DecoderGraphs;
  readonly vision: VisionGraphs;
  readonly onnx: OnnxGraphs;
}
