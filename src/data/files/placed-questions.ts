/**
 * @module
 * The questions of a conversation with the images and videos at their places.
 */
import { DataError } from "../../errors/index.ts";
import { IMAGE_PLACE, VIDEO_PLACE } from "../question-parts.ts";
import { withLikelyPlaces } from "./image-places.ts";
import { type ImageReference, imageReferences } from "./image-reference.ts";
import { IndexedImage } from "./rows/asked.ts";
import type { StatedQuestion } from "./rows/reader.ts";
import { type VideoReference, videoReferences } from "./video-reference.ts";

/** Images and videos in the order of a text's places. */
export interface Media {
  readonly images: readonly ImageReference[];
  readonly videos: readonly VideoReference[];
}

/** A question and its own images and videos. */
export interface PlacedQuestion extends Media {
  readonly question: string;
}

/** The questions of a row with videos alone; LLaVA's video data write `<image>` where the video is. */
function withVideoPlaces(questions: readonly string[], images: number, videos: number): readonly string[] {
  const isOfVideos = images === 0 && videos > 0 && !questions.some((text) => text.includes(VIDEO_PLACE));
  return isOfVideos ? questions.map((text) => text.replaceAll(IMAGE_PLACE, VIDEO_PLACE)) : questions;
}

const NUMBERED = /<image[ _:#-]?(\d{1,3})>/gi;

/**
 * `<image 2>` (`<image_2>`, `<image2>`) names the second image: each question with the images that it names, in that
 * order; those never named come first. If any is `<image 0>`, all count from 0.
 *
 * @returns undefined where no image is named
 * @throws DataError when an image is named that there is not, there are places without numbers too, or only later
 *   questions name images, so that the first may be about any
 */
function inNamedOrder(questions: readonly string[], images: readonly ImageReference[]) {
  const numbers = questions.map((text) => [...text.matchAll(NUMBERED)].map(([, number]) => Number(number)));
  const all = numbers.flat();
  if (all.length === 0) return undefined;
  const first = all.includes(0) ? 0 : 1;
  const missing = all.find((number) => images[number - first] === undefined);
  if (missing !== undefined)
    throw new DataError(`question: names image ${missing}, expected at most ${images.length - 1 + first}`);
  if (questions.some((text) => text.includes(IMAGE_PLACE)))
    throw new DataError(`question: expected places of images with or without numbers, got both`);
  if (numbers[0]!.length === 0)
    throw new DataError(
      `question: expected the first of ${questions.length} questions to name its images, since later questions name theirs`,
    );
  const unnamed = images.filter((_, i) => !all.includes(i + first));
  return questions.map((text, i) => {
    const before = i === 0 ? unnamed : [];
    return {
      question: IMAGE_PLACE.repeat(before.length) + text.replaceAll(NUMBERED, IMAGE_PLACE),
      images: [...before, ...numbers[i]!.map((number) => images[number - first]!)],
    };
  });
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

/**
 * Gives each question of a conversation as many as it has places; the first all where none has any, or it is alone.
 *
 * @throws DataError when the places of several questions are more or fewer
 */
function dealt<T>(all: readonly T[], questions: readonly string[], place: string): (readonly T[])[] {
  const places = questions.map((text) => text.split(place).length - 1);
  const total = places.reduce((sum, count) => sum + count, 0);
  if (total === 0 || places.length === 1) return places.map((_, i) => (i === 0 ? all : []));
  if (total !== all.length)
    throw new DataError(
      `question: expected as many as the ${total} places ${place} of ${places.length} questions, got ${all.length}`,
    );
  let next = 0;
  return places.map((count) => {
    const own = all.slice(next, next + count);
    next += count;
    return own;
  });
}

/**
 * The questions of a conversation, each with the images and videos at its places.
 *
 * @param asked the first question and the later questions
 * @param text the first question's text, with all that is shown beside it
 * @param images the row's own
 * @param videos the row's own
 * @throws DataError when content parts have places that nothing fills, or images and places do not match
 */
export function placedQuestions(
  asked: StatedQuestion,
  text: string,
  images: readonly ImageReference[],
  videos: readonly VideoReference[],
): { readonly first: PlacedQuestion; readonly later: readonly PlacedQuestion[] } {
  const all = [asked, ...asked.later];
  const ownImages = all.flatMap((one) => one.images);
  const ownVideos = all.flatMap((one) => one.videos);
  const allImages = filled(ownImages, images, (cell) => imageReferences(cell, false), "image");
  const allVideos = filled(ownVideos, videos, videoReferences, "video");
  const written = withLikelyPlaces([text, ...asked.later.map((one) => one.text)], allImages.length);
  const marked = withVideoPlaces(written, allImages.length, allVideos.length);
  const named = inNamedOrder(marked, allImages);
  const questions = named?.map(({ question }) => question) ?? marked;
  const imagesDealt = named?.map((one) => one.images) ?? dealt(allImages, questions, IMAGE_PLACE);
  const videosDealt = dealt(allVideos, questions, VIDEO_PLACE);
  const [first, ...later] = questions.map((question, i) => ({
    question,
    images: imagesDealt[i]!,
    videos: videosDealt[i]!,
  }));
  return { first: first!, later };
}
