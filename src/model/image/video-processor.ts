/**
 * @module
 * From a video's frames to the vision tower's patches: every frame is resized as a still would be, then two
 * neighbours share a temporal patch. Which frames are shown is decided before, by `sampleFrames`.
 */
import { DataError } from "../../errors/index.ts";
import { resizeBicubic } from "./bicubic.ts";
import type { ImageGrid } from "./image-grid.ts";
import { cutPatches, normaliseFrame } from "./patches.ts";
import { checkPixels } from "./processor.ts";
import type { VideoProcessorConfig } from "./processor-config.ts";
import type { RgbImage } from "./rgb-image.ts";
import { type PixelSize, smartResize, videoResize } from "./smart-resize.ts";
import type { VideoClip } from "./video-clip.ts";

/** A video as the vision tower reads it. */
export interface ProcessedVideo {
  /** `[n × (C·Tp·p·p)]`, the rows of one temporal patch after the rows of another; see `ProcessedImage`. */
  readonly patches: Float32Array;
  readonly grid: ImageGrid;
  /** Seconds of video in one temporal patch. */
  readonly secondsPerGrid: number;
}

function shownSize(size: PixelSize, frames: number, config: VideoProcessorConfig): PixelSize {
  const { minPixels, patchSize, mergeSize, temporalPatchSize } = config;
  const factor = patchSize * mergeSize;
  let { maxPixels } = config;
  if (config.limitsWholeVideo) {
    if (config.capPixelsPerFrame) {
      const share = Math.min(config.maxVideoTokens * factor * factor, Math.floor(maxPixels / frames));
      maxPixels = Math.max(share, Math.trunc(minPixels * 1.05)) * frames;
    }
    return videoResize(size, frames, temporalPatchSize, { factor, minPixels, maxPixels });
  }
  if (config.capPixelsPerFrame) {
    const total = Math.trunc(config.maxVideoTokens * factor * factor * 0.9);
    const share = Math.floor((total * temporalPatchSize) / frames);
    maxPixels = Math.max(Math.min(maxPixels, share), Math.trunc(minPixels * 1.05));
  }
  return smartResize(size, { factor, minPixels, maxPixels });
}

/**
 * The patch grid that a video of so many frames of this size gets.
 *
 * @param whole frames of the video that these are a part of
 * @throws DataError when a side is zero or the aspect ratio is above 200
 */
export function videoGrid(
  size: PixelSize,
  frames: number,
  config: VideoProcessorConfig,
  whole = frames,
): ImageGrid {
  const { width, height } = shownSize(size, whole, config);
  const times = Math.ceil(frames / config.temporalPatchSize);
  return [times, height / config.patchSize, width / config.patchSize];
}

/**
 * The patches of a video. The last frame is repeated until the frames fill their temporal patches.
 *
 * Bicubic as Pillow does it, like stills. transformers has no Pillow path for videos: its torchvision resize
 * differs by a few levels; where no resize is needed the numbers are the same.
 *
 * @param whole frames of the video that these are a part of
 * @throws DataError when there is no frame, frames differ in size, `fps` is not above 0, or the size is impossible
 * @throws ShapeError when a frame's data does not fill its size
 */
export function preprocessVideo(
  { frames, fps }: VideoClip,
  config: VideoProcessorConfig,
  whole = frames.length,
): ProcessedVideo {
  const [first] = frames;
  if (first === undefined) throw new DataError("video: expected at least one frame, got none");
  if (!(fps > 0 && Number.isFinite(fps))) throw new DataError(`video: expected fps > 0, got ${fps}`);
  for (const [i, frame] of frames.entries()) {
    checkPixels(frame, `video: frame ${i}`);
    if (frame.width !== first.width || frame.height !== first.height) {
      throw new DataError(
        `video: frame ${i}: expected ${first.width} x ${first.height} like frame 0, got ${frame.width} x ${frame.height}`,
      );
    }
  }
  const { width, height } = shownSize(first, whole, config);
  const shown: RgbImage[] = frames.map((frame) => resizeBicubic(frame, width, height));
  while (shown.length % config.temporalPatchSize !== 0) shown.push(shown.at(-1)!);
  return { ...cutPatches(shown, config, normaliseFrame), secondsPerGrid: config.temporalPatchSize / fps };
}
