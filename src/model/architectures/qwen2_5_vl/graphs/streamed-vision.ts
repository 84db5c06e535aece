/**
 * @module
 * The vision tower in pieces: patches in, blocks one after another through one graph of each kind, tokens out.
 */
import { Graph } from "../../../../tensor/index.ts";
import type { VisionPiece, VisionStage } from "../../../graph/model-graphs.ts";
import { GraphParameters, type ParameterLayout } from "../../../graph/parameters.ts";
import type { QwenConfig, VisionConfig } from "../config.ts";
import { embedPatches, mergePatches, patchShape, visionAngles, visionBlock } from "./vision.ts";
import type { VisionPlan } from "./vision-plan.ts";

/** Patches, blocks within windows or over whole frames, merger. */
export function visionStages({ depth, fullAttentionBlocks }: VisionConfig): VisionStage[] {
  const kind = (block: number) => (fullAttentionBlocks.includes(block) ? "whole" : "windows");
  const blocks = Array.from({ length: depth }, (_, block) => ({ kind: kind(block), block }));
  return [{ kind: "patches", block: 0 }, ...blocks, { kind: "merger", block: 0 }];
}

/**
 * Patches `[F · slots, C·T·p·p]` to rows `[F · slots, D_v]`; a block with the packs of block 0; rows to tokens
 * `[F · units, D]` in raster order.
 *
 * @param stage `patches`, `windows`, `whole` or `merger`
 */
export function streamedVisionGraph(
  config: QwenConfig,
  layout: ParameterLayout,
  plan: VisionPlan,
  frames: number,
  stage: VisionStage["kind"],
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
