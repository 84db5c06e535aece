/**
 * @module
 * Features of images that reach the decoder below its first layer: after each of the first layers another part of them is
 * added to the rows of image tokens (DeepStack, arXiv:2406.04334). Rows of text have zeros there.
 */
import { split, type Tensor } from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";

/** The input of the first layer, and the addition after each layer, from the first on. */
export interface DecoderInput {
  /** `[N, D]` */
  readonly x: Tensor;
  /** `[N, D]` each; none without DeepStack. */
  readonly later: readonly Tensor[];
}

/** Takes rows `[N, (1 + K)·D]` apart. */
export function decoderInput(rows: Tensor, { hiddenSize, deepstackLayers = 0 }: TextConfig): DecoderInput {
  if (deepstackLayers === 0) return { x: rows, later: [] };
  const [x, ...later] = split(rows, new Array<number>(1 + deepstackLayers).fill(hiddenSize), 1);
  return { x: x!, later };
}
