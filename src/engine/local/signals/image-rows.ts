/**
 * @module
 * Attention rows on image keys, for looking at: the one signal that leaves the graph unreduced.
 */
import type { AttentionRow } from "../../../credit/index.ts";
import { slice, type Tensor } from "../../../tensor/index.ts";
import type { PreparedPrompt } from "../prompts/prepared-prompt.ts";
import type { GraphReducer } from "./graph-reducer.ts";

/** The prompt's part of rows `[B, T, S_p + T]`: `[B, T, S_p]`. */
function promptPart(rows: Tensor, promptLength: number): Tensor {
  return slice(rows, 2, 0, promptLength);
}

/**
 * One completion's rows at its prompt's image keys.
 *
 * @param flat `[B, T, S_p]`, prompts padded on the left
 * @param width T of the program
 * @returns `[length × I]`
 */
function readImageRows(
  flat: Float32Array,
  { imageIndex }: PreparedPrompt,
  { promptLength, width }: { readonly promptLength: number; readonly width: number },
  slot: number,
  length: number,
): Float64Array {
  const keys: number[] = [];
  for (let i = 0; i < imageIndex.length; i++) {
    if (imageIndex[i]! >= 0) keys.push(promptLength - imageIndex.length + i);
  }
  const rows = new Float64Array(length * keys.length);
  for (let t = 0; t < length; t++) {
    const start = (slot * width + t) * promptLength;
    for (let k = 0; k < keys.length; k++) rows[t * keys.length + k] = flat[start + keys[k]!]!;
  }
  return rows;
}

/** Rows on image keys; see `imageRowsSignal`. */
export const imageRowsReducer: GraphReducer<{ readonly row: AttentionRow }, Float64Array> = {
  outputs: ({ rows, shape }, { row }) => ({ imageRows: promptPart(rows(row), shape.promptLength) }),
  read({ outputs, shape, slot, sequence }) {
    const { promptLength, completionLength: width } = shape;
    const { prompt, completion } = sequence;
    return readImageRows(outputs["imageRows"]!, prompt, { promptLength, width }, slot, completion.length);
  },
};
