/**
 * @module
 * Layers of the decoder that read images by gated cross-attention in the place of self-attention (Llama 3,
 * arXiv:2407.21783, section 7.2). Keys and values come from the image's tokens alone, so they are computed once a prompt.
 */
import {
  add,
  attention,
  concatenate,
  type Graph,
  hyperbolicTangent,
  multiply,
  rmsNorm,
  slice,
  split,
  type Tensor,
} from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import type { BatchShape } from "./batch-shape.ts";
import { attentionScale } from "./decoder-layer.ts";
import { affine, fromHeads, gatedLayers, normaliseHeads, toHeads } from "./layer.ts";
import type { GraphParameters } from "./parameters.ts";
import type { PromptCache } from "./prompt-attention.ts";

/** Consecutive rows, equally many for each prompt, and the mask of their queries. */
interface Reading {
  readonly rows: number;
  /** `[P, 1, rows / P, K]`, or 1 in the place of rows / P. */
  readonly mask: Tensor;
}

/** The images' keys that the rows of a batch read. */
export interface ImageReadings {
  readonly prompts: number;
  readonly readings: readonly Reading[];
  /** `[N, 1]` 1 at rows of prompts with an image, 0 at others: they pass through the layer unchanged. */
  readonly attends: Tensor;
  /** `[N, 1]` 1 at rows after an image; at all other rows the feed-forward adds nothing. */
  readonly sees: Tensor;
}

/** Whether a layer reads images by cross-attention. */
export function isCrossAttention({ crossAttentionLayers = [] }: TextConfig, layer: number): boolean {
  return crossAttentionLayers.includes(layer);
}

/** The rows of a batch, and the `[P·K, D]` image tokens below them; none where K is 0. */
export function apartFromImages(
  embeddings: Tensor,
  imageRows: number,
): { readonly x: Tensor; readonly images: Tensor | undefined } {
  if (imageRows === 0) return { x: embeddings, images: undefined };
  const [x, images] = split(embeddings, [embeddings.shape[0]! - imageRows, imageRows], 0);
  return { x: x!, images };
}

/**
 * Declares the inputs `imageMask` `[P, 1, S_p, K]`: 0 at keys that a prompt's row reads, `HIDDEN` at others, and
 * `attendsImages` and `seesImage` `[N, 1]`. Completions read what their prompt's last row reads.
 */
export function imageReadings(
  graph: Graph,
  { prompts, promptLength, groupSize, completionLength, imageLength = 0 }: BatchShape,
): ImageReadings {
  const mask = graph.input("imageMask", [prompts, 1, promptLength, imageLength]);
  const own = prompts * groupSize * completionLength;
  const readings = [{ rows: prompts * promptLength, mask }];
  if (own > 0) readings.push({ rows: own, mask: slice(mask, 2, promptLength - 1, promptLength) });
  return { prompts, readings, ...rowGates(graph, prompts * promptLength + own) };
}

/** Declares the inputs of a decoding step: `imageMask` `[P, 1, 1, K]`, `attendsImages` and `seesImage` `[P·G, 1]`. */
export function stepReadings(
  graph: Graph,
  { prompts, groupSize, imageLength = 0 }: BatchShape,
): ImageReadings {
  const rows = prompts * groupSize;
  const mask = graph.input("imageMask", [prompts, 1, 1, imageLength]);
  return { prompts, readings: [{ rows, mask }], ...rowGates(graph, rows) };
}

function rowGates(graph: Graph, rows: number): Pick<ImageReadings, "attends" | "sees"> {
  return { attends: graph.input("attendsImages", [rows, 1]), sees: graph.input("seesImage", [rows, 1]) };
}

/** Keys, normalised a head at a time, and values `[P, H_kv, K, d]` of image tokens `[P·K, D]`. */
export function imageKeys(
  images: Tensor,
  parameters: GraphParameters,
  layer: number,
  { kvHeads, rmsNormEpsilon }: TextConfig,
  prompts: number,
): PromptCache {
  const key = affine(images, parameters, `layer.${layer}.key`);
  const weight = parameters.pack(`layer.${layer}.keyNorm`);
  const value = affine(images, parameters, `layer.${layer}.value`);
  return {
    key: toHeads(normaliseHeads(key, weight, rmsNormEpsilon), prompts, kvHeads),
    value: toHeads(value, prompts, kvHeads),
  };
}

/**
 * One layer: x + tanh(g)·W_o attention(norm(x), images), then the feed-forward behind a gate of its own.
 *
 * @param x `[N, D]`
 */
export function crossAttentionLayer(
  x: Tensor,
  parameters: GraphParameters,
  layer: number,
  text: TextConfig,
  { prompts, readings, attends, sees }: ImageReadings,
  { key, value }: PromptCache,
): Tensor {
  const name = `layer.${layer}`;
  return x.graph.scope(`decoder layer ${layer}`, () => {
    const normal = rmsNorm(x, parameters.pack(`${name}.attentionNorm`), text.rmsNormEpsilon);
    const projected = affine(normal, parameters, `${name}.query`);
    const queries = normaliseHeads(projected, parameters.pack(`${name}.queryNorm`), text.rmsNormEpsilon);
    const sizes = readings.map(({ rows }) => rows);
    const parts = sizes.length === 1 ? [queries] : split(queries, sizes, 0);
    const mixed = parts.map((part, i) => {
      const query = toHeads(part, prompts, text.heads);
      return fromHeads(attention(query, key, value, attentionScale(text), readings[i]!.mask).output);
    });
    const read = affine(joined(mixed), parameters, `${name}.output`);
    const attended = gated(x, read, parameters.pack(`${name}.attentionGate`), attends);
    const fed = gatedLayers(attended, parameters, name, text.rmsNormEpsilon);
    return gated(attended, fed, parameters.pack(`${name}.feedForwardGate`), sees);
  });
}

function joined(parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? parts[0]! : concatenate(parts, 0);
}

/** x + tanh(gate) · rows · y */
function gated(x: Tensor, y: Tensor, gate: Tensor, rows: Tensor): Tensor {
  return add(x, multiply(y, multiply(rows, hyperbolicTangent(gate))));
}
