/**
 * @module
 * The same prompt with the frames of its videos in another order: number, size and rate of the frames stay, so its
 * tokens do too.
 */
import type { Prompt } from "../../engine/index.ts";
import type { Rng } from "../../math/index.ts";

/**
 * A random order of so many frames that is not the one they have, every other order equally likely.
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
 * The prompt with each video's frames in another order; undefined where no video has two frames to put in order.
 *
 * @param rng each video has a fork of its own
 */
export function withShuffledFrames(prompt: Prompt, rng: Rng): Prompt | undefined {
  let shuffled = 0;
  const chunks = prompt.chunks.map((chunk, place) => {
    if (chunk.kind !== "video" || chunk.video.frames.length < 2) return chunk;
    shuffled++;
    const { frames, fps } = chunk.video;
    const order = anotherOrder(frames.length, rng.fork(place));
    return { kind: "video" as const, video: { frames: order.map((frame) => frames[frame]!), fps } };
  });
  return shuffled === 0 ? undefined : { chunks };
}
