/**
 * @module
 * The same prompt with the frames of its videos in another order: number, size and rate of the frames stay, so its
 * tokens do too.
 */
import type { Prompt, PromptChunk } from "../../engine/index.ts";
import type { Rng } from "../../math/index.ts";

/**
 * A random order of the frames other than the original, uniform over all other orders.
 *
 * @param frames at least 2
 */
export function anotherOrder(frames: number, rng: Rng): number[] {
  const order = Array.from({ length: frames }, (_, i) => i);
  do rng.shuffle(order);
  while (order.every((frame, i) => frame === i));
  return order;
}

/**
 * The prompt with each video's frames in another order; undefined when no video has two frames.
 *
 * @param rng each video has a fork of its own
 */
export function withShuffledFrames(prompt: Prompt, rng: Rng): Prompt | undefined {
  const chunks = [...prompt.chunks];
  let shuffled = 0;
  for (const places of videoPlaces(chunks).values()) {
    const shown = places.map((place) => (chunks[place] as VideoChunk).video.frames);
    const frames = shown.flat();
    if (frames.length < 2) continue;
    shuffled++;
    const order = anotherOrder(frames.length, rng.fork(places[0]!));
    let next = 0;
    for (const [i, place] of places.entries()) {
      const chunk = chunks[place] as VideoChunk;
      const given = shown[i]!.map(() => frames[order[next++]!]!);
      chunks[place] = { ...chunk, video: { ...chunk.video, frames: given } };
    }
  }
  return shuffled === 0 ? undefined : { chunks };
}

type VideoChunk = Extract<PromptChunk, { readonly kind: "video" }>;

/** Places of the chunks of each video, which may be given frame by frame. */
function videoPlaces(chunks: readonly PromptChunk[]): ReadonlyMap<object, readonly number[]> {
  const places = new Map<object, number[]>();
  for (const [place, chunk] of chunks.entries()) {
    if (chunk.kind !== "video") continue;
    const video = chunk.partOf ?? chunk;
    places.set(video, [...(places.get(video) ?? []), place]);
  }
  return places;
}
