/**
 * @module
 * Which queries may have which image tokens' values replaced, spelled out for a batch of sequences with prompts of their
 * own.
 */
import type { Feeds } from "../../../tensor/index.ts";
import { promptSupports } from "../prompts/decoder-batch.ts";
import type { PreparedSequence, SequenceBatch } from "./sequence-batches.ts";

/** The feeds of the graph's `replacementInputs`: queries come after the image to which the key belongs. */
export function replacementFeeds(
  { shape, slots, prompts }: SequenceBatch,
  sequences: readonly PreparedSequence[],
): Feeds {
  const { prompts: count, promptLength, completionLength } = shape;
  const replacedKeys = promptSupports(prompts, count, promptLength).visual;
  const replacedPairs = new Float32Array(count * promptLength * promptLength);
  for (const [p, { imageIndex }] of prompts.entries()) {
    const first = promptLength - imageIndex.length;
    for (const [key, image] of imageIndex.entries()) {
      if (image < 0) continue;
      for (let query = imageIndex.lastIndexOf(image) + 1; query < imageIndex.length; query++) {
        replacedPairs[(p * promptLength + first + query) * promptLength + first + key] = 1;
      }
    }
  }
  const replacedRows = new Float32Array(count * completionLength);
  for (const [slot, index] of slots.entries()) {
    if (index >= 0) {
      replacedRows.fill(
        1,
        slot * completionLength,
        slot * completionLength + sequences[index]!.completion.length,
      );
    }
  }
  return { replacedKeys, replacedPairs, replacedRows };
}
