/**
 * @module
 * The vision tower as a whole, and in pieces for weights that are read when their turn comes. In pieces, patches go
 * in, blocks run one after another through one graph of each kind, and tokens come out.
 */
import { concatenate, Graph, type Tensor } from "../../../../tensor/index.ts";
import type { VisionGraph, VisionGraphs, VisionPiece, VisionStage } from "../../../graph/model-graphs.ts";
import { GraphParameters, type ParameterLayout } from "../../../graph/parameters.ts";
import type { TowerConfig } from "../config.ts";
import type { QwenParts } from "./parts.ts";
import {
  embedPatches,
  isWhole,
  mergePatches,
  patchShape,
  type Tower,
  towerAngles,
  visionBlock,
} from "./vision.ts";
import { type VisionPlan, visionPlan } from "./vision-plan.ts";

/** The tower of a model of these sizes. */
export function visionGraphs(config: TowerConfig, parts: QwenParts): VisionGraphs<VisionPlan> {
  return {
    patchWidth: config.inChannels * config.temporalPatchSize * config.patchSize ** 2,
    plan: (grid) => visionPlan(grid, config),
    whole: (layout, plan, frames) => visionGraph({ config, parts, plan, frames }, layout),
    streamed: {
      stages: visionStages(config),
      piece: (layout, plan, frames, kind) => visionPiece({ config, parts, plan, frames }, layout, kind),
    },
  };
}

/** Input: `patches` `[F · slots, C·T·p·p]`, normalised pixels in the plan's slots. */
function visionGraph(tower: Tower, layout: ParameterLayout): VisionGraph {
  const { config } = tower;
  const { deepstackBlocks = [] } = config;
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const angles = towerAngles(graph, tower);
  const early: Tensor[] = [];
  const blockInputs: Tensor[] = [];
  let x = embedPatches(graph.input("patches", patchShape(tower)), parameters, tower);
  for (let block = 0; block < config.depth; block++) {
    blockInputs.push(x);
    x = visionBlock(x, parameters, block, tower, isWhole(config, block), angles);
    const place = deepstackBlocks.indexOf(block);
    if (place >= 0) early.push(mergePatches(x, parameters, `vision.${place}.deepstack`, tower, true));
  }
  const merged = mergePatches(x, parameters, "vision.merger", tower, false);
  const embeddings = early.length === 0 ? merged : concatenate([merged, ...early], 1);
  return { graph, parameters, blockInputs, embeddings };
}

/** Patches, blocks within windows or over whole frames, mergers. */
function visionStages(config: TowerConfig): VisionStage[] {
  const { depth, deepstackBlocks = [] } = config;
  const blocks = Array.from({ length: depth }, (_, block): VisionStage[] => {
    const place = deepstackBlocks.indexOf(block);
    const own: VisionStage = { kind: isWhole(config, block) ? "whole" : "windows", block };
    return place < 0 ? [own] : [own, { kind: "deepstack", block: place, later: place }];
  });
  return [{ kind: "patches", block: 0 }, ...blocks.flat(), { kind: "merger", block: 0 }];
}

/**
 * Patches `[F · slots, C·T·p·p]` to rows `[F · slots, D_v]`; a block with the packs of block 0; rows to tokens
 * `[F · units, D]` in raster order.
 *
 * @param kind `patches`, `windows`, `whole`, `deepstack` or `merger`
 */
function visionPiece(tower: Tower, layout: ParameterLayout, kind: VisionStage["kind"]): VisionPiece {
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  if (kind === "patches") {
    const y = embedPatches(graph.input("x", patchShape(tower)), parameters, tower);
    return { graph, parameters, y };
  }
  const x = graph.input("x", [tower.frames * tower.plan.slots, tower.config.hiddenSize]);
  if (kind === "merger" || kind === "deepstack") {
    const packs = kind === "merger" ? "vision.merger" : "vision.0.deepstack";
    return { graph, parameters, y: mergePatches(x, parameters, packs, tower, kind === "deepstack") };
  }
  const y = visionBlock(x, parameters, 0, tower, kind === "whole", towerAngles(graph, tower));
  return { graph, parameters, y };
}
