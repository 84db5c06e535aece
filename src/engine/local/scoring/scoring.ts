/**
 * @module
 * What a scoring pass may be asked for beside log-probs: the graph's outputs for it, what they must be fed, and how a
 * score is read from them.
 */
import type { AttentionRequest, CalibratedRequest } from "../../../credit/index.ts";
import {
  type BatchShape,
  calibratedSignals,
  keySupports,
  modalitySignals,
  type TeacherForcedGraph,
  valueHead,
} from "../../../model/graph/index.ts";
import { type Feeds, softmaxEntropy, type Tensor } from "../../../tensor/index.ts";
import type { Score, SignalRequest, Signals } from "../../engine.ts";
import { promptSupports } from "../prompts/decoder-batch.ts";
import { attentionSignals } from "../sampling/attention-reduction.ts";
import { likeliestLogprobs, readAlternatives } from "./alternatives.ts";
import { likeliestTokens } from "./attention-intervention.ts";
import { measureOutputs, readMeasure } from "./attention-measure.ts";
import { calibrationFactors } from "./calibration.ts";
import { promptPart, readImageRows } from "./image-rows.ts";
import type { PreparedSequence, SequenceBatch } from "./sequence-batches.ts";

/** What is wanted beside log-probs. */
export interface Wanted {
  readonly attention?: AttentionRequest | undefined;
  readonly calibrated?: CalibratedRequest | undefined;
  readonly imageRows?: SignalRequest["imageRows"] | undefined;
  readonly entropy: boolean;
  readonly values: boolean;
  readonly likeliest: boolean;
  /** Likeliest tokens of each place; 0 for none. */
  readonly alternatives: number;
  /** Layers whose attention is amplified. */
  readonly amplified: readonly number[];
  /** The rows that the head reads, for a comparison with another pass. */
  readonly hidden: boolean;
}

/** The outputs of a scoring program; declares the inputs `visualKeys`, `textKeys` and `calibration`. */
export function scoringOutputs(
  built: TeacherForcedGraph,
  shape: BatchShape,
  wanted: Wanted,
): Record<string, Tensor> {
  return {
    logprobs: built.logprobs,
    ...(wanted.entropy && { entropy: softmaxEntropy(built.logits) }),
    ...(wanted.values && { values: valueHead(built.hidden, built.parameters) }),
    ...(wanted.likeliest && { likeliest: likeliestTokens(built.logits) }),
    ...(wanted.alternatives > 0 && likeliestLogprobs(built.logits, wanted.alternatives)),
    ...(wanted.hidden && { hidden: built.hidden }),
    ...signalOutputs(built, shape, wanted),
  };
}

/** The outputs for signals alone. */
export function signalOutputs(
  { graph, rows }: Pick<TeacherForcedGraph, "graph" | "rows">,
  { prompts, promptLength, groupSize, completionLength }: BatchShape,
  { attention, calibrated, imageRows }: Pick<Wanted, "attention" | "calibrated" | "imageRows">,
): Record<string, Tensor> {
  const outputs: Record<string, Tensor> =
    imageRows === undefined ? {} : { imageRows: promptPart(rows(imageRows.row), promptLength) };
  if (attention === undefined && calibrated === undefined) {
    return outputs;
  }
  const visualKeys = graph.input("visualKeys", [prompts, promptLength]);
  const textKeys = graph.input("textKeys", [prompts, promptLength]);
  const supports = keySupports(visualKeys, textKeys, groupSize, completionLength);
  if (attention !== undefined) {
    const visual = modalitySignals(rows(attention.row), supports.visual);
    const text = modalitySignals(rows(attention.row), supports.text);
    outputs["visualMass"] = visual.mass;
    outputs["visualChord"] = visual.chord!;
    outputs["textMass"] = text.mass;
    outputs["textChord"] = text.chord!;
    Object.assign(outputs, measureOutputs(rows(attention.row), supports, attention.measure));
  }
  if (calibrated !== undefined) {
    const factors = calibrated.biasCorrection
      ? graph.input("calibration", [prompts * groupSize, 1, promptLength + completionLength])
      : undefined;
    const { connectivity, gram } = calibratedSignals(
      rows(calibrated.row, calibrated.layers),
      supports.visual,
      factors,
    );
    outputs["connectivity"] = connectivity;
    outputs["gram"] = gram;
  }
  return outputs;
}

/** What the outputs above need beside the decoder's own inputs. */
export function scoringFeeds(
  batch: SequenceBatch,
  sequences: readonly PreparedSequence[],
  { attention, calibrated }: Wanted,
): Feeds {
  if (attention === undefined && calibrated === undefined) {
    return {};
  }
  const { shape, prompts } = batch;
  const { visual, text } = promptSupports(prompts, shape.prompts, shape.promptLength);
  const keys = { visualKeys: visual, textKeys: text };
  return calibrated?.biasCorrection
    ? { ...keys, calibration: calibrationFactors(batch, sequences, calibrated.biasCurve) }
    : keys;
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
    ...(wanted.values && { values: numbers("values") }),
    ...(wanted.likeliest && { likeliest: Int32Array.from(numbers("likeliest")) }),
    ...(wanted.alternatives > 0 && {
      alternatives: readAlternatives(outputs, wanted.alternatives, slot * completionLength, length),
    }),
    ...readSignals(outputs, shape, slot, sequence, wanted),
  };
}

/** A completion without tokens, of a prompt without images. */
const EMPTY: PreparedSequence = {
  prompt: {
    tokens: new Int32Array(),
    imageIndex: new Int32Array(),
    positions: { components: [], next: 0 },
    images: [],
  },
  completion: new Int32Array(),
};

/** The score of an empty completion. */
export function emptyScore(wanted: Wanted): Score {
  const nothing = new Float32Array();
  const names = [
    "logprobs",
    "entropy",
    "values",
    "likeliest",
    "alternativeTokens",
    "alternativeLogprobs",
    "connectivity",
    "gram",
    "imageRows",
  ];
  const signals = ["Mass", "Chord", "Entropy", "KeyCount", "Divergence"].flatMap((name) => [
    `visual${name}`,
    `text${name}`,
  ]);
  const outputs = Object.fromEntries([...names, ...signals].map((name) => [name, nothing]));
  const shape = { prompts: 1, groupSize: 1, promptLength: 0, completionLength: 0 };
  return readScore(outputs, shape, 0, EMPTY, wanted);
}

/** The first `length` numbers of a slot of `width`. */
export function readRow(
  outputs: Readonly<Record<string, Float32Array>>,
  name: string,
  slot: number,
  width: number,
  length: number,
): Float64Array {
  return Float64Array.from(outputs[name]!.subarray(slot * width, slot * width + length));
}

function readSignals(
  outputs: Readonly<Record<string, Float32Array>>,
  { completionLength: width, promptLength }: BatchShape,
  slot: number,
  { prompt, completion: { length } }: PreparedSequence,
  { attention, calibrated, imageRows }: Wanted,
): { signals?: Signals } {
  if (attention === undefined && calibrated === undefined && imageRows === undefined) {
    return {};
  }
  const modality = (name: string) => ({
    mass: readRow(outputs, `${name}Mass`, slot, width, length),
    chord: readRow(outputs, `${name}Chord`, slot, width - 1, Math.max(0, length - 1)),
  });
  const withMeasure = (request: AttentionRequest) => {
    const read = attentionSignals(modality("visual"), modality("text"));
    const numbers = (name: string, of: number, count: number) => readRow(outputs, name, slot, of, count);
    return { ...read, ...readMeasure(request, { ...read, numbers, width }) };
  };
  return {
    signals: {
      ...(attention && { attention: withMeasure(attention) }),
      ...(calibrated && {
        calibrated: {
          connectivity: readRow(outputs, "connectivity", slot, width, length),
          gram: readSquare(outputs["gram"]!, slot, width, length),
        },
      }),
      ...(imageRows && {
        imageRows: readImageRows(outputs["imageRows"]!, prompt, { promptLength, width }, slot, length),
      }),
    },
  };
}

/** The leading `[length × length]` of a slot's `[width × width]`. */
export function readSquare(flat: Float32Array, slot: number, width: number, length: number): Float64Array {
  const square = new Float64Array(length * length);
  let to = 0;
  for (let row = 0; row < length; row++) {
    const start = (slot * width + row) * width;
    for (let column = start; column < start + length; column++) {
      square[to++] = flat[column]!;
    }
  }
  return square;
}
