/**
 * @module
 * The vision tower for an image or video of any grid: where patches go, their positions and their windows are
 * computed from the grid inside the graph.
 */
import { DynamicGraph, type Value, type WeightType } from "../../../../../tensor/index.ts";
import {
  type Angles,
  affine,
  attend,
  type Build,
  parameter,
  rotate,
  toHeads,
} from "../../../../onnx/layers.ts";
import { sineAndCosine } from "../../../../onnx/sine-cosine.ts";
import type { QwenConfig, TowerConfig } from "../../config.ts";
import { parameterShapes } from "../parameter-names.ts";
import type { QwenParts } from "../parts.ts";
import { isWhole } from "../vision.ts";
import { type PatchSlots, patchSlots } from "./patch-slots.ts";
import { tablePositions } from "./position-taps.ts";
import { normalise, towerFeedForward } from "./tower-layer.ts";

const THETA = 10_000;

/**
 * Inputs: `pixel_values` `[patches, C·T·p·p]` in the processor's order, `grid_thw` `[3]`: frames, rows and columns in
 * patches, frames being temporal patches.
 * Output: `image_features` `[image_tokens, (1 + K)·D]` in raster order, frame by frame: embeddings, and what is added after
 * the decoder's first K layers.
 */
export function visionModel(config: QwenConfig, parts: QwenParts, weightType: WeightType): DynamicGraph {
  const { vision } = config;
  const { deepstackBlocks = [], positionsPerSide } = vision;
  const graph = new DynamicGraph(weightType);
  const build: Build = { graph, shapes: parameterShapes(config, parts) };
  const patchLength = vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2;
  const pixels = graph.input("pixel_values", "float32", ["patches", patchLength]);
  const slots = patchSlots(graph, graph.input("grid_thw", "int64", [3]), vision);
  const placed = graph.node("Gather", [pixels, slots.patch], { axis: 0n });
  let x = affine(build, placed, `${parts.vision}.patch_embed.proj`);
  if (positionsPerSide !== undefined) {
    const table = parameter(build, `${parts.vision}.pos_embed.weight`);
    x = graph.node("Add", [x, tablePositions(graph, table, slots, positionsPerSide)]);
  }

  const angles = axisAngles(graph, slots, vision.hiddenSize / vision.heads);
  const groupings = {
    windows: grouping(graph, angles, slots.hidden, slots.byWindow),
    frames: grouping(graph, angles, slots.hidden, slots.byFrame),
  };
  const early: Value[] = [];
  for (let block = 0; block < vision.depth; block++) {
    const group = isWhole(vision, block) ? groupings.frames : groupings.windows;
    x = visionBlock(build, x, block, vision, parts, group);
    const place = deepstackBlocks.indexOf(block);
    if (place >= 0) {
      const merger = `${parts.vision}.deepstack_merger_list.${place}`;
      early.push(mergePatches(build, x, slots, vision, parts, merger, true));
    }
  }
  const merged = mergePatches(build, x, slots, vision, parts, `${parts.vision}.merger`, false);
  const width = vision.outHiddenSize * (1 + early.length);
  graph.node("Concat", [merged, ...early], { axis: 1n }, "image_features");
  graph.output("image_features", "float32", ["image_tokens", width]);
  return graph;
}

/** Slots taken together, each group attending within itself. */
interface Grouping {
  /** `[2]` groups and slots a group. */
  readonly lead: Value;
  /** `[groups, 1, slots, d/2]` */
  readonly angles: Angles;
  /** `[groups, 1, 1, slots]` */
  readonly bias: Value;
}

function grouping(graph: DynamicGraph, angles: Value, hidden: Value, lead: Value): Grouping {
  const one = graph.integers([1]);
  const [groups, slots] = [0, 1].map((i) =>
    graph.node("Gather", [lead, graph.integers([i])], { axis: 0n }),
  ) as [Value, Value];
  const shaped = (x: Value, ...sizes: Value[]) =>
    graph.node("Reshape", [x, graph.node("Concat", sizes, { axis: 0n })]);
  return {
    lead,
    angles: sineAndCosine(graph, shaped(angles, groups, one, slots, graph.integers([-1]))),
    bias: shaped(hidden, groups, one, one, slots),
  };
}

/** `[slots, d/2]`: d/4 frequencies by row, then d/4 by column. */
function axisAngles(graph: DynamicGraph, { row, column }: PatchSlots, headDim: number): Value {
  const quarter = headDim / 4;
  const data = Float32Array.from({ length: quarter }, (_, i) => THETA ** (-i / quarter));
  const frequencies = graph.floats(data, [quarter]);
  const parts = [row, column].map((axis) => {
    const position = graph.node("Unsqueeze", [graph.node("Cast", [axis], { to: 1n }), graph.integers([1])]);
    return graph.node("Mul", [position, frequencies]);
  });
  return graph.node("Concat", parts, { axis: 1n });
}

function visionBlock(
  build: Build,
  x: Value,
  block: number,
  { heads, hiddenSize }: TowerConfig,
  parts: QwenParts,
  { lead, angles, bias }: Grouping,
): Value {
  const { graph } = build;
  const width = hiddenSize / heads;
  const name = `${parts.vision}.blocks.${block}`;
  const normal = normalise(build, x, `${name}.norm1`);
  const projected = affine(build, normal, `${name}.attn.qkv`);
  const [query, key, value] = graph
    .split(projected, [hiddenSize, hiddenSize, hiddenSize], 1)
    .map((rows) => toHeads(graph, rows, lead, heads, width)) as [Value, Value, Value];
  const turn = (values: Value) => rotate(graph, values, angles, width);
  const { rows } = attend(graph, turn(query), turn(key), value, bias, { heads, kvHeads: heads, width });
  const attended = graph.node("Add", [x, affine(build, rows, `${name}.attn.proj`)]);
  const inner = normalise(build, attended, `${name}.norm2`);
  return graph.node("Add", [attended, towerFeedForward(build, inner, `${name}.mlp`, parts)]);
}

/** Joins the patches of a unit to one token and puts tokens in raster order, `[image_tokens, D]`. */
function mergePatches(
  build: Build,
  x: Value,
  slots: PatchSlots,
  { hiddenSize, spatialMergeSize }: TowerConfig,
  { tower }: QwenParts,
  name: string,
  normsJoined: boolean,
): Value {
  const { graph } = build;
  const { norm, up, down } = tower.merger;
  const join = (rows: Value) =>
    graph.node("Reshape", [rows, graph.integers([-1, hiddenSize * spatialMergeSize ** 2])]);
  const normal = (rows: Value) => normalise(build, rows, `${name}.${norm}`);
  const joined = normsJoined ? normal(join(x)) : join(normal(x));
  const inner = graph.node("Gelu", [affine(build, joined, `${name}.${up}`)], { approximate: "none" });
  const merged = affine(build, inner, `${name}.${down}`);
  return graph.node("Gather", [merged, slots.rasterOrder], { axis: 0n });
}
