/**
 * @module
 * A question: a text with places of images and videos, and the media at these places, as in the content parts
 * of chat messages.
 */
import { DataError } from "../../../errors/index.ts";
import { IMAGE_PLACE, VIDEO_PLACE } from "../../question-parts.ts";
import { namedPlaces, withUsualPlaces } from "../image-places.ts";
import { holdsSomething, isStruct } from "./cells.ts";

/** A text, and the medium at each of its places; undefined where the row's own images or videos fill it. */
export interface Asked {
  readonly text: string;
  readonly images: readonly unknown[];
  readonly videos: readonly unknown[];
}

/** A value in words, for errors. */
export function described(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (Array.isArray(value)) return "a list";
  if (value instanceof Uint8Array) return "bytes";
  if (value === null || value === undefined) return "nothing";
  if (value instanceof Date) return "a time";
  return isStruct(value) ? "a struct" : `a ${typeof value}`;
}

/**
 * A cell as text.
 *
 * @param what names it in errors
 * @throws DataError when it is a struct, or a list of more than one
 */
export function asText(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  if (value === Infinity || value === -Infinity)
    throw new DataError(`${what}: expected a text or a finite number, got ${value}`);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime()))
    return value.toISOString().replace(/T00:00:00\.000Z$/, "");
  if (Array.isArray(value) && value.length === 1) return asText(value[0], what);
  throw new DataError(`${what}: expected a text, got ${described(value)}`);
}

/** An image at a place that is the row's own, by its place among these from 0: TRL's parts have an `index`. */
export class IndexedImage {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

/**
 * A cell as a name: of several, as of a list of categories, all.
 *
 * @throws DataError when it is a struct
 */
export function asName(value: unknown, what: string): string {
  return Array.isArray(value)
    ? value
        .filter(holdsSomething)
        .map((item) => asText(item, what))
        .join(", ")
    : asText(value, what);
}

function placesIn(text: string, place: string): undefined[] {
  return new Array<undefined>(text.split(place).length - 1).fill(undefined);
}

function plain(written: string): Asked {
  const asked = namedPlaces(withUsualPlaces(written));
  return { ...asked, videos: placesIn(asked.text, VIDEO_PLACE) };
}

/** Texts one after the other. */
export function joined(all: readonly Asked[], between: string): Asked {
  return {
    text: all.map(({ text }) => text).join(between),
    images: all.flatMap(({ images }) => images),
    videos: all.flatMap(({ videos }) => videos),
  };
}

const IMAGE_KEYS = ["image", "image_url", "url", "path", "bytes", "base64", "data", "source"];
const VIDEO_KEYS = ["video", "video_url", "url", "path", "bytes", "frames"];

/** The image or video that a content part itself names; undefined for a place alone. */
function named(part: Readonly<Record<string, unknown>>, keys: readonly string[], medium: string): unknown {
  const holding = keys.filter((key) => holdsSomething(part[key]));
  const [key] = holding;
  if (key === undefined) return undefined;
  // Bytes and path belong together, and a video's own sampling is beside them: the part is the struct.
  return medium === "video" || key === "bytes" || key === "path" ? { ...part, type: undefined } : part[key];
}

function indexed({ index }: Readonly<Record<string, unknown>>): IndexedImage | undefined {
  return typeof index === "number" || typeof index === "bigint" ? new IndexedImage(Number(index)) : undefined;
}

/** One content part, as OpenAI, transformers, TRL and qwen-vl-utils write them. */
function partAsked(part: unknown): Asked {
  if (typeof part === "string") return plain(part);
  if (!isStruct(part)) throw new DataError("content: expected parts of text, image or video in a list");
  const type = typeof part["type"] === "string" ? part["type"] : undefined;
  const has = (keys: readonly string[]) => keys.some((key) => holdsSomething(part[key]));
  if (
    type === "image" ||
    type === "image_url" ||
    type === "input_image" ||
    (!type && has(["image", "image_url"]))
  )
    return { text: IMAGE_PLACE, images: [named(part, IMAGE_KEYS, "image") ?? indexed(part)], videos: [] };
  if (type === "video" || type === "video_url" || (!type && has(["video", "video_url"])))
    return { text: VIDEO_PLACE, images: [], videos: [named(part, VIDEO_KEYS, "video")] };
  const isText = type === undefined || type === "text" || type === "input_text" || type === "output_text";
  const text = part["text"] ?? part["content"];
  if (isText && typeof text === "string") return plain(text);
  throw new DataError(
    `content: expected a part of type text, image or video, got ${described(part["type"])}`,
  );
}

/**
 * The content of a message: a text, or a list of parts.
 *
 * @throws DataError when it is neither, or a part is of another medium
 */
export function contentAsked(content: unknown, what: string): Asked {
  if (Array.isArray(content) && content.some(isStruct)) return joined(content.map(partAsked), "");
  if (isStruct(content)) return partAsked(content);
  return plain(asText(content, what));
}
