/**
 * @module
 * Causal attention of left-padded prompts over themselves.
 */
import { add, attention, type Graph, slice, split, type Tensor } from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import { attentionScale, type Projected } from "./decoder-layer.ts";
import { fromHeads, toHeads } from "./layer.ts";
import { causalMask } from "./mask.ts";

/** Keys and values `[P, H_kv, S_p, d]` that completions read. */
export interface PromptCache {
  readonly key: Tensor;
  readonly value: Tensor;
}

export interface PromptAttention extends PromptCache {
  /** `[P · rows, H·d]`: every row, or the last row of each prompt. */
  readonly mixed: Tensor;
  /** `[P, H, rows, S_p]` */
  readonly probabilities: Tensor;
}

/** Masks of a batch of prompts: `padding` `[P, 1, 1, S_p]` hides left padding, `causal` adds causality to it. */
export interface PromptMasks {
  readonly padding: Tensor;
  readonly causal: Tensor;
}

/** Declares the input `promptMask` `[P, 1, 1, S_p]`: 0 at real tokens, `HIDDEN` at padding and at tokens that nothing attends to. */
export function promptMasks(graph: Graph, prompts: number, length: number): PromptMasks {
  const padding = graph.input("promptMask", [prompts, 1, 1, length]);
  return { padding, causal: add(padding, causalMask(graph, length)) };
}

/**
 * Attends within each prompt.
 *
 * @param projected rows `[P · S_p, …]`
 * @param lastRowOnly queries of each prompt's last token only: all that the last layer is asked for
 */
export function attendPrompt(
  projected: Projected,
  masks: PromptMasks,
  config: TextConfig,
  lastRowOnly: boolean,
): PromptAttention {
  const [prompts, , , length] = masks.padding.shape as [number, number, number, number];
  const heads = toHeads(projected.queryKey, prompts, config.heads + config.kvHeads);
  const [queries, key] = split(heads, [config.heads, config.kvHeads], 1) as [Tensor, Tensor];
  const value = toHeads(projected.value, prompts, config.kvHeads);
  const query = lastRowOnly ? slice(queries, 2, length - 1, length) : queries;
  const mask = lastRowOnly ? masks.padding : masks.causal;
  const { output, probabilities } = attention(query, key, value, attentionScale(config), mask);
  return { key, value, mixed: fromHeads(output), probabilities };
}
