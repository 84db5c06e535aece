/**
 * @module
 * A signal without a graph of its own: its rows leave the program, and the record's `reduce` makes its value of them.
 */
import { KEY_KIND } from "../../../credit/attention-signals.ts";
import type { AnySignal } from "../../../credit/index.ts";
import type { GraphReducer } from "./graph-reducer.ts";

/** The reducer of a signal that has only its record. */
export function unreduced(
  signal: Extract<AnySignal, { readonly reads: "attention" }>,
): GraphReducer<object, unknown> {
  const output = `rows.${signal.name}`;
  return {
    outputs({ rows }, request) {
      const { row, layers } = signal.rows(request);
      return { [output]: rows(row, layers) };
    },
    read({ outputs, shape, slot, sequence }, request) {
      const { completionLength: width, promptLength } = shape;
      const { imageIndex } = sequence.prompt;
      const [prompt, tokens] = [imageIndex.length, sequence.completion.length];
      const keys = prompt + tokens;
      const rows = new Float32Array(tokens * keys);
      for (let t = 0; t < tokens; t++) {
        const start = (slot * width + t) * (promptLength + width) + promptLength - prompt;
        rows.set(outputs[output]!.subarray(start, start + keys), t * keys);
      }
      const kind = new Uint8Array(keys).fill(KEY_KIND.text);
      for (const [i, image] of imageIndex.entries()) if (image >= 0) kind[i] = KEY_KIND.visual;
      const first = signal.rows(request).row === "own" ? prompt : prompt - 1;
      return signal.reduce({ rows, tokens, keys, kind, first }, request);
    },
  };
}
