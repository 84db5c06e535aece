/**
 * @module
 * The optional outputs of a scoring pass besides log-probs, and how scores are read from them.
 */
import { emptySignals } from "../../../credit/signals/index.ts";
import type {
  BatchShape,
  HeadGraph,
  TeacherForcedGraph,
  ValueReplacement,
} from "../../../model/graph/index.ts";
import { nucleusEntropy, softmaxEntropy, type Tensor } from "../../../tensor/index.ts";
import type { Score, SignalRequest } from "../../engine.ts";
import { readRow } from "../signals/graph-reducer.ts";
import { readSignals, signalOutputs } from "../signals/index.ts";
import { likeliestLogprobs, readAlternatives } from "./alternatives.ts";
import { type Intervention, likeliestTokens } from "./attention-intervention.ts";
import type { PreparedSequence } from "./sequence-batches.ts";

/** Outputs requested besides log-probs. */
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
}

/** A scoring pass: with which weights, at which temperature, and what is wanted of it. */
export interface Scoring extends Omit<Wanted, "amplified"> {
  readonly weights: Float32Array;
  readonly temperature: number;
  readonly intervention?: Intervention | undefined;
  /** How far apart the completions of each prompt are. */
  readonly groupDivergence: boolean;
}

/** Outputs requested from the head. */
export type HeadWanted = Pick<Wanted, "entropy" | "nucleus" | "values" | "likeliest" | "alternatives">;

/** The outputs of the decoder's program: the rows that the head reads, and signals, whose inputs it declares. */
export function decoderOutputs(
  built: TeacherForcedGraph,
  shape: BatchShape,
  { signals }: Wanted,
): Record<string, Tensor> {
  return { hidden: built.hidden, ...signalOutputs(built, shape, signals) };
}

/** The outputs of the head's program. */
export function headOutputs(head: HeadGraph, wanted: HeadWanted): Record<string, Tensor> {
  return {
    logprobs: head.logprobs,
    ...(wanted.entropy && { entropy: softmaxEntropy(head.logits) }),
    ...(wanted.nucleus > 0 && { nucleusEntropy: nucleusEntropy(head.logits, wanted.nucleus) }),
    ...(wanted.values && { values: head.values() }),
    ...(wanted.likeliest && { likeliest: likeliestTokens(head.logits) }),
    ...(wanted.alternatives > 0 && likeliestLogprobs(head.logits, wanted.alternatives)),
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
