/**
 * @module
 * Attention rows on image tokens, for looking at: the one signal that is not reduced.
 */
import { KEY_KIND } from "../attention-signals.ts";
import { checkRows } from "../check-rows.ts";
import type { AttentionRow, AttentionRows, AttentionSignal } from "./signal.ts";

/** Which rows are looked at. */
export interface ImageRowsRequest {
  readonly row: AttentionRow;
}

/** `[T × I]` the rows at visual keys, in order. */
function imageRows({ rows, kind, first, tokens, keys }: AttentionRows): Float64Array {
  checkRows(rows, { tokens, keys }, kind, first);
  const visual = Array.from({ length: keys }, (_, key) => key).filter((key) => kind[key] === KEY_KIND.visual);
  return Float64Array.from({ length: tokens * visual.length }, (_, i) => {
    const t = Math.floor(i / visual.length);
    return rows[t * keys + visual[i % visual.length]!]!;
  });
}

export const imageRowsSignal: AttentionSignal<"imageRows", "image-rows", ImageRowsRequest, Float64Array> = {
  name: "imageRows",
  reads: "attention",
  needs: [{ capability: "image-rows", when: () => true, words: () => "attention rows on images" }],
  parts: [{ path: [], shape: "T×I", wire: "image_rows", label: "attention on image tokens" }],
  look: { row: "own" },
  rows: ({ row }) => ({ row, layers: 1 }),
  reduce: imageRows,
};
