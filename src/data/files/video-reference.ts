/**
 * @module
 * The content of a video cell: a file, a folder of frames, a list of frames, or a video's bytes; in a struct
 * also the number of frames to show.
 */
import { DataError } from "../../errors/index.ts";
import { imageFormat } from "../../model/index.ts";
import { type ImageReference, imageReferences } from "./image-reference.ts";
import { holdsSomething, isStruct } from "./rows/cells.ts";
import { literalIn } from "./rows/literal.ts";

/** How a row itself wants its video sampled; what it does not say is left to the options. */
export interface OwnSampling {
  /** Of a video file: frames per second to show. Of frames: how many a second they are. */
  readonly fps?: number;
  readonly numFrames?: number;
  readonly minFrames?: number;
  readonly maxFrames?: number;
}

/** Where a video comes from. */
export type VideoReference = OwnSampling &
  (
    | { readonly kind: "path"; readonly path: string }
    | { readonly kind: "bytes"; readonly bytes: Uint8Array }
    | { readonly kind: "frames"; readonly frames: readonly ImageReference[] }
  );

/** Endings of images; a GIF counts as a video. */
const IMAGE_ENDING = /\.(png|jpe?g|webp|tiff?|avif|bmp|p[bgpn]m)$/i;
const DATA_URI = /^data:video\/[a-z0-9.+-]+;base64,/i;
/** Names that qwen-vl-utils and verl give to one setting, the likeliest first. */
const SAMPLING_KEYS: Readonly<Record<keyof OwnSampling, readonly string[]>> = {
  fps: ["fps", "sample_fps", "video_fps"],
  numFrames: ["nframes", "num_frames"],
  minFrames: ["min_frames"],
  maxFrames: ["max_frames"],
};

/** Whether a name is an image's, by its ending. */
export function isImageName(name: string): boolean {
  return IMAGE_ENDING.test(name);
}

function isImageBytes(bytes: Uint8Array): boolean {
  const format = imageFormat(bytes);
  return format !== undefined && format !== "GIF";
}

type Struct = Readonly<Record<string, unknown>>;

/** Whether an entry of a list is an image, and the list the frames of one video. */
function isFrame(value: unknown): boolean {
  if (typeof value === "string") return isImageName(value) || /^data:image\//i.test(value);
  if (value instanceof Uint8Array) return isImageBytes(value);
  if (!isStruct(value)) return false;
  if (value["bytes"] instanceof Uint8Array) return isImageBytes(value["bytes"]);
  return typeof value["path"] === "string" && isImageName(value["path"]);
}

function ownSampling(struct: Struct): OwnSampling {
  const own: Record<string, number> = {};
  for (const [key, names] of Object.entries(SAMPLING_KEYS)) {
    const name = names.find((candidate) => struct[candidate] !== undefined && struct[candidate] !== null);
    if (name === undefined) continue;
    const value = Number(struct[name]);
    if (!(value > 0 && Number.isFinite(value)))
      throw new DataError(`video: ${name}: expected a number above 0, got ${String(struct[name])}`);
    if (key !== "fps" && !Number.isInteger(value))
      throw new DataError(`video: ${name}: expected a whole number, got ${value}`);
    own[key] = value;
  }
  return own;
}

/** The datasets library writes a missing video as a struct of nulls. */
function isMissing(struct: Struct): boolean {
  const held = ["video", "bytes", "path"].filter((key) => key in struct);
  return held.length > 0 && held.every((key) => !holdsSomething(struct[key]));
}

function fromStruct(struct: Struct): VideoReference {
  const own = ownSampling(struct);
  if (struct["video"] !== undefined && struct["video"] !== null) {
    if (isStruct(struct["video"]) && "video" in struct["video"])
      throw new DataError("video: expected a path or frames in a struct, got a struct of structs");
    const [inner, ...more] = videoReferences(struct["video"]);
    if (inner === undefined || more.length > 0)
      throw new DataError(
        `video: expected one video in a struct, got ${inner === undefined ? 0 : 1 + more.length}`,
      );
    return { ...inner, ...own };
  }
  if (struct["bytes"] instanceof Uint8Array) return { ...fromBytes(struct["bytes"]), ...own };
  const { path } = struct as { readonly path?: unknown };
  if (typeof path === "string" && path !== "") return { ...fromText(path), ...own };
  throw new DataError("video: expected a video, bytes or a path, got none of them");
}

function fromBytes(bytes: Uint8Array): VideoReference {
  if (bytes.length === 0) throw new DataError("video: is empty");
  return isImageBytes(bytes)
    ? { kind: "frames", frames: [{ kind: "bytes", bytes }] }
    : { kind: "bytes", bytes };
}

function fromText(text: string): VideoReference {
  const uri = DATA_URI.exec(text.slice(0, 100));
  if (uri !== null) return fromBytes(new Uint8Array(Buffer.from(text.slice(uri[0].length), "base64")));
  if (/^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(text) && !text.startsWith("file://") && !isImageName(text))
    throw new DataError(
      `video ${JSON.stringify(text.slice(0, 300))}: is a URL: download it and name the file`,
    );
  if (isFrame(text)) return { kind: "frames", frames: imageReferences(text, false) };
  return { kind: "path", path: text };
}

function fromList(items: readonly unknown[], isInner: boolean): VideoReference[] {
  const frames = items.filter(isFrame).length;
  if (items.length > 0 && frames === items.length)
    return [{ kind: "frames", frames: imageReferences(items, false) }];
  if (frames > 0)
    throw new DataError(
      `video: expected frames or videos in a list, got ${frames} images of ${items.length}`,
    );
  if (isInner) throw new DataError("video: expected the images of one video in a list within a list");
  return items.flatMap((item) => (Array.isArray(item) ? fromList(item, true) : videoReferences(item)));
}

/**
 * The videos that a cell names, in order. A list of images is one video, its frames; a list of anything else is a
 * list of videos.
 *
 * @throws DataError when the cell is nothing of the kind
 */
export function videoReferences(value: unknown): VideoReference[] {
  if (value === null || value === undefined || value === "") return [];
  if (typeof value === "string") {
    const list = literalIn(value);
    return Array.isArray(list) ? fromList(list, false) : [fromText(value.trim())];
  }
  if (value instanceof Uint8Array) return [fromBytes(value)];
  if (Array.isArray(value)) return fromList(value, false);
  if (isStruct(value)) return isMissing(value) ? [] : [fromStruct(value)];
  throw new DataError(`video: expected a path, frames or a list of videos, got a ${typeof value}`);
}
