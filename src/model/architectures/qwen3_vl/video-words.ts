/**
 * @module
 * The time of a video's frames, as words before each temporal patch: `<0.3 seconds>`. The words are text of
 * the prompt, so they are encoded together with the text before them.
 */
import { DataError } from "../../../errors/index.ts";
import { roundHalfEven } from "../../image/round-half-even.ts";
import type { VideoClip } from "../../image/video-clip.ts";
import type { VisionChunk } from "../../vision.ts";
import { TEMPORAL_PATCH_SIZE } from "./config.ts";

/**
 * A video as times and frames. A temporal patch whose second frame is missing shows its first one twice.
 *
 * @throws DataError when there is no frame, or `fps` is not above 0
 */
export function videoWords(video: VideoClip): (string | VisionChunk)[] {
  const { frames, fps } = video;
  if (frames.length === 0) throw new DataError("video: expected at least one frame, got none");
  if (!(fps > 0 && Number.isFinite(fps))) throw new DataError(`video: expected fps > 0, got ${fps}`);
  const at = (frame: number) => Math.min(frame, frames.length - 1) / fps;
  return Array.from({ length: Math.ceil(frames.length / TEMPORAL_PATCH_SIZE) }, (_, patch) => {
    const first = patch * TEMPORAL_PATCH_SIZE;
    const middle = (at(first) + at(first + TEMPORAL_PATCH_SIZE - 1)) / 2;
    const shown = { frames: frames.slice(first, first + TEMPORAL_PATCH_SIZE), fps };
    return [`<${tenths(middle)} seconds>`, { kind: "video", video: shown, partOf: video } as const];
  }).flat();
}

/** One decimal, ties to even as Python writes them. Only quarters can be ties: no other number that ends on 5 is exact. */
function tenths(x: number): string {
  const isTie = Number.isInteger(4 * x) && !Number.isInteger(2 * x);
  return (isTie ? roundHalfEven(10 * x) / 10 : x).toFixed(1);
}
