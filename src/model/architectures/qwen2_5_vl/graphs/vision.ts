/**
 * @module
 * The vision tower: patches to merged image tokens, for frames that share one grid.
 *
 * Patches come in window order. Windows at an image's edge may be shorter than the others; they are padded to the
 * longest, and the padding is hidden from attention. Images without ragged windows carry no padding at all.
 */
import {
  add,
  attention,
  Graph,
  gatherRows,
  gelu,
  linear,
  reshape,
  rmsNorm,
  rotary,
  split,
  type Tensor,
} from "../../../../tensor/index.ts";
import { affine, feedForward, fromHeads, toHeads } from "../../../graph/layer.ts";
import { HIDDEN } from "../../../graph/mask.ts";
import type { VisionGraph } from "../../../graph/model-graphs.ts";
import { GraphParameters, type ParameterLayout } from "../../../graph/parameters.ts";
import type { QwenConfig } from "../config.ts";
import type { VisionPlan } from "./vision-plan.ts";

const EPSILON = 1e-6;

/**
 * Inputs: `patches` `[F · slots, C·T·p·p]`, normalised pixels in the plan's slots.
 *
 * @param frames F, images of one grid (a video has one frame per temporal patch)
 */
export function visionGraph(
  config: QwenConfig,
  layout: ParameterLayout,
  plan: VisionPlan,
  frames: number,
): VisionGraph {
  const { vision } = config;
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const angles = visionAngles(graph, config, plan, frames);
  let x = embedPatches(parameters, graph.input("patches", patchShape(config, plan, frames)));
  for (let block = 0; block < vision.depth; block++) {
    const whole = vision.fullAttentionBlocks.includes(block);
    x = visionBlock(x, parameters, block, config, plan, frames, whole, angles);
  }
  return { graph, parameters, embeddings: mergePatches(x, parameters, config, plan, frames) };
}

/** `[F · slots, C·T·p·p]` */
export function patchShape({ vision }: QwenConfig, plan: VisionPlan, frames: number): [number, number] {
  return [frames * plan.slots, vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2];
}

/** Patches to rows of the tower, `[F · slots, D_v]`. */
export function embedPatches(parameters: GraphParameters, patches: Tensor): Tensor {
  return linear(patches, parameters.pack("vision.patch"));
}

/** Rotary angles of all slots. */
export function visionAngles(graph: Graph, { vision }: QwenConfig, plan: VisionPlan, frames: number): Angles {
  const half = vision.hiddenSize / vision.heads / 2;
  return {
    cosine: repeatedAngles(graph, plan.cosine, plan, frames, half),
    sine: repeatedAngles(graph, plan.sine, plan, frames, half),
  };
}

/**
 * One block.
 *
 * @param block whose parameters it has
 * @param whole it attends over whole frames, not within windows
 */
export function visionBlock(
  x: Tensor,
  parameters: GraphParameters,
  block: number,
  config: QwenConfig,
  plan: VisionPlan,
  frames: number,
  whole: boolean,
  angles: Angles,
): Tensor {
  const prefix = `vision.${block}`;
  return x.graph.scope(`vision block ${block}`, () => {
    const attended = visionAttention(x, parameters, prefix, config, plan, frames, whole, angles);
    return feedForward(add(x, attended), parameters, prefix, EPSILON);
  });
}

/** Joins patches to tokens of the decoder's width, `[F · units, D]` in raster order. */
export function mergePatches(
  x: Tensor,
  parameters: GraphParameters,
  { vision }: QwenConfig,
  plan: VisionPlan,
  frames: number,
): Tensor {
  return x.graph.scope("patch merger", () => {
    const unit = vision.spatialMergeSize ** 2;
    const normal = rmsNorm(x, parameters.pack("vision.merger.norm"), EPSILON);
    const joined = reshape(normal, [x.shape[0]! / unit, vision.hiddenSize * unit]);
    const up = gelu(affine(joined, parameters, "vision.merger.up"));
    const merged = affine(up, parameters, "vision.merger.down");
    return gatherRows(merged, rasterOrder(x.graph, plan, frames));
  });
}

interface Angles {
  readonly cosine: Tensor;
  readonly sine: Tensor;
}

function visionAttention(
  x: Tensor,
  parameters: GraphParameters,
  prefix: string,
  config: QwenConfig,
  plan: VisionPlan,
  frames: number,
  whole: boolean,
  { cosine, sine }: Angles,
): Tensor {
  const { heads, hiddenSize } = config.vision;
  const rows = x.shape[0]!;
  const groups = whole ? frames : frames * plan.windows;
  const normal = rmsNorm(x, parameters.pack(`${prefix}.attentionNorm`), EPSILON);
  const qkv = affine(normal, parameters, `${prefix}.qkv`);
  const [queryKey, value] = split(qkv, [2 * hiddenSize, hiddenSize], 1) as [Tensor, Tensor];
  const rotated = reshape(rotary(reshape(queryKey, [1, rows, 2 * hiddenSize]), cosine, sine, 2 * heads), [
    rows,
    2 * hiddenSize,
  ]);
  const [query, key] = split(toHeads(rotated, groups, 2 * heads), [heads, heads], 1) as [Tensor, Tensor];
  const mask = keyMask(x.graph, plan, frames, whole);
  const scale = 1 / Math.sqrt(hiddenSize / heads);
  const { output } = attention(query, key, toHeads(value, groups, heads), scale, mask);
  return affine(fromHeads(output), parameters, `${prefix}.output`);
}

/** Hides padding slots, `[F·W or F, 1, 1, keys]`; nothing where no window is ragged. */
function keyMask(graph: Graph, plan: VisionPlan, frames: number, whole: boolean): Tensor | undefined {
  if (!plan.real.includes(0)) {
    return undefined;
  }
  const data = new Float32Array(frames * plan.slots);
  for (let i = 0; i < data.length; i++) {
    data[i] = plan.real[i % plan.slots] === 1 ? 0 : HIDDEN;
  }
  const groups = whole ? frames : frames * plan.windows;
  return graph.constant(data, [groups, 1, 1, data.length / groups]);
}

function repeatedAngles(
  graph: Graph,
  angles: Float32Array,
  plan: VisionPlan,
  frames: number,
  half: number,
): Tensor {
  const data = new Float32Array(frames * angles.length);
  for (let frame = 0; frame < frames; frame++) {
    data.set(angles, frame * angles.length);
  }
  return graph.constant(data, [1, frames * plan.slots, half]);
}

/** Row of each merged token, frame by frame, in raster order. */
function rasterOrder(graph: Graph, plan: VisionPlan, frames: number): Tensor {
  const units = plan.unitSlot.length;
  const unitsPadded = plan.slots / plan.patchesPerUnit;
  const order = new BigInt64Array(frames * units);
  for (let i = 0; i < order.length; i++) {
    order[i] = BigInt(Math.floor(i / units) * unitsPadded + plan.unitSlot[i % units]!);
  }
  return graph.constant(order, [order.length]);
}
