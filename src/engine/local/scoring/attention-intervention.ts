/**
 * @module
 * An intervention on attention, checked against the model and spelled out for a batch.
 */

import type { AttentionRow } from "../../../credit/index.ts";
import { EngineError, ShapeError } from "../../../errors/index.ts";
import type { TextConfig } from "../../../model/index.ts";
import type { Feeds, Tensor } from "../../../tensor/index.ts";
import type { AttentionIntervention } from "../../intervention.ts";
import type { LocalSequence } from "../known-prompts.ts";
import { promptSupports } from "../prompts/decoder-batch.ts";
import type { PreparedSequence, SequenceBatch } from "./sequence-batches.ts";

/** An intervention with nothing left to default. */
export interface Intervention extends Pick<AttentionIntervention, "tokens" | "modality" | "lambda"> {
  readonly layers: readonly number[];
  readonly heads: readonly number[];
  readonly row: AttentionRow;
}

/**
 * Fills in the defaults.
 *
 * @throws ShapeError when there is not one list of tokens for each sequence
 * @throws EngineError when λ is negative, or a layer, head or token is not one of the model's or the completion's
 */
export function checkedIntervention(
  { tokens, modality, lambda, layers, heads, row = "predicting" }: AttentionIntervention,
  sequences: readonly LocalSequence[],
  text: TextConfig,
): Intervention {
  checkInterventionTokens(tokens, sequences);
  if (!(lambda >= 0 && Number.isFinite(lambda))) {
    throw new EngineError(`score: intervention.lambda: expected 0 or more, got ${lambda}`);
  }
  checkPlaces("layers", layers === "all" ? undefined : layers, text.layers);
  checkPlaces("heads", heads, text.heads);
  return {
    tokens,
    modality,
    lambda,
    layers: layers === "all" ? placesBelow(text.layers) : (layers ?? [text.layers - 1]),
    heads: heads ?? placesBelow(text.heads),
    row,
  };
}

/**
 * @throws ShapeError when there is not one list of tokens for each sequence
 * @throws EngineError when a token is not one of its completion's
 */
export function checkInterventionTokens(
  tokens: AttentionIntervention["tokens"],
  sequences: readonly { readonly completion: Int32Array }[],
): void {
  if (tokens.length !== sequences.length) {
    throw new ShapeError(
      `score: intervention.tokens: expected ${sequences.length} lists, got ${tokens.length}`,
    );
  }
  for (const [i, list] of tokens.entries()) {
    checkPlaces(`tokens of sequence ${i}`, list, sequences[i]!.completion.length);
  }
}

const placesBelow = (end: number) => Array.from({ length: end }, (_, place) => place);

function checkPlaces(what: string, places: readonly number[] | undefined, end: number): void {
  const wrong = places?.find((place) => !(Number.isInteger(place) && place >= 0 && place < end));
  if (wrong !== undefined) {
    throw new EngineError(`score: intervention: ${what}: expected whole numbers below ${end}, got ${wrong}`);
  }
}

/** Sequences whose first token's predicting row, which lies in the prompt, is amplified share their prompt with no other. */
export function withOwnPrompts(
  sequences: readonly PreparedSequence[],
  { tokens, row }: Intervention,
): PreparedSequence[] {
  return sequences.map((sequence, i) =>
    row === "predicting" && tokens[i]!.includes(0)
      ? { ...sequence, prompt: { ...sequence.prompt } }
      : sequence,
  );
}

/** The feeds of the graph's `amplifiedInputs`. */
export function interventionFeeds(
  { shape, slots, prompts }: SequenceBatch,
  { tokens, modality, lambda, heads, row }: Intervention,
  text: TextConfig,
): Feeds {
  const { prompts: count, groupSize, promptLength, completionLength } = shape;
  const promptKeys = promptSupports(prompts, count, promptLength)[modality];
  const keys = promptLength + completionLength;
  const amplifiedKeys = new Float32Array(slots.length * keys).fill(modality === "text" ? 1 : 0);
  const amplifiedRows = new Float32Array(slots.length * completionLength);
  const amplifiedLastRows = new Float32Array(count);
  const amount = Math.log1p(lambda);
  for (const [slot, index] of slots.entries()) {
    const prompt = Math.floor(slot / groupSize);
    amplifiedKeys.set(promptKeys.subarray(prompt * promptLength, (prompt + 1) * promptLength), slot * keys);
    for (const token of index < 0 ? [] : tokens[index]!) {
      const query = row === "predicting" ? token - 1 : token;
      if (query < 0) amplifiedLastRows[prompt] = amount;
      else amplifiedRows[slot * completionLength + query] = amount;
    }
  }
  const amplifiedHeads = new Float32Array(text.heads);
  for (const head of heads) amplifiedHeads[head] = 1;
  return { amplifiedRows, amplifiedKeys, amplifiedLastRows, amplifiedPromptKeys: promptKeys, amplifiedHeads };
}

/** `[N]` the place of each row's largest logit; exact in single precision below 2²⁴. */
export function likeliestTokens(logits: Tensor): Tensor {
  const { graph } = logits;
  const rows = [logits.shape[0]!];
  const places = graph.single("ArgMax", [logits], rows, {
    attributes: { axis: 1n, keepdims: 0n },
    type: "int64",
  });
  return graph.single("Cast", [places], rows, { attributes: { to: 1n } });
}
