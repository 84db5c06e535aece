/**
 * @module
 * The vision tower in pieces: patches in, blocks one after another through one graph of each kind, tokens out.
 */
import { Graph, type Tensor } from "../../tensor/index.ts";
import type { ModelConfig } from "../config.ts";
import { GraphParameters, type ParameterLayout } from "./parameters.ts";
import { embedPatches, mergePatches, patchShape, visionAngles, visionBlock } from "./vision.ts";
import type { VisionPlan } from "./vision-plan.ts";

/** A piece of the tower; its input is `x`. */
export interface VisionPiece {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  readonly y: Tensor;
}

/**
 * Patches `[F · slots, C·T·p·p]` to rows `[F · slots, D_v]`; a block with the packs of block 0, within windows or over
 * whole frames; rows to tokens `[F · units, D]` in raster order.
 */
export type VisionStage = "patches" | "windows" | "whole" | "merger";

export function streamedVisionGraph(
  config: ModelConfig,
  layout: ParameterLayout,
  plan: VisionPlan,
  frames: number,
  stage: VisionStage,
): VisionPiece {
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  if (stage === "patches") {
    const y = embedPatches(parameters, graph.input("x", patchShape(config, plan, frames)));
    return { graph, parameters, y };
  }
  const x = graph.input("x", [frames * plan.slots, config.vision.hiddenSize]);
  if (stage === "merger") {
    return { graph, parameters, y: mergePatches(x, parameters, config, plan, frames) };
  }
  const angles = visionAngles(graph, config, plan, frames);
  const y = visionBlock(x, parameters, 0, config, plan, frames, stage === "whole", angles);
  return { graph, parameters, y };
}
