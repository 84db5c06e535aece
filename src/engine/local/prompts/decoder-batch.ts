/**
 * @module
 * Fills the decoder's inputs: left-padded prompts, right-padded completions, embeddings, angles and masks; and takes
 * gradients of the embeddings back to the vocabulary and to the images.
 */

import { imageTokenWidth, type TextConfig } from "../../../model/config.ts";
import { batchRows, HIDDEN } from "../../../model/graph/index.ts";
import type { PreparedSequence, SequenceBatch } from "../scoring/sequence-batches.ts";
import { forEachKeyedImage, imageFeeds } from "./image-keys.ts";
import type { PreparedImage, PreparedPrompt } from "./prepared-prompt.ts";
import type { RotaryTable } from "./rotary-table.ts";

/** A long list of numbers by its stretches: an array, or a file that is read where it is asked for. */
export type NumberRange = Pick<Float32Array, "subarray">;

/** Widths of the decoder's rows: text fills `hiddenSize`, an image's tokens all that `imageTokenWidth` counts. */
type RowWidths = Pick<TextConfig, "hiddenSize" | "deepstackLayers">;

/** Rows of embeddings and angles, to be filled in any order. */
export class DecoderRows {
  readonly count: number;
  /** Numbers of a row, (1 + K)·D. */
  readonly width: number;
  /** `[N, (1 + K)·D]`; rows of text stay zeros if the vocabulary is on a device. */
  readonly embeddings: Float32Array;
  /** `[N]` ids of text, and 1 where there is text: what a vocabulary elsewhere is looked up by. */
  readonly tokens: BigInt64Array;
  readonly isText: Float32Array;
  hasImages = false;
  readonly cosine: Float32Array;
  readonly sine: Float32Array;
  readonly #textWidth: number;
  readonly #table: RotaryTable;

  /** @param imageRows rows below them for image tokens that cross-attention reads; none unless given */
  constructor(rows: number, widths: RowWidths, table: RotaryTable, imageRows = 0) {
    this.count = rows;
    this.#textWidth = widths.hiddenSize;
    this.width = imageTokenWidth(widths);
    this.#table = table;
    this.embeddings = new Float32Array((rows + imageRows) * this.width);
    this.tokens = new BigInt64Array(rows);
    this.isText = new Float32Array(rows);
    this.cosine = new Float32Array(rows * table.half);
    this.sine = new Float32Array(rows * table.half);
  }

  /** A text token at a position that is the same in all components. */
  token(row: number, token: number, position: number, embedding: NumberRange | undefined): void {
    this.#text(embedding, token, row);
    this.#table.write(position, row, this.cosine, this.sine);
  }

  /** A prompt whose last token goes to row `end − 1`. */
  prompt(end: number, prompt: PreparedPrompt, embedding: NumberRange | undefined): void {
    const { components } = prompt.positions;
    forEachPromptRow(prompt, end, (row, i, image, place) => {
      if (image === undefined) this.#text(embedding, place, row);
      else this.#image(image, place, row);
      const position = components.map((component) => component[i]!);
      this.#table.write(position, row, this.cosine, this.sine);
    });
  }

  /**
   * A prompt's images for cross-attention: the first token of the first image is row `first` of the image rows below
   * all other rows.
   */
  images(first: number, prompt: PreparedPrompt): void {
    forEachKeyedImage(prompt, this.count + first, (row, { embeddings }) => {
      this.embeddings.set(embeddings, row * this.width);
    });
  }

  #text(embedding: NumberRange | undefined, token: number, row: number): void {
    if (embedding === undefined) {
      this.tokens[row] = BigInt(token);
      this.isText[row] = 1;
    } else {
      this.#copy(embedding, token, this.#textWidth, row);
    }
  }

  #image({ embeddings }: PreparedImage, place: number, row: number): void {
    this.hasImages = true;
    this.#copy(embeddings, place, this.width, row);
  }

  #copy(source: NumberRange, place: number, width: number, row: number): void {
    this.embeddings.set(source.subarray(place * width, (place + 1) * width), row * this.width);
  }
}

/** Teacher forcing's rows: the rows of all prompts, then of all completions; empty slots are zeros. */
export function decoderFeeds(
  batch: SequenceBatch,
  sequences: readonly PreparedSequence[],
  embedding: NumberRange | undefined,
  text: TextConfig,
  table: RotaryTable,
) {
  const { prompts, groupSize, promptLength, completionLength, imageLength = 0 } = batch.shape;
  const first = prompts * promptLength;
  const rows = new DecoderRows(batchRows(batch.shape), text, table, prompts * imageLength);
  const targets = new BigInt64Array(batch.slots.length * completionLength);
  for (const [p, prompt] of batch.prompts.entries()) {
    rows.prompt((p + 1) * promptLength, prompt, embedding);
    rows.images(p * imageLength, prompt);
  }
  for (const [slot, index] of batch.slots.entries()) {
    if (index >= 0) {
      const { prompt, completion } = sequences[index]!;
      for (const [t, token] of completion.entries()) {
        const row = slot * completionLength + t;
        rows.token(first + row, token, prompt.positions.next + t, embedding);
        targets[row] = BigInt(token);
      }
    }
  }
  return {
    rows,
    cosine: rows.cosine,
    sine: rows.sine,
    promptMask: promptMask(batch.prompts, prompts, promptLength),
    ...(imageLength > 0 &&
      imageFeeds(
        { prompts: batch.prompts, slots: prompts, promptLength, imageLength },
        groupSize * completionLength,
      )),
    targets,
  };
}

/**
 * Visits a prompt's rows: their place in the batch, and the place of their embedding in the vocabulary or among the tokens
 * of an image, which come in order but may have text between them.
 */
export function forEachPromptRow(
  prompt: PreparedPrompt,
  end: number,
  visit: (row: number, index: number, image: PreparedImage | undefined, place: number) => void,
): void {
  const { tokens, imageIndex, images } = prompt;
  const seen = new Int32Array(images.length);
  for (let i = 0; i < tokens.length; i++) {
    const image = imageIndex[i]!;
    visit(end - tokens.length + i, i, images[image], image < 0 ? tokens[i]! : seen[image]!++);
  }
}

/** `[P, 1, 1, S_p]`: hides the padding on the left, and images where a prompt does. Slots without a prompt show their last token only. */
export function promptMask(
  prompts: readonly (PreparedPrompt | undefined)[],
  slots: number,
  length: number,
): Float32Array {
  const mask = new Float32Array(slots * length).fill(HIDDEN);
  for (let slot = 0; slot < slots; slot++) {
    const real = prompts[slot]?.tokens.length ?? 1;
    const end = (slot + 1) * length;
    mask.fill(0, end - real, end);
    const { hidesImages = false, imageIndex = [] } = prompts[slot] ?? {};
    if (!hidesImages) continue;
    for (const [i, image] of [...imageIndex].entries()) if (image >= 0) mask[end - real + i] = HIDDEN;
  }
  return mask;
}

/** `[P, S_p]` 1 at image tokens, and at every other real token. */
export function promptSupports(prompts: readonly PreparedPrompt[], slots: number, length: number) {
  const visual = new Float32Array(slots * length);
  const text = new Float32Array(slots * length);
  for (const [slot, { imageIndex }] of prompts.entries()) {
    for (const [i, image] of imageIndex.entries()) {
      const target = image < 0 ? text : visual;
      target[(slot + 1) * length - imageIndex.length + i] = 1;
    }
  }
  return { visual, text };
}
