/**
 * @module
 * The memory that a prompt refers to.
 */
import type { Prompt } from "../engine/index.ts";
import type { Held } from "./kept.ts";

/** Bytes that are kept at most, by a pool of prompts and by the chats, as a local engine keeps prepared prompts. */
export const MOST_BYTES = 2 ** 28;
/** Of a token: its id, and its digits in the name of the prompt. */
const TOKEN_BYTES = 16;

/** Pixels of the prompt's images and frames, and tokens of its text. */
export function heldBytes({ chunks }: Prompt): Held[] {
  return chunks.flatMap((chunk): Held[] => {
    if (chunk.kind === "text") {
      return [{ object: chunk.tokens, bytes: chunk.tokens.length * TOKEN_BYTES }];
    }
    const images = chunk.kind === "image" ? [chunk.image] : chunk.video.frames;
    return images.map(({ data }) => ({ object: data, bytes: data.length }));
  });
}
