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
  gatedLayers,
  parameter,
  rmsNorm,
  rotate,
  toHeads,
} from "../../../../onnx/layers.ts";
import { sineAndCosine } from "../../../../onnx/sine-cosine.ts";
import type { QwenConfig } from "../../config.ts";
import { parameterShapes } from "../parameter-names.ts";
import { type PatchSlots, patchSlots } from "./patch-slots.ts";

const EPSILON = 1e-6;
const THETA = 10_000;

/**
 * Inputs: `pixel_values` `[patches, C·T·p·p]` in the processor's order, `grid_thw` `[3]`: frames, rows and columns in
 * patches, frames being temporal patches.
 * Output: `image_features` `[image_tokens, D]` in raster order, frame by frame.
 */
export function visionModel(config: QwenConfig, weightType: WeightType): DynamicGraph {
  const { vision } = config;
  const graph = new DynamicGraph(weightType);
  const build: Build = { graph, shapes: parameterShapes(config) };
  const patchLength = vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2;
  const pixels = graph.input("pixel_values", "float32", ["patches", patchLength]);
  const slots = patchSlots(graph, graph.input("grid_thw", "int64", [3]), vision);
  const kernel = parameter(build, "visual.patch_embed.proj.weight");
  const placed = graph.node("Gather", [pixels, slots.patch], { axis: 0n });
  let x = graph.node("Gemm", [placed, kernel], { transB: 1n });

  const angles = axisAngles(graph, slots, vision.hiddenSize / vision.heads);
  const groupings = {
    windows: grouping(graph, angles, slots.hidden, slots.byWindow),
    frames: grouping(graph, angles, slots.hidden, slots.byFrame),
  };
  for (let block = 0; block < vision.depth; block++) {
    const isWhole = vision.fullAttentionBlocks.includes(block);
    x = visionBlock(build, x, block, config, isWhole ? groupings.frames : groupings.windows);
  }
  mergePatches(build, x, slots, config);
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
  { vision }: QwenConfig,
  { lead, angles, bias }: Grouping,
): Value {
  const { graph } = build;
  const { heads, hiddenSize } = vision;
  const width = hiddenSize / heads;
  const name = `visual.blocks.${block}`;
  const normal = rmsNorm(build, x, `${name}.norm1`, EPSILON);
  const projected = affine(build, normal, `${name}.attn.qkv`);
  const [query, key, value] = graph
    .split(projected, [hiddenSize, hiddenSize, hiddenSize], 1)
    .map((rows) => toHeads(graph, rows, lead, heads, width)) as [Value, Value, Value];
  const turn = (values: Value) => rotate(graph, values, angles, width);
  const { rows } = attend(graph, turn(query), turn(key), value, bias, { heads, kvHeads: heads, width });
  const attended = graph.node("Add", [x, affine(build, rows, `${name}.attn.proj`)]);
  const inner = rmsNorm(build, attended, `${name}.norm2`, EPSILON);
  return graph.node("Add", [attended, gatedLayers(build, inner, `${name}.mlp`)]);
}

/** Joins the patches of a unit to one token and puts tokens in raster order. */
function mergePatches(build: Build, x: Value, slots: PatchSlots, { vision }: QwenConfig): void {
  const { graph } = build;
  const width = vision.hiddenSize * vision.spatialMergeSize ** 2;
  const normal = rmsNorm(build, x, "visual.merger.ln_q", EPSILON);
  const joined = graph.node("Reshape", [normal, graph.integers([-1, width])]);
  const up = graph.node("Gelu", [affine(build, joined, "visual.merger.mlp.0")], { approximate: "none" });
  const merged = affine(build, up, "visual.merger.mlp.2");
  graph.node("Gather", [merged, slots.rasterOrder], { axis: 0n }, "image_features");
  graph.output("image_features", "float32", ["image_tokens", vision.outHiddenSize]);
}
