/**
 * @module
 * What a scoring pass may be asked for beside log-probs: the graph's outputs for it, and how a score is read from them.
 */
import { emptySignals } from "../../../credit/index.ts";
import {
  type BatchShape,
  type TeacherForcedGraph,
  type ValueReplacement,
  valueHead,
} from "../../../model/graph/index.ts";
import { nucleusEntropy, softmaxEntropy, type Tensor } from "../../../tensor/index.ts";
import type { Score, SignalRequest } from "../../engine.ts";
import { readRow } from "../signals/graph-reducer.ts";
import { readSignals, signalOutputs } from "../signals/index.ts";
import { likeliestLogprobs, readAlternatives } from "./alternatives.ts";
import { likeliestTokens } from "./attention-intervention.ts";
import type { PreparedSequence } from "./sequence-batches.ts";

/** What is wanted beside log-probs. */
export interface Wanted {
  readonly signals: SignalRequest | undefined;
  readonly entropy: boolean;
  /** Probability of the nucleus whose entropy is wanted; 0 for none. */
  readonly nucleus: number;
  readonly values: boolean;
  readonly likeliest: boolean;
  /** Likeliest tokens of each place; 0 for none. */
  readonly alternatives: number;
  /** Layers whose attention is amplified. */
  readonly amplified: readonly number[];
  /** How values of image tokens are replaced; as they are unless given. */
  readonly replacement?: ValueReplacement | undefined;
  /** The rows that the head reads, for a comparison with another pass. */
  readonly hidden: boolean;
}

/** The outputs of a scoring program; declares the inputs of `signalOutputs`. */
export function scoringOutputs(
  built: TeacherForcedGraph,
  shape: BatchShape,
  wanted: Wanted,
): Record<string, Tensor> {
  return {
    logprobs: built.logprobs,
    ...(wanted.entropy && { entropy: softmaxEntropy(built.logits) }),
    ...(wanted.nucleus > 0 && { nucleusEntropy: nucleusEntropy(built.logits, wanted.nucleus) }),
    ...(wanted.values && { values: valueHead(built.hidden, built.parameters) }),
    ...(wanted.likeliest && { likeliest: likeliestTokens(built.logits) }),
    ...(wanted.alternatives > 0 && likeliestLogprobs(built.logits, wanted.alternatives)),
    ...(wanted.hidden && { hidden: built.hidden }),
    ...signalOutputs(built, shape, wanted.signals),
  };
}

/** The score of the completion in a slot. */
export function readScore(
  outputs: Readonly<Record<string, Float32Array>>,
  shape: BatchShape,
  slot: number,
  sequence: PreparedSequence,
  wanted: Wanted,
): Score {
  const { completionLength } = shape;
  const { length } = sequence.completion;
  const numbers = (name: string) => readRow(outputs, name, slot, completionLength, length);
  return {
    logprobs: numbers("logprobs"),
    ...(wanted.entropy && { entropy: numbers("entropy") }),
    ...(wanted.nucleus > 0 && { nucleusEntropy: numbers("nucleusEntropy").map((nats) => Math.max(0, nats)) }),
    ...(wanted.values && { values: numbers("values") }),
    ...(wanted.likeliest && { likeliest: Int32Array.from(numbers("likeliest")) }),
    ...(wanted.alternatives > 0 && {
      alternatives: readAlternatives(outputs, wanted.alternatives, slot * completionLength, length),
    }),
    ...readSignals({ outputs, shape, slot, sequence }, wanted.signals),
  };
}

/** The score of an empty completion. */
export function emptyScore(wanted: Wanted): Score {
  const nothing = () => new Float64Array();
  return {
    logprobs: nothing(),
    ...(wanted.entropy && { entropy: nothing() }),
    ...(wanted.nucleus > 0 && { nucleusEntropy: nothing() }),
    ...(wanted.values && { values: nothing() }),
    ...(wanted.likeliest && { likeliest: new Int32Array() }),
    ...(wanted.alternatives > 0 && { alternatives: { tokens: new Int32Array(), logprobs: nothing() } }),
    ...(wanted.signals && { signals: emptySignals(wanted.signals) }),
  };
}
