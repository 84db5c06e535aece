/**
 * @module
 * Feeds of cross-attention layers: slots for the tokens of each prompt's images, and the rows that read each of them.
 */
import { HIDDEN } from "../../../model/graph/index.ts";
import type { ImageReaders } from "../../../model/index.ts";
import type { PreparedImage, PreparedPrompt } from "./prepared-prompt.ts";

/**
 * Tokens of a prompt's images that layers read by cross-attention; 0 where images are among the prompt's own tokens.
 */
export function imageKeyCount({ readers = [] }: Pick<PreparedPrompt, "readers">): number {
  return readers.reduce((sum, { keys }) => sum + keys, 0);
}

/** Visits images whose tokens are keys of cross-attention: the first row of each, behind the row `first` of the prompt's. */
export function forEachKeyedImage(
  { images, readers = [] }: PreparedPrompt,
  first: number,
  visit: (row: number, image: PreparedImage) => void,
): void {
  let row = first;
  for (const [i, { keys }] of readers.entries()) {
    visit(row, images[i]!);
    row += keys;
  }
}

/** Prompts in slots, and the slots of their rows. */
export interface ReadingSlots {
  readonly prompts: readonly (PreparedPrompt | undefined)[];
  /** P, of which the last may be empty. */
  readonly slots: number;
  readonly promptLength: number;
  /** K, slots of a prompt's image tokens. */
  readonly imageLength: number;
}

/**
 * Feeds of the graph's `imageReadings`: rows of prompts, then `completionRows` of each prompt, which read the same
 * keys as its last token. A row before all images reads every key, empty tiles among them, and its feed-forward adds
 * nothing: transformers runs the model in this way.
 */
export function imageFeeds(
  { prompts, slots, promptLength, imageLength }: ReadingSlots,
  completionRows: number,
): Record<"imageMask" | "attendsImages" | "seesImage", Float32Array> {
  const imageMask = new Float32Array(slots * promptLength * imageLength);
  const rows = slots * (promptLength + completionRows);
  const attendsImages = new Float32Array(rows);
  const seesImage = new Float32Array(rows);
  for (const [p, prompt] of prompts.entries()) {
    if (prompt?.readers === undefined || prompt.hidesImages === true) continue;
    const { length } = prompt.tokens;
    const first = (p + 1) * promptLength - length;
    for (let i = 0; i < length; i++) {
      const mask = imageMask.subarray((first + i) * imageLength, (first + i + 1) * imageLength);
      attendsImages[first + i] = 1;
      seesImage[first + i] = writeRow(mask, prompt.readers, i) ? 1 : 0;
    }
    const completions = slots * promptLength + p * completionRows;
    for (const gate of [attendsImages, seesImage])
      gate.fill(gate[(p + 1) * promptLength - 1]!, completions, completions + completionRows);
  }
  return { imageMask, attendsImages, seesImage };
}

/** Feeds of a decoding step: the last row of each prompt, and the rows of its `groupSize` completions. */
export function stepImageFeeds(reading: Omit<ReadingSlots, "promptLength">, groupSize: number) {
  const promptLength = Math.max(...reading.prompts.map((prompt) => prompt?.tokens.length ?? 1));
  const { imageMask, attendsImages, seesImage } = imageFeeds({ ...reading, promptLength }, groupSize);
  const { slots, imageLength } = reading;
  const last = new Float32Array(slots * imageLength);
  for (let p = 0; p < slots; p++) {
    const row = (p + 1) * promptLength - 1;
    last.set(imageMask.subarray(row * imageLength, (row + 1) * imageLength), p * imageLength);
  }
  const first = slots * promptLength;
  return {
    imageMask: last,
    attendsImages: attendsImages.subarray(first),
    seesImage: seesImage.subarray(first),
  };
}

/** Hides what token i does not read. @returns whether it reads any image */
function writeRow(mask: Float32Array, readers: readonly ImageReaders[], i: number): boolean {
  const reads = readers.map(({ from, to }) => from <= i && i < to);
  const isReader = reads.includes(true);
  mask.fill(HIDDEN);
  let at = 0;
  for (const [image, { keys, realKeys }] of readers.entries()) {
    if (!isReader) mask.fill(0, at, at + keys);
    else if (reads[image]!) mask.fill(0, at, at + realKeys);
    at += keys;
  }
  return isReader;
}
