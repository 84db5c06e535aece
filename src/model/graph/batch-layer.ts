/**
 * @module
 * One decoder layer over a batch of groups that share a prompt, and what goes in and out of it. Prompts are padded on the
 * left, completions on the right, so every completion follows its prompt without a gap.
 */
import {
  add,
  attention,
  concatenate,
  expand,
  type Graph,
  reshape,
  slice,
  split,
  type Tensor,
} from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import { type BatchShape, batchRows, type LayerProbabilities } from "./batch-shape.ts";
import { attentionScale, finishLayer, type Projected, project, type RotaryAngles } from "./decoder-layer.ts";
import { fromHeads, toHeads } from "./layer.ts";
import { causalMask } from "./mask.ts";
import type { GraphParameters } from "./parameters.ts";
import { attendPrompt, type PromptAttention, type PromptMasks, promptMasks } from "./prompt-attention.ts";
import { type ReplacementInputs, replacedMix, type ValueReplacement } from "./replaced-values.ts";
import { headMean, lastHeadMean, lastRows } from "./rows.ts";

/** Which query's row belongs to a token: its own, or the one that predicts it. */
export type RowOwner = "own" | "predicting";

/** Inputs of every layer of a batch beside the rows. */
export interface BatchInputs {
  readonly batch: BatchShape;
  readonly angles: RotaryAngles;
  readonly masks: PromptMasks;
  readonly completionMask: Tensor;
  /** Where values of image tokens are replaced; absent where none are. */
  readonly replaced?: ReplacementInputs & ValueReplacement;
}

/** Declares the inputs `cosine` and `sine` `[1, N, d/2]` and `promptMask` `[P, 1, 1, S_p]`. */
export function batchInputs(graph: Graph, text: TextConfig, batch: BatchShape): BatchInputs {
  const angles = {
    cosine: graph.input("cosine", [1, batchRows(batch), text.headDim / 2]),
    sine: graph.input("sine", [1, batchRows(batch), text.headDim / 2]),
  };
  const masks = promptMasks(graph, batch.prompts, batch.promptLength);
  return { batch, angles, masks, completionMask: sharedPromptMask(masks.padding, batch) };
}

/**
 * One decoder layer.
 *
 * @param x `[N, D]`
 * @param layer whose parameters it has
 * @param last only the prompts' last rows and the completions' rows continue: `[P + P·G·T, D]`
 * @param more `[N, D]` added to the output; nothing unless given
 */
export function batchLayer(
  x: Tensor,
  parameters: GraphParameters,
  layer: number,
  text: TextConfig,
  { batch, angles, masks, completionMask, replaced }: BatchInputs,
  last: boolean,
  more?: Tensor,
): { x: Tensor; probabilities: LayerProbabilities } {
  return x.graph.scope(`decoder layer ${layer}`, () => {
    const projected = project(x, parameters, layer, text, angles);
    const parts = splitRows(projected, batch.prompts * batch.promptLength);
    const prompt = attendPrompt(parts.prompt, masks, text, last && replaced === undefined);
    const completion = attendCompletions(parts.completion, prompt, completionMask, batch, text);
    const probabilities = { prompt: prompt.probabilities, completion: completion.probabilities };
    const kept = (tensor: Tensor) => (last ? lastPromptRows(tensor, batch) : tensor);
    const given = concatenate([prompt.mixed, completion.mixed], 0);
    const mixed =
      replaced === undefined
        ? given
        : replacedRows(
            given,
            replacedMix(probabilities, prompt.value, replaced, replaced, text),
            batch,
            last,
          );
    const y = finishLayer(kept(x), mixed, parameters, layer, text);
    return { x: more === undefined ? y : add(y, kept(more)), probabilities };
  });
}

/** Rows with what replacing values adds to them; of the last layer's prompts the last alone. */
function replacedRows(
  given: Tensor,
  { prompt, completion }: ReturnType<typeof replacedMix>,
  batch: BatchShape,
  last: boolean,
): Tensor {
  const all = add(given, concatenate([prompt, completion], 0));
  return last ? lastPromptRows(all, batch) : all;
}

/** `[P·G, T, S_p + T]` one layer's attention, mean over heads, of each completion token's row. */
export function layerRows(
  { prompt, completion }: LayerProbabilities,
  owner: RowOwner,
  batch: BatchShape,
): Tensor {
  const own = headMean(completion);
  if (owner === "own") {
    return own;
  }
  return predictingRows(lastHeadMean(prompt), own, batch);
}

function splitRows(
  { queryKey, value }: Projected,
  promptRows: number,
): { prompt: Projected; completion: Projected } {
  const sizes = [promptRows, value.shape[0]! - promptRows];
  const [promptQueryKey, completionQueryKey] = split(queryKey, sizes, 0) as [Tensor, Tensor];
  const [promptValue, completionValue] = split(value, sizes, 0) as [Tensor, Tensor];
  return {
    prompt: { queryKey: promptQueryKey, value: promptValue },
    completion: { queryKey: completionQueryKey, value: completionValue },
  };
}

/** `[P·G, 1, T, S_p + T]`: a completion sees its prompt's real tokens and its own tokens up to the query. */
function sharedPromptMask(
  padding: Tensor,
  { prompts, groupSize, promptLength, completionLength }: BatchShape,
): Tensor {
  const completions = prompts * groupSize;
  const own = [completions, 1, completionLength, completionLength];
  return concatenate(
    [
      perCompletion(expand(padding, [prompts, 1, completionLength, promptLength]), groupSize),
      expand(causalMask(padding.graph, completionLength), own),
    ],
    3,
  );
}

/** `[P, A, B, C]` repeated for each completion of the group, `[P·G, A, B, C]`. */
function perCompletion(shared: Tensor, groupSize: number): Tensor {
  const [prompts, ...rest] = shared.shape as [number, ...number[]];
  const repeated = expand(reshape(shared, [prompts, 1, ...rest]), [prompts, groupSize, ...rest]);
  return reshape(repeated, [prompts * groupSize, ...rest]);
}

function attendCompletions(
  projected: Projected,
  prompt: PromptAttention,
  mask: Tensor,
  { prompts, groupSize }: BatchShape,
  config: TextConfig,
): { mixed: Tensor; probabilities: Tensor } {
  const completions = prompts * groupSize;
  const heads = toHeads(projected.queryKey, completions, config.heads + config.kvHeads);
  const [query, ownKey] = split(heads, [config.heads, config.kvHeads], 1) as [Tensor, Tensor];
  const ownValue = toHeads(projected.value, completions, config.kvHeads);
  const key = concatenate([perCompletion(prompt.key, groupSize), ownKey], 2);
  const value = concatenate([perCompletion(prompt.value, groupSize), ownValue], 2);
  const { output, probabilities } = attention(query, key, value, attentionScale(config), mask);
  return { mixed: fromHeads(output), probabilities };
}

/** Rows of the residual stream with which the last layer continues: each prompt's last, and all completion rows. */
export function lastPromptRows(x: Tensor, { prompts, promptLength }: BatchShape): Tensor {
  const promptRows = prompts * promptLength;
  const [prompt, completion] = split(x, [promptRows, x.shape[0]! - promptRows], 0) as [Tensor, Tensor];
  return concatenate([lastRows(prompt, prompts), completion], 0);
}

/** From `[P + P·G·T, D]` the rows that predict each completion token, `[P·G·T, D]`. */
export function predictingHidden(x: Tensor, { prompts, groupSize, completionLength }: BatchShape): Tensor {
  const width = x.shape[1]!;
  const completions = prompts * groupSize;
  const [last, own] = split(x, [prompts, completions * completionLength], 0) as [Tensor, Tensor];
  const first = perCompletion(reshape(last, [prompts, 1, width]), groupSize);
  return reshape(shiftIn(first, reshape(own, [completions, completionLength, width])), [
    completions * completionLength,
    width,
  ]);
}

/** `[B, T, D]` moved one step later, with `first` `[B, 1, D]` in front. */
function shiftIn(first: Tensor, own: Tensor): Tensor {
  const length = own.shape[1]!;
  return length === 1 ? first : concatenate([first, slice(own, 1, 0, length - 1)], 1);
}

/** The first token is predicted by the prompt's last row, whose keys end where the completion's begin. */
function predictingRows(
  lastRow: Tensor,
  ownRows: Tensor,
  { groupSize, promptLength, completionLength }: BatchShape,
): Tensor {
  const prompts = lastRow.shape[0]!;
  const { graph } = lastRow;
  const none = graph.constant(new Float32Array(prompts * completionLength), [prompts, 1, completionLength]);
  const padded = concatenate([reshape(lastRow, [prompts, 1, promptLength]), none], 2);
  return shiftIn(perCompletion(padded, groupSize), ownRows);
}
