/**
 * @module
 * A signal's own part of a scoring graph: outputs that are small, where the attention rows that they are made of are not.
 */
import type { BatchShape, TeacherForcedGraph } from "../../../model/graph/index.ts";
import type { Feeds, Graph, Tensor } from "../../../tensor/index.ts";
import type { PreparedSequence, SequenceBatch } from "../scoring/sequence-batches.ts";

/** A scoring graph under construction. */
export interface SignalGraph {
  readonly graph: Graph;
  readonly rows: TeacherForcedGraph["rows"];
  readonly states: TeacherForcedGraph["states"];
  readonly shape: BatchShape;
  /** `[P·G, 1, S_p + T]` 1 at the keys of each modality; declares their inputs on first use. */
  readonly supports: () => Readonly<Record<"visual" | "text", Tensor>>;
  /** `[P, S_p]` 1 at image tokens; declares the input on first use. */
  readonly visual: () => Tensor;
}

/** A program's outputs for the completion in a slot. */
export interface SlotOutputs {
  readonly outputs: Readonly<Record<string, Float32Array>>;
  readonly shape: BatchShape;
  readonly slot: number;
  readonly sequence: PreparedSequence;
}

/** A signal's outputs, what they must be fed beside the decoder's inputs, and how its value is read from them. */
export interface GraphReducer<Request, Value> {
  outputs(graph: SignalGraph, request: Request): Record<string, Tensor>;
  feeds?(batch: SequenceBatch, sequences: readonly PreparedSequence[], request: Request): Feeds;
  read(slot: SlotOutputs, request: Request): Value;
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

/** The leading `[length × length]` of a slot's `[width × width]`. */
export function readSquare(flat: Float32Array, slot: number, width: number, length: number): Float32Array {
  const square = new Float32Array(length * length);
  for (let row = 0; row < length; row++) {
    const start = (slot * width + row) * width;
    square.set(flat.subarray(start, start + length), row * length);
  }
  return square;
}
