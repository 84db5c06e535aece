/**
 * @module
 * The fake engine's view of a prompt: one integer for its content, images and videos as given or ablated, and its last
 * token.
 */
import type { ImageAblation } from "../../credit/index.ts";
import type { Prompt } from "../engine.ts";

const known = new WeakMap<Prompt, Map<string, number>>();

/** An integer in [0, 2²⁸) for the prompt's text and its images; a prompt without images is the same under any ablation. */
export function promptKey(prompt: Prompt, image?: ImageAblation): number {
  const seen = known.get(prompt) ?? new Map<string, number>();
  known.set(prompt, seen);
  const name = JSON.stringify(image ?? null);
  const key = seen.get(name) ?? hash(prompt, image);
  seen.set(name, key);
  return key;
}

function hash(prompt: Prompt, image: ImageAblation | undefined): number {
  let h = 0x811c9dc5;
  const mix = (values: Iterable<number>) => {
    for (const value of values) h = Math.imul(h ^ value, 0x01000193);
  };
  for (const chunk of prompt.chunks) {
    if (chunk.kind === "text") {
      mix(chunk.tokens);
    } else if (image?.kind !== "discard") {
      for (const { data } of chunk.kind === "image" ? [chunk.image] : chunk.video.frames) mix(data);
      if (image !== undefined) mix(Array.from(JSON.stringify(image), (symbol) => symbol.charCodeAt(0)));
    }
  }
  return h >>> 4;
}

/** The last token of the prompt's text; 0 when it has none. */
export function lastPromptToken(prompt: Prompt): number {
  const last = prompt.chunks.findLast((chunk) => chunk.kind === "text");
  return (last?.kind === "text" ? last.tokens.at(-1) : undefined) ?? 0;
}
