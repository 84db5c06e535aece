/**
 * @module
 * Which frames of a video are shown, as transformers' Qwen2-VL video processor chooses them.
 */
import { DataError } from "../../errors/index.ts";
import { roundHalfEven } from "./round-half-even.ts";

/** A video as far as sampling needs it. */
export interface VideoLength {
  readonly totalFrames: number;
  /** Frames per second. */
  readonly fps: number;
}

/** How many frames to show: so many, or so many per second of video. Not both. */
export type FrameRequest = (
  | { readonly numFrames: number; readonly fps?: never }
  | { readonly fps: number; readonly numFrames?: never }
) & {
  /** Fewest and most frames when `fps` is given; 4 and 768 unless given. */
  readonly minFrames?: number;
  readonly maxFrames?: number;
  /** The number becomes a multiple of this, 2 unless given. */
  readonly temporalPatchSize?: number;
};

function frameCount({ totalFrames, fps }: VideoLength, request: FrameRequest): number {
  const { minFrames = 4, maxFrames = 768, temporalPatchSize: size = 2 } = request;
  if (request.numFrames !== undefined) return roundHalfEven(request.numFrames / size) * size;
  const most = Math.floor(Math.min(maxFrames, totalFrames) / size) * size;
  const wanted = (totalFrames / fps) * request.fps;
  return Math.floor(Math.min(Math.max(wanted, minFrames), most, totalFrames) / size) * size;
}

/**
 * Indices of the frames to show, evenly spaced from the first.
 *
 *     iₖ = ⌊k · total / n⌋, n = total / fps_video · fps clamped to [min, max] and rounded down to a multiple
 *
 * @returns ascending indices below `totalFrames`
 * @throws DataError when the video has too few frames for one temporal patch, or for `numFrames`, or fewer are asked for
 */
export function sampleFrames(video: VideoLength, request: FrameRequest): number[] {
  const { totalFrames } = video;
  if (!(Number.isInteger(totalFrames) && totalFrames > 0 && video.fps > 0)) {
    throw new DataError(`video: expected frames and fps above 0, got ${totalFrames} at ${video.fps} fps`);
  }
  const count = frameCount(video, request);
  const { temporalPatchSize: least = 2 } = request;
  if (!(count > 0) && totalFrames >= least)
    throw new DataError(
      `video: expected ${least} or more frames to be asked for, got ${JSON.stringify(request)}`,
    );
  if (!(count > 0 && count <= totalFrames)) {
    throw new DataError(
      `video: expected at least ${Math.max(count, 2)} frames to choose from, got ${totalFrames}`,
    );
  }
  // The step in 64 bits, indices through 32 bits, as torch.arange has them. It adds a frame after the video's end
  // where the rounded step falls short; that one is left out.
  const step = totalFrames / count;
  return Array.from({ length: count }, (_, k) => Math.trunc(Math.fround(k * step)));
}

/** Frames per second of video among those chosen. */
export function sampledFps({ totalFrames, fps }: VideoLength, chosen: number): number {
  return (chosen / totalFrames) * fps;
}
