/**
 * @module
 * The vision tower: SigLIP over tiles of one size, each attending within itself, then the connector, which joins squares
 * of patches to tokens of the decoder's width.
 */
import {
  add,
  attention,
  Graph,
  gatherRows,
  geluTanh,
  layerNorm,
  linear,
  reshape,
  split,
  type Tensor,
} from "../../../../tensor/index.ts";
import { affine, fromHeads, toHeads } from "../../../graph/layer.ts";
import type { VisionGraph, VisionPiece, VisionStage } from "../../../graph/model-graphs.ts";
import { GraphParameters, type ParameterLayout } from "../../../graph/parameters.ts";
import type { SmolConfig, VisionConfig } from "../config.ts";
import type { TilePlan } from "./vision-plan.ts";

/**
 * The whole tower. Inputs: `patches` `[F · slots, C·p·p]`, normalised pixels ordered by token.
 *
 * @param frames F, tiles of one size
 */
export function visionGraph(
  config: SmolConfig,
  layout: ParameterLayout,
  plan: TilePlan,
  frames: number,
): VisionGraph {
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const { vision } = config;
  const blockInputs: Tensor[] = [];
  let x = embedPatches(graph.input("patches", patchShape(vision, plan, frames)), parameters, plan, frames);
  for (let block = 0; block < vision.depth; block++) {
    blockInputs.push(x);
    x = visionBlock(x, parameters, block, vision, frames);
  }
  return { graph, parameters, blockInputs, embeddings: connect(x, parameters, config) };
}

/** Patches, blocks one after another, connector. */
export function visionStages({ depth }: VisionConfig): VisionStage[] {
  const blocks = Array.from({ length: depth }, (_, block) => ({ kind: "block", block }));
  return [{ kind: "patches", block: 0 }, ...blocks, { kind: "connector", block: 0 }];
}

/**
 * One stage: patches `[F · slots, C·p·p]` to rows `[F · slots, D_v]`, a block with the packs of block 0, or rows to tokens
 * `[F · tokens, D]`.
 *
 * @param stage `patches`, `block` or `connector`
 */
export function streamedVisionGraph(
  config: SmolConfig,
  layout: ParameterLayout,
  plan: TilePlan,
  frames: number,
  stage: VisionStage["kind"],
): VisionPiece {
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const { vision } = config;
  if (stage === "patches") {
    const x = graph.input("x", patchShape(vision, plan, frames));
    return { graph, parameters, y: embedPatches(x, parameters, plan, frames) };
  }
  const x = graph.input("x", [frames * plan.slots, vision.hiddenSize]);
  const y =
    stage === "connector" ? connect(x, parameters, config) : visionBlock(x, parameters, 0, vision, frames);
  return { graph, parameters, y };
}

/** Numbers of a patch. */
export function patchWidth({ inChannels, patchSize }: VisionConfig): number {
  return inChannels * patchSize ** 2;
}

function patchShape(vision: VisionConfig, { slots }: TilePlan, frames: number): [number, number] {
  return [frames * slots, patchWidth(vision)];
}

/** Patches to rows of the tower, each with its learned position. */
function embedPatches(
  patches: Tensor,
  parameters: GraphParameters,
  { slots, positions }: TilePlan,
  frames: number,
): Tensor {
  const { graph } = patches;
  const rows = linear(patches, parameters.pack("vision.patch.weight"), parameters.pack("vision.patch.bias"));
  const width = rows.shape[1]!;
  const ids = graph.constant(BigInt64Array.from(positions, BigInt), [slots]);
  const learned = reshape(gatherRows(parameters.pack("vision.position"), ids), [1, slots, width]);
  return reshape(add(reshape(rows, [frames, slots, width]), learned), [frames * slots, width]);
}

function visionBlock(
  x: Tensor,
  parameters: GraphParameters,
  block: number,
  vision: VisionConfig,
  frames: number,
): Tensor {
  const prefix = `vision.${block}`;
  return x.graph.scope(`vision block ${block}`, () => {
    const attended = add(x, visionAttention(x, parameters, prefix, vision, frames));
    const normal = norm(attended, parameters, `${prefix}.mlpNorm`, vision);
    const up = geluTanh(affine(normal, parameters, `${prefix}.up`));
    return add(attended, affine(up, parameters, `${prefix}.down`));
  });
}

function visionAttention(
  x: Tensor,
  parameters: GraphParameters,
  prefix: string,
  vision: VisionConfig,
  frames: number,
): Tensor {
  const { heads, hiddenSize } = vision;
  const normal = norm(x, parameters, `${prefix}.attentionNorm`, vision);
  const qkv = toHeads(affine(normal, parameters, `${prefix}.qkv`), frames, 3 * heads);
  const [query, key, value] = split(qkv, [heads, heads, heads], 1) as [Tensor, Tensor, Tensor];
  const { output } = attention(query, key, value, 1 / Math.sqrt(hiddenSize / heads));
  return affine(fromHeads(output), parameters, `${prefix}.output`);
}

function norm(x: Tensor, parameters: GraphParameters, pack: string, vision: VisionConfig): Tensor {
  const [weight, bias] = [parameters.pack(`${pack}.weight`), parameters.pack(`${pack}.bias`)];
  return layerNorm(x, weight, bias, vision.layerNormEpsilon);
}

/** Joins the patches of each token, which are consecutive, and projects them to the decoder's width. */
function connect(x: Tensor, parameters: GraphParameters, { vision, scaleFactor }: SmolConfig): Tensor {
  return x.graph.scope("connector", () => {
    const normal = norm(x, parameters, "vision.norm", vision);
    const joined = scaleFactor ** 2;
    const tokens = reshape(normal, [x.shape[0]! / joined, joined * vision.hiddenSize]);
    return affine(tokens, parameters, "vision.connector");
  });
}
