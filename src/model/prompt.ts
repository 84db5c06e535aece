/**
 * @module
 * What a model is asked, as the network reads it: runs of token ids and images between them.
 */
import type { RgbImage } from "./image/rgb-image.ts";

/** Text as token ids, or an image that stands for as many image-pad tokens as its size asks for. */
export type PromptChunk =
  | { readonly kind: "text"; readonly tokens: readonly number[] }
  | { readonly kind: "image"; readonly image: RgbImage };

/** What the model is asked. Sequences that share one `Prompt` object share its prefill. */
export interface Prompt {
  readonly chunks: readonly PromptChunk[];
}
