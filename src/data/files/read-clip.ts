/**
 * @module
 * From what a row says of a video to the pixels of its frames.
 */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { DataError } from "../../errors/index.ts";
import {
  type FrameRequest,
  type ReadVideoOptions,
  type RgbImage,
  readVideo,
  sampledFps,
  sampleFrames,
  type VideoClip,
} from "../../model/index.ts";
import type { ImageReference } from "./image-reference.ts";
import { inFolder, shownMedium } from "./media-path.ts";
import { MediaStore } from "./media-store.ts";
import { type FilesOptions, filesSchema } from "./options.ts";
import { checkShape, type MediaOptions, type OwnImage, readImage } from "./read-image.ts";
import { isImageName, type OwnSampling, type VideoReference } from "./video-reference.ts";

/** Most files in a folder of frames. */
const MAX_FOLDER_FILES = 200_000;
const byNumber = new Intl.Collator("en", { numeric: true });

/**
 * Reads the frames of one video that are to be shown. A video file is sampled by ffmpeg. Frames that are given as images are
 * all shown; of more than `maxFrames` (or `numFrames`, where that is set) as many, evenly spaced.
 *
 * @throws DataError when a path, a frame or the video file cannot be read, frames differ in size, or they take too many bytes
 */
export async function readClip(reference: VideoReference, media: MediaOptions): Promise<VideoClip> {
  switch (reference.kind) {
    case "frames":
      return readFrameImages(reference.frames, reference, media);
    case "bytes":
      return readVideoBytes(reference.bytes, "video", reference, media);
    case "path":
      return readNamedClip(reference.path, reference, media);
  }
}

async function readNamedClip(named: string, own: OwnSampling, media: MediaOptions): Promise<VideoClip> {
  const found = await media.store.video(named);
  switch (found.kind) {
    case "file":
      return readVideoFile(found.path, shownMedium("video", named), own, media);
    case "bytes":
      return readVideoBytes(found.bytes, found.where, own, media);
    case "folder":
      return readFrameImages(framesIn(found.names, named), own, media);
  }
}

/**
 * Reads the video that a user names: a video file, or a folder of its frames.
 *
 * @param fps of a video file, frames to show a second; of a folder, frames a second that it has
 * @throws DataError when there is none, or it cannot be read
 */
export async function readVideoAt(path: string, fps: number): Promise<VideoClip> {
  const found = await realpath(path).catch((cause: Error) => {
    throw new DataError(`${shownMedium("video", path)}: ${cause.message}`, { cause });
  });
  const options = filesSchema.parse({ path, video: { fps, framesFps: fps } });
  const store = new MediaStore({ directories: [dirname(found)] });
  return readClip({ kind: "path", path: basename(found) }, { store, options });
}

async function readVideoFile(
  path: string,
  where: string,
  own: OwnSampling,
  { options }: MediaOptions,
): Promise<VideoClip> {
  const { fps, numFrames, minFrames, maxFrames } = sampling(own, options.video);
  const frames: FrameRequest = numFrames === undefined ? { fps, minFrames, maxFrames } : { numFrames };
  const read: ReadVideoOptions = { frames, where, maxBytes: options.video.maxBytes };
  const clip = await readVideo(path, read);
  checkShape(clip.frames[0]!);
  return clip;
}

/** ffmpeg reads files only, so the bytes become one for the time of reading. */
async function readVideoBytes(
  bytes: Uint8Array,
  where: string,
  own: OwnSampling,
  media: MediaOptions,
): Promise<VideoClip> {
  const folder = await mkdtemp(join(tmpdir(), "fovea-video-"));
  try {
    const path = join(folder, "video");
    await writeFile(path, bytes);
    return await readVideoFile(path, where, own, media);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The row's sampling, else the options'. */
function sampling(own: OwnSampling, video: FilesOptions["video"]) {
  // A row that asks for frames a second does not want the options' fixed number.
  const numFrames = own.numFrames ?? (own.fps === undefined ? video.numFrames : undefined);
  const { minFrames = video.minFrames, maxFrames = video.maxFrames, fps = video.fps } = own;
  return { fps, numFrames, minFrames, maxFrames };
}

/** The images of a folder, in the order of their names; numbers in names count as numbers. */
function framesIn(names: readonly string[], named: string): OwnImage[] {
  if (names.length > MAX_FOLDER_FILES)
    throw new DataError(
      `${shownMedium("video", named)}: expected at most ${MAX_FOLDER_FILES} files in the folder, got ${names.length}`,
    );
  const frames = names
    .filter((name) => isImageName(name) && !name.startsWith("."))
    .sort((a, b) => byNumber.compare(a, b) || (a < b ? -1 : 1));
  if (frames.length === 0)
    throw new DataError(`${shownMedium("video", named)}: expected images in the folder, got none`);
  return frames.map((name) => ({ kind: "path", path: inFolder(named, name) }));
}

async function readFrameImages(
  images: readonly ImageReference[],
  own: OwnSampling,
  media: MediaOptions,
): Promise<VideoClip> {
  const { video } = media.options;
  const { maxFrames, numFrames = maxFrames } = sampling(own, video);
  const given = { totalFrames: images.length, fps: own.fps ?? video.framesFps };
  const limit = Math.min(numFrames, maxFrames);
  // Frames are taken in pairs, and a limit is not exceeded.
  const pairs = Math.max(2, 2 * Math.floor(limit / 2));
  const chosen =
    images.length > limit ? sampleFrames(given, { numFrames: pairs }) : Array.from(images.keys());
  const frames: RgbImage[] = [];
  for (const index of chosen) {
    const reference = images[index]!;
    if (reference.kind === "row")
      throw new DataError("video: expected images as frames, got another row's index");
    const frame = await readImage(reference, media);
    const [first = frame] = frames;
    if (frame.width !== first.width || frame.height !== first.height)
      throw new DataError(
        `video: frame ${index}: expected ${first.width} x ${first.height} like the first, got ${frame.width} x ${frame.height}`,
      );
    if (first.data.length * chosen.length > video.maxBytes)
      throw new DataError(
        `video: expected at most ${video.maxBytes} bytes, got ${chosen.length} frames of ${first.width} x ${first.height}: ask for fewer frames`,
      );
    frames.push(frame);
  }
  return { frames, fps: sampledFps(given, chosen.length) };
}
