/**
 * @module
 * Video files to frames, by the ffmpeg that is installed: a first pass counts frames and reads their times, a
 * second pass returns the frames that are shown. Nothing but plain video containers is opened, and no other file or
 * address.
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { DataError } from "../../errors/index.ts";
import { decodeImage } from "./decode.ts";
import { type FfmpegOptions, runFfmpeg } from "./ffmpeg.ts";
import { FrameList, type ListedVideo } from "./frame-list.ts";
import { type FrameRequest, sampledFps, sampleFrames } from "./frame-sampling.ts";
import type { RgbImage } from "./rgb-image.ts";
import { selectExpression } from "./select-expression.ts";
import type { VideoClip } from "./video-clip.ts";

/** Containers that hold their own frames; playlists, which name other files, are not among them. */
const CONTAINERS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf,gif";
const DEFAULT_MAX_BYTES = 2 ** 31;
/** Their numbers are one argument of a program, which Linux limits to 128 KiB. */
const MAX_FRAMES = 8192;

export interface ReadVideoOptions extends FfmpegOptions {
  /** Which frames are shown: two a second unless given, as qwen-vl-utils does. */
  readonly frames?: FrameRequest;
  /** Refuse videos whose chosen frames take more bytes; 2 GiB unless given. */
  readonly maxBytes?: number;
  /** Name for messages; the path unless given. */
  readonly where?: string;
}

/**
 * The chosen frames of a video file.
 *
 * Turned upright where the video says so. `ffmpeg` is version 5.1 or later.
 *
 * @throws DataError with the path: missing, no plain file, no video, damaged, too short, too large, too slow; or no ffmpeg
 */
export async function readVideo(path: string, options: ReadVideoOptions = {}): Promise<VideoClip> {
  const { frames: request = { fps: 2 }, maxBytes = DEFAULT_MAX_BYTES } = options;
  try {
    if (!(await stat(path)).isFile()) throw new Error("not a plain file");
    // Attached pictures are not video. Without reinit_filter a change of pixel format would count frames from 0 again.
    const input = ["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS, "-reinit_filter", "0"];
    input.push("-i", `file:${resolve(path)}`, "-map", "0:V:0", "-fps_mode", "passthrough");
    const list = new FrameList();
    await runFfmpeg([...input, "-f", "framecrc", "pipe:1"], (part) => list.push(part), options);
    const video = list.video();
    const chosen = sampleFrames(video, request);
    checkAmount(video, chosen.length, maxBytes);
    const frames = await readPixels(input, video, chosen, options);
    return { frames, fps: sampledFps(video, chosen.length) };
  } catch (cause) {
    throw new DataError(`${options.where ?? path}: cannot be read as a video: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function checkAmount({ width, height }: ListedVideo, frames: number, maxBytes: number): void {
  if (frames > MAX_FRAMES)
    throw new Error(`expected at most ${MAX_FRAMES} frames to show, got ${frames}: ask for fewer frames`);
  if (width * height * 3 * frames > maxBytes)
    throw new Error(
      `expected at most ${maxBytes} bytes, got ${frames} frames of ${width} x ${height}: ask for fewer frames`,
    );
}

/** The chosen frames; where a video changes its size midway, all have that of the first. */
async function readPixels(
  input: readonly string[],
  { width, height }: ListedVideo,
  chosen: readonly number[],
  options: FfmpegOptions,
): Promise<RgbImage[]> {
  const size = width * height * 3;
  const frames = chosen.map((): RgbImage => ({ width, height, data: new Uint8Array(size) }));
  let bytes = 0;
  const take = (part: Uint8Array) => {
    if (bytes + part.length > size * chosen.length)
      throw new Error(`ffmpeg wrote more than ${size * chosen.length} bytes`);
    for (let from = 0; from < part.length; ) {
      const offset = bytes % size;
      const piece = part.subarray(from, from + size - offset);
      frames[Math.floor(bytes / size)]!.data.set(piece, offset);
      from += piece.length;
      bytes += piece.length;
    }
  };
  const filter = `select='${selectExpression(chosen)}',scale=${width}:${height}`;
  const output = ["-vf", filter, "-frames:v", String(chosen.length), "-pix_fmt", "rgb24"];
  await runFfmpeg([...input, ...output, "-f", "rawvideo", "pipe:1"], take, options);
  if (bytes !== size * chosen.length)
    throw new Error(`expected ${chosen.length} frames of ${size} bytes, got ${bytes} bytes`);
  return frames;
}

/**
 * A video that lies on disk as images, one a frame; all of them are shown.
 *
 * @param fps frames per second of video among these images
 * @throws DataError naming the image that cannot be read
 */
export async function readFrames(sources: readonly (string | Uint8Array)[], fps: number): Promise<VideoClip> {
  const frames: RgbImage[] = [];
  for (const [i, source] of sources.entries()) {
    frames.push(await decodeImage(source, typeof source === "string" ? {} : { where: `frame ${i}` }));
  }
  return { frames, fps };
}
