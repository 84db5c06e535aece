/**
 * @module
 * The text of a question with its hint, its options and the places of its images.
 */
import { DataError } from "../../errors/index.ts";
import { IMAGE_PLACE, VIDEO_PLACE } from "../question-parts.ts";
import { type ImageReference, imageReferences } from "./image-reference.ts";
import { IndexedImage } from "./rows/asked.ts";
import { LETTERS } from "./rows/option-lists.ts";
import type { StatedQuestion } from "./rows/reader.ts";
import { type VideoReference, videoReferences } from "./video-reference.ts";

const blanks = (text: string) => text.replaceAll(/\s+/g, " ");

/** Whether a question already has its options in its own text, each after its letter. */
function showsOptions(question: string, options: readonly string[]): boolean {
  const text = blanks(question);
  return options.every((option, i) => {
    const own = blanks(option).trim();
    const letter = LETTERS[i]!;
    const marks = [`${letter}. `, `${letter}) `, `(${letter}) `, `${letter}: `, `${letter}.`, `(${letter})`];
    return [...marks, `(${letter.toLowerCase()}) `].some((mark) => text.includes(mark + own));
  });
}

/** A multiple-choice question with its hint before it and its options below it, one a line. */
export function withOptions(question: string, options: readonly string[], hint: string | undefined): string {
  const lines = options.flatMap((text, i) => {
    if (text === "") return [];
    return [text === LETTERS[i] ? text : `${LETTERS[i]}. ${text}`];
  });
  const isShown = lines.length === 0 || showsOptions(question, options);
  return [
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
    question,
    ...(isShown ? [] : ["Options:", ...lines]),
  ].join("\n");
}

/** The question of a row with videos alone; LLaVA's video data write `<image>` where the video is. */
export function withVideoPlaces(question: string, images: number, videos: number): string {
  const isOfVideos = images === 0 && videos > 0 && !question.includes(VIDEO_PLACE);
  return isOfVideos ? question.replaceAll(IMAGE_PLACE, VIDEO_PLACE) : question;
}

const NUMBERED = /<image[ _:#-]?(\d{1,3})>/gi;

/**
 * `<image 2>` (`<image_2>`, `<image2>`) names the second image: the images in the order in which they are named, those
 * never named first. If any is `<image 0>`, all count from 0.
 *
 * @throws DataError when an image is named that there is not
 */
export function inNamedOrder(question: string, images: readonly ImageReference[]) {
  const numbers = [...question.matchAll(NUMBERED)].map(([, number]) => Number(number));
  if (numbers.length === 0) return { question, images };
  const first = numbers.includes(0) ? 0 : 1;
  const named = numbers.map((number) => number - first);
  const missing = named.find((i) => images[i] === undefined);
  if (missing !== undefined)
    throw new DataError(
      `question: names image ${missing + first}, expected at most ${images.length - 1 + first}`,
    );
  const unnamed = images.filter((_, i) => !named.includes(i));
  return {
    question: IMAGE_PLACE.repeat(unnamed.length) + question.replaceAll(NUMBERED, IMAGE_PLACE),
    images: [...unnamed, ...named.map((i) => images[i]!)],
  };
}

/** The row's own images in the order of the places that name them; undefined where places name none. */
function inIndexedOrder<T>(own: readonly unknown[], column: readonly T[]): readonly T[] | undefined {
  const indices = own.flatMap((cell) => (cell instanceof IndexedImage ? [cell.index] : []));
  if (indices.length === 0 || indices.length < own.length) return undefined;
  const missing = indices.find((index) => column[index] === undefined);
  if (missing !== undefined)
    throw new DataError(`content: names image ${missing} from 0, expected below ${column.length}`);
  const distinct = new Set(indices).size;
  if (distinct < column.length)
    throw new DataError(`content: expected a place for each of ${column.length} images, got ${distinct}`);
  return indices.map((index) => column[index]!);
}

/** The media at places, and the row's own media at places without media. */
function filled<T>(
  own: readonly unknown[],
  column: readonly T[],
  read: (cell: unknown) => readonly T[],
  what: string,
): readonly T[] {
  const isOpen = (cell: unknown) => cell === undefined || cell instanceof IndexedImage;
  const ordered = inIndexedOrder(own, column);
  if (ordered !== undefined || own.every(isOpen)) return ordered ?? column;
  const open = own.filter(isOpen).length;
  // A column that repeats what the parts of the content hold themselves is left alone.
  const isRepeated = open === 0 && column.length === own.length;
  if (!isRepeated && column.length !== open)
    throw new DataError(`question: expected ${open} ${what}s beside its content, got ${column.length}`);
  let next = 0;
  return own.flatMap((cell): readonly T[] => {
    if (isOpen(cell)) return [column[next++]!];
    const found = read(cell);
    if (found.length !== 1)
      throw new DataError(`question: expected one ${what} in a part, got ${found.length}`);
    return found;
  });
}

/** Images and videos in the order of a text's places. */
export interface Media {
  readonly images: readonly ImageReference[];
  readonly videos: readonly VideoReference[];
}

/** Gives each question of a conversation as many as it has places; the first all where none has any. */
function dealt<T>(all: readonly T[], places: readonly number[]): (readonly T[])[] {
  const isPlaced = places.some((count) => count > 0);
  let next = 0;
  return places.map((count, i) => {
    const end = !isPlaced || (places.length === 1 && i === 0) ? all.length : next + count;
    const own = all.slice(next, end);
    next = end;
    return own;
  });
}

/**
 * The images and videos of a question and of later questions of the same conversation.
 *
 * @throws DataError when content parts have places that nothing fills
 */
export function mediaOf(
  question: StatedQuestion,
  images: readonly ImageReference[],
  videos: readonly VideoReference[],
): { readonly first: Media; readonly later: readonly Media[] } {
  const all = [question, ...question.later];
  const ownImages = all.flatMap((asked) => asked.images);
  const ownVideos = all.flatMap((asked) => asked.videos);
  const readImages = filled(ownImages, images, (cell) => imageReferences(cell, false), "image");
  const readVideos = filled(ownVideos, videos, videoReferences, "video");
  const imagesDealt = dealt(
    readImages,
    all.map((asked) => asked.images.length),
  );
  const videosDealt = dealt(
    readVideos,
    all.map((asked) => asked.videos.length),
  );
  const [first, ...later] = all.map((_, i) => ({ images: imagesDealt[i]!, videos: videosDealt[i]! }));
  return { first: first!, later };
}
