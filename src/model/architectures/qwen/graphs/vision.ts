/**
 * @module
 * The vision tower: patches to merged image tokens, for frames that share one grid.
 *
 * Patches come in window order. Windows at an image's edge may be shorter than the others; they are padded to the
 * longest, and the padding is hidden from attention. Images without ragged windows carry no padding at all.
 */
import {
  add,
  concatenate,
  type Graph,
  gatherRows,
  gelu,
  linear,
  multiply,
  reshape,
  rotary,
  split,
  sum,
  type Tensor,
} from "../../../../tensor/index.ts";
import { affine, fromHeads, toHeads } from "../../../graph/layer.ts";
import { HIDDEN } from "../../../graph/mask.ts";
import type { GraphParameters } from "../../../graph/parameters.ts";
import { stretchedAttention } from "../../../graph/stretched-attention.ts";
import type { TowerConfig } from "../config.ts";
import type { QwenParts } from "./parts.ts";
import { TAPS } from "./position-table.ts";
import { normalise, towerFeedForward } from "./tower-layer.ts";
import type { VisionPlan } from "./vision-plan.ts";

/** A tower for F frames of one grid; a video has one frame for each temporal patch. */
export interface Tower {
  readonly config: TowerConfig;
  readonly parts: QwenParts;
  readonly plan: VisionPlan;
  readonly frames: number;
}

/** Rotary angles of all slots, `[1, F · slots, d/2]` both. */
export interface TowerAngles {
  readonly cosine: Tensor;
  readonly sine: Tensor;
}

/** `[F · slots, C·T·p·p]` */
export function patchShape({ config, plan, frames }: Tower): [number, number] {
  return [frames * plan.slots, config.inChannels * config.temporalPatchSize * config.patchSize ** 2];
}

/** Patches to rows of the tower, `[F · slots, D_v]`: their projection, and where there is a table, their positions. */
export function embedPatches(patches: Tensor, parameters: GraphParameters, tower: Tower): Tensor {
  const weight = parameters.pack("vision.patch");
  const rows = parameters.has("vision.patch.bias")
    ? linear(patches, weight, parameters.pack("vision.patch.bias"))
    : linear(patches, weight);
  return tower.plan.positions === undefined ? rows : add(rows, tablePositions(parameters, tower, rows));
}

/** `[F · slots, D_v]` of the table's entries around each patch, weighted; the same in every frame. */
function tablePositions(parameters: GraphParameters, { plan, frames }: Tower, rows: Tensor): Tensor {
  const { graph } = rows;
  const width = rows.shape[1]!;
  const { entry, weight } = plan.positions!;
  const indices = graph.constant(BigInt64Array.from(entry, BigInt), [entry.length]);
  const read = reshape(gatherRows(parameters.pack("vision.positions"), indices), [plan.slots, TAPS, width]);
  const shares = graph.constant(weight, [plan.slots, TAPS, 1]);
  const frame = reshape(sum(multiply(read, shares), [1]), [plan.slots, width]);
  return frames === 1 ? frame : concatenate(new Array<Tensor>(frames).fill(frame), 0);
}

/** Rotary angles of all slots. */
export function towerAngles(graph: Graph, { config, plan, frames }: Tower): TowerAngles {
  const half = config.hiddenSize / config.heads / 2;
  const repeated = (angles: Float32Array) => {
    const data = new Float32Array(frames * angles.length);
    for (let frame = 0; frame < frames; frame++) data.set(angles, frame * angles.length);
    return graph.constant(data, [1, frames * plan.slots, half]);
  };
  return { cosine: repeated(plan.cosine), sine: repeated(plan.sine) };
}

/** Whether a block attends over whole frames, not within windows. */
export function isWhole({ windowSize, fullAttentionBlocks = [] }: TowerConfig, block: number): boolean {
  return windowSize === undefined || fullAttentionBlocks.includes(block);
}

/**
 * One block.
 *
 * @param block whose parameters it has
 * @param whole it attends over whole frames
 */
export function visionBlock(
  x: Tensor,
  parameters: GraphParameters,
  block: number,
  tower: Tower,
  whole: boolean,
  angles: TowerAngles,
): Tensor {
  const prefix = `vision.${block}`;
  return x.graph.scope(`vision block ${block}`, () => {
    const attended = add(x, visionAttention(x, parameters, prefix, tower, whole, angles));
    return towerFeedForward(attended, parameters, prefix, tower.parts);
  });
}

/**
 * Joins patches to tokens of the decoder's width, `[F · units, D]` in raster order.
 *
 * @param packs what the merger's packs begin with
 * @param normsJoined the norm is that of joined patches, not of each
 */
export function mergePatches(
  x: Tensor,
  parameters: GraphParameters,
  packs: string,
  tower: Tower,
  normsJoined: boolean,
): Tensor {
  return x.graph.scope(packs, () => {
    const unit = tower.config.spatialMergeSize ** 2;
    const join = (rows: Tensor) => reshape(rows, [x.shape[0]! / unit, tower.config.hiddenSize * unit]);
    const norm = (rows: Tensor) => normalise(rows, parameters, `${packs}.norm`);
    const joined = normsJoined ? norm(join(x)) : join(norm(x));
    const up = gelu(affine(joined, parameters, `${packs}.up`));
    const merged = affine(up, parameters, `${packs}.down`);
    return gatherRows(merged, rasterOrder(x.graph, tower));
  });
}

function visionAttention(
  x: Tensor,
  parameters: GraphParameters,
  prefix: string,
  tower: Tower,
  whole: boolean,
  { cosine, sine }: TowerAngles,
): Tensor {
  const { plan, frames } = tower;
  const { heads, hiddenSize } = tower.config;
  const rows = x.shape[0]!;
  const groups = whole ? frames : frames * plan.windows;
  const normal = normalise(x, parameters, `${prefix}.attentionNorm`);
  const qkv = affine(normal, parameters, `${prefix}.qkv`);
  const [queryKey, value] = split(qkv, [2 * hiddenSize, hiddenSize], 1) as [Tensor, Tensor];
  const rotated = reshape(rotary(reshape(queryKey, [1, rows, 2 * hiddenSize]), cosine, sine, 2 * heads), [
    rows,
    2 * hiddenSize,
  ]);
  const [query, key] = split(toHeads(rotated, groups, 2 * heads), [heads, heads], 1) as [Tensor, Tensor];
  const mask = keyMask(x.graph, tower, groups);
  const scale = 1 / Math.sqrt(hiddenSize / heads);
  const output = stretchedAttention(query, key, toHeads(value, groups, heads), scale, mask);
  return affine(fromHeads(output), parameters, `${prefix}.output`);
}

/** Hides padding slots, `[groups, 1, 1, keys]`; nothing where no window is ragged. */
function keyMask(graph: Graph, { plan, frames }: Tower, groups: number): Tensor | undefined {
  if (!plan.real.includes(0)) return undefined;
  const data = new Float32Array(frames * plan.slots);
  for (let i = 0; i < data.length; i++) data[i] = plan.real[i % plan.slots] === 1 ? 0 : HIDDEN;
  return graph.constant(data, [groups, 1, 1, data.length / groups]);
}

/** Row of each merged token, frame by frame, in raster order. */
function rasterOrder(graph: Graph, { plan, frames }: Tower): Tensor {
  const units = plan.unitSlot.length;
  const unitsPadded = plan.slots / plan.patchesPerUnit;
  const order = new BigInt64Array(frames * units);
  for (let i = 0; i < order.length; i++) {
    order[i] = BigInt(Math.floor(i / units) * unitsPadded + plan.unitSlot[i % units]!);
  }
  return graph.constant(order, [order.length]);
}
