/**
 * @module
 * One decoding step: feeds one token to each of P·G completions and returns the distribution of the next.
 *
 * The keys and values of a prompt are read by its whole group without being copied. The keys and values of earlier
 * completion tokens come from a cache of T slots that the caller fills. The step returns its own key and value for
 * this cache.
 */
import {
  add,
  concatenate,
  Graph,
  matmul,
  multiply,
  reshape,
  softmax,
  split,
  sum,
  type Tensor,
  transpose,
} from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import type { BatchShape } from "./batch-shape.ts";
import { crossAttentionLayer, isCrossAttention, stepReadings } from "./cross-attention.ts";
import { attentionScale, finishLayer, type Projected, project } from "./decoder-layer.ts";
import { type Distribution, distribution } from "./distribution.ts";
import { GraphParameters, type ParameterLayout } from "./parameters.ts";
import { layerMean } from "./rows.ts";

export interface DecodeStepGraph {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  /** The distribution after the fed tokens, P·G rows. */
  readonly next: Distribution;
  /**
   * One per layer, `[P·G, H_kv, 1, d]`: the fed token's key and value, for the cache; undefined for a layer of
   * cross-attention, whose keys are the image's.
   */
  readonly keys: readonly (Tensor | undefined)[];
  readonly values: readonly (Tensor | undefined)[];
  /**
   * `[P·G, 1, S_p + T + 1]` attention of the fed token, mean over heads and over the last `layers` layers of
   * self-attention, the last one unless said otherwise; its own key is the last.
   */
  readonly row: (layers?: number) => Tensor;
}

/**
 * Inputs: `embeddings` `[P·G, D]`, `cosine` and `sine` `[1, P·G, d/2]`, `promptMask` `[P, 1, 1, S_p]`, `cacheMask`
 * `[T]` that hides unfilled slots, `inverseTemperature` `[1]`, and per layer `promptKey.i`, `promptValue.i` `[P,
 * H_kv, S_p, d]`, `cacheKey.i`, `cacheValue.i` `[P·G, H_kv, T, d]`. A layer of cross-attention has only
 * `promptKey.i`, `promptValue.i` `[P, H_kv, K, d]`, and the inputs that `stepReadings` declares.
 */
export function decodeStepGraph(
  text: TextConfig,
  layout: ParameterLayout,
  batch: BatchShape,
): DecodeStepGraph {
  const completions = batch.prompts * batch.groupSize;
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const angles = {
    cosine: graph.input("cosine", [1, completions, text.headDim / 2]),
    sine: graph.input("sine", [1, completions, text.headDim / 2]),
  };
  const masks = {
    prompt: graph.input("promptMask", [batch.prompts, 1, 1, batch.promptLength]),
    cache: graph.input("cacheMask", [batch.completionLength]),
  };
  const keys: (Tensor | undefined)[] = [];
  const values: (Tensor | undefined)[] = [];
  const rows: Tensor[] = [];
  let x = graph.input("embeddings", [completions, text.hiddenSize]);
  const { imageLength = 0 } = batch;
  const readings = imageLength > 0 ? stepReadings(graph, batch) : undefined;
  const imageShape = [batch.prompts, text.kvHeads, imageLength, text.headDim];
  for (let layer = 0; layer < text.layers; layer++) {
    if (isCrossAttention(text, layer)) {
      keys.push(undefined);
      values.push(undefined);
      if (readings === undefined) continue;
      const key = graph.input(`promptKey.${layer}`, imageShape);
      const value = graph.input(`promptValue.${layer}`, imageShape);
      x = crossAttentionLayer(x, parameters, layer, text, readings, { key, value });
      continue;
    }
    x = graph.scope(`decoder layer ${layer}`, () => {
      const attended = attendStep(project(x, parameters, layer, text, angles), layer, masks, batch, text);
      keys.push(attended.key);
      values.push(attended.value);
      rows.push(attended.row);
      return finishLayer(x, attended.mixed, parameters, layer, text);
    });
  }
  const row = (layers = 1) => layerMean(rows.slice(-layers));
  return { graph, parameters, next: distribution(x, parameters, text), keys, values, row };
}

export interface StepAttention {
  /** `[P·G, H·d]` */
  readonly mixed: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly row: Tensor;
}

/** Attention of one token a completion, over three sets of keys: its prompt's, its earlier tokens', its own. */
export function attendStep(
  { queryKey, value }: Projected,
  layer: number,
  masks: { readonly prompt: Tensor; readonly cache: Tensor },
  { prompts, groupSize, promptLength, completionLength }: BatchShape,
  { heads, kvHeads, headDim, ...config }: TextConfig,
): StepAttention {
  const { graph } = queryKey;
  const completions = prompts * groupSize;
  const repeats = heads / kvHeads;
  const scale = attentionScale({ heads, kvHeads, headDim, ...config });
  const promptShape = [prompts, kvHeads, promptLength, headDim];
  const cacheShape = [completions, kvHeads, completionLength, headDim];
  const promptKey = graph.input(`promptKey.${layer}`, promptShape);
  const promptValue = graph.input(`promptValue.${layer}`, promptShape);
  const cacheKey = graph.input(`cacheKey.${layer}`, cacheShape);
  const cacheValue = graph.input(`cacheValue.${layer}`, cacheShape);

  const [flatQuery, flatKey] = split(queryKey, [heads * headDim, kvHeads * headDim], 1) as [Tensor, Tensor];
  const query = reshape(flatQuery, [completions, kvHeads, repeats, headDim]);
  const ownKey = reshape(flatKey, [completions, kvHeads, 1, headDim]);
  const ownValue = reshape(value, [completions, kvHeads, 1, headDim]);

  const grouped = toGroup(query, prompts);
  const promptScores = add(matmul(grouped, promptKey, { transposeB: true, scale }), masks.prompt);
  const cacheScores = add(matmul(query, cacheKey, { transposeB: true, scale }), masks.cache);
  const ownScore = multiply(sum(multiply(query, ownKey), [3]), graph.scalar(scale));
  const scores = concatenate([fromGroup(promptScores, groupSize), cacheScores, ownScore], 3);
  const probabilities = softmax(scores);

  const sizes = [promptLength, completionLength, 1];
  const [onPrompt, onCache, onOwn] = split(probabilities, sizes, 3) as [Tensor, Tensor, Tensor];
  const fromPrompt = fromGroup(matmul(toGroup(onPrompt, prompts), promptValue), groupSize);
  const mixed = add(add(fromPrompt, matmul(onCache, cacheValue)), multiply(onOwn, ownValue));
  const row = graph.single(
    "ReduceMean",
    [probabilities, graph.integers([1, 2])],
    [completions, promptLength + completionLength + 1],
    {
      attributes: { keepdims: 0n },
    },
  );
  return {
    mixed: reshape(mixed, [completions, heads * headDim]),
    key: ownKey,
    value: ownValue,
    row: reshape(row, [completions, 1, promptLength + completionLength + 1]),
  };
}

/** `[P·G, H_kv, R, d]` as `[P, H_kv, G·R, d]`, so that a group reads its prompt in one product. */
function toGroup(x: Tensor, prompts: number): Tensor {
  const [completions, heads, repeats, width] = x.shape as [number, number, number, number];
  const groupSize = completions / prompts;
  const apart = transpose(reshape(x, [prompts, groupSize, heads, repeats, width]), [0, 2, 1, 3, 4]);
  return reshape(apart, [prompts, heads, groupSize * repeats, width]);
}

/** The way back from `toGroup`. */
function fromGroup(x: Tensor, groupSize: number): Tensor {
  const [prompts, heads, rows, width] = x.shape as [number, number, number, number];
  const repeats = rows / groupSize;
  const apart = transpose(reshape(x, [prompts, heads, groupSize, repeats, width]), [0, 2, 1, 3, 4]);
  return reshape(apart, [prompts * groupSize, heads, repeats, width]);
}
