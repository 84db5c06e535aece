/**
 * @module
 * The decoder's input, wherever the vocabulary lies.
 */
import type { DeviceArray } from "../../../tensor/index.ts";
import type { DecoderRows, NumberRange } from "../prompts/decoder-batch.ts";
import type { Machinery } from "../scoring/machinery.ts";

/** The vocabulary's embeddings in memory; none where they are on a device, which looks them up itself. */
export function vocabulary(
  { store }: Pick<Machinery, "store">,
  weights: Float32Array,
): NumberRange | undefined {
  return store.device === undefined ? store.view(weights, "embedding") : undefined;
}

/** Works on the embeddings of rows, which are freed after it where they lie on a device. */
export async function withEmbeddings<T>(
  { store, embedding }: Pick<Machinery, "store" | "embedding">,
  rows: DecoderRows,
  weights: Float32Array,
  work: (embeddings: Float32Array | DeviceArray) => Promise<T>,
): Promise<T> {
  if (store.device === undefined || embedding === undefined) return work(rows.embeddings);
  const there = await embedding.rows(rows, store.device.feeds(["embedding"], weights)["embedding"]!);
  try {
    return await work(there);
  } finally {
    there.dispose();
  }
}
