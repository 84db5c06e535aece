/**
 * @module
 * The model's input, as the network reads it: runs of token ids with images and videos between them.
 */
import type { RgbImage } from "./image/rgb-image.ts";
import type { VideoClip } from "./image/video-clip.ts";

/** Text as token ids, or an image or a video, which becomes as many pad tokens as its size requires. */
export type PromptChunk =
  | { readonly kind: "text"; readonly tokens: readonly number[] }
  | { readonly kind: "image"; readonly image: RgbImage }
  | {
      readonly kind: "video";
      readonly video: VideoClip;
      /** The video whose frames these are, where it is shown frame by frame with text between. */
      readonly partOf?: VideoClip;
    };

/** The model's input. Sequences that share one `Prompt` object share its prefill. */
export interface Prompt {
  readonly chunks: readonly PromptChunk[];
  /** Whether no other token attends to image tokens, which keep their places. False unless given. */
  readonly hidesImages?: boolean;
}
