/**
 * @module
 * How a model's images and videos become tokens: their grids, their places in a prompt, their patches. Opened once for a
 * model, from its config and its processor settings.
 */
import { EngineError } from "../errors/index.ts";
import type { ImageGrid } from "./image/image-grid.ts";
import type { PixelSize } from "./image/smart-resize.ts";
import type { Prompt, PromptChunk } from "./prompt.ts";

export type VisionChunk = Exclude<PromptChunk, { readonly kind: "text" }>;

/** Tokens of an image or video as they lie in it: a video has one frame per patch of time, an image one per tile. */
export interface TokenGrid {
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  /** How an image's tiles lie, where it is cut: they come row by row, then the whole image as one more frame. */
  readonly tiles?: { readonly rows: number; readonly columns: number };
  /** Seconds of video from one frame to the next; absent for an image. */
  readonly secondsPerFrame?: number;
}

/** `[S]` rotary positions per component, and the position of the token that follows. */
export interface Positions {
  /** One list for each component of a position: one for plain rotary positions, three for time, height and width. */
  readonly components: readonly Int32Array[];
  /** Position, in all components, of the next text token. */
  readonly next: number;
}

/** An image's or a video's normalised patches. */
export interface PatchedImage {
  readonly grid: ImageGrid;
  /** `[n, C·T·p·p]` */
  readonly patches: Float32Array;
}

/** Which tokens of a prompt read an image by cross-attention. Completions read what the prompt's last token does. */
export interface ImageReaders {
  /** The first of them, at the place of the image, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Tokens that the tower makes of the image, and how many of the first of them readers see. */
  readonly keys: number;
  readonly realKeys: number;
}

/** A prompt as the decoder will see it. */
export interface SpelledPrompt<I extends PatchedImage = PatchedImage> {
  /** `[S]`; tokens of images and videos have the ids of their pads. */
  readonly tokens: Int32Array;
  /** `[S]` index of the image or video of a token, −1 for text. */
  readonly imageIndex: Int32Array;
  readonly positions: Positions;
  readonly images: readonly I[];
  /**
   * `[images]` where images are read by cross-attention; absent where their tokens are in the prompt, or there is
   * none.
   */
  readonly readers?: readonly ImageReaders[];
}

/** A model's eyes. */
export interface Vision {
  /** Ids of image and video pads; text must not contain them. */
  readonly pixelTokens: readonly number[];
  /** Those, and the ids that open and close an image: a model that samples one makes a sequence that cannot be read. */
  readonly specialTokens: readonly number[];
  /** Frames of a video that share a patch of time; 1 where the model takes no videos. */
  readonly framesPerPatch: number;
  /** The preprocessor_config.json of the settings, which transformers reads. */
  readonly preprocessorJson: Readonly<Record<string, unknown>>;
  /** Tokens that an image or video takes in a prompt. */
  tokens(chunk: VisionChunk): number;
  /** How they lie in it. */
  grid(chunk: VisionChunk): TokenGrid;
  /**
   * The size in pixels at which the model sees an image or a video's frames. The processor leaves most images of that size
   * as they are. It does not where it first gives every image's longest side one length, or where rounding took the size
   * out of the limits.
   */
  shownSize(chunk: VisionChunk): PixelSize;
  /** The chunks without images and videos, and without the tokens around them, as if they had never been there. */
  discard(chunks: readonly PromptChunk[]): PromptChunk[];
  /**
   * Spells a prompt out: ids with every image and video spelled out, rotary positions, and pixels as patches.
   *
   * @throws EngineError when the prompt is empty, or its text contains the id of an image or video pad or an id
   *   outside the vocabulary
   */
  spell(prompt: Prompt): SpelledPrompt;
}

/**
 * Checks that text contains only ids of text.
 *
 * @throws EngineError naming an id that is not in the vocabulary or is an image or video pad
 */
export function checkText(
  tokens: Iterable<number>,
  vocabSize: number,
  { pixelTokens }: Pick<Vision, "pixelTokens">,
  where: string,
): void {
  for (const token of tokens) {
    if (!(Number.isInteger(token) && token >= 0 && token < vocabSize)) {
      throw new EngineError(`${where}: expected token ids in [0, ${vocabSize}), got ${token}`);
    }
    if (pixelTokens.includes(token)) {
      throw new EngineError(
        `${where}: token ${token} is a pad of an image or video, but the text has none at its place`,
      );
    }
  }
}
