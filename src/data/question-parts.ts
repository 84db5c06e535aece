/**
 * @module
 * The places of a question's images and videos in its text.
 */
import { DataError } from "../errors/index.ts";

/** Marks the place of the next image in a question. */
export const IMAGE_PLACE = "<image>";
/** Marks the place of the next video in a question. */
export const VIDEO_PLACE = "<video>";

/** A part of a question: some text, or its next image or video. */
export type QuestionPart =
  | { readonly type: "image" }
  | { readonly type: "video" }
  | { readonly type: "text"; readonly text: string };

type Medium = "image" | "video";

function requirePlaces(medium: Medium, place: string, places: number, given: number): void {
  if (places !== 0 && places !== given) {
    const an = medium === "image" ? "an image" : "a video";
    throw new DataError(`question: expected ${an} for each of ${places} places ${place}, got ${given}`);
  }
}

/**
 * A question cut at its `<image>` and `<video>` places. If it has no places of a kind, the images or videos of that
 * kind come first: images, then videos.
 *
 * @param images how many the problem has
 * @param videos how many the problem has
 * @throws DataError when the question has some places of a sort, but not one for each
 */
export function questionParts(question: string, images: number, videos = 0): QuestionPart[] {
  const pieces = question.split(/(<image>|<video>)/);
  const imagePlaces = pieces.filter((piece) => piece === IMAGE_PLACE).length;
  const videoPlaces = pieces.filter((piece) => piece === VIDEO_PLACE).length;
  requirePlaces("image", IMAGE_PLACE, imagePlaces, images);
  requirePlaces("video", VIDEO_PLACE, videoPlaces, videos);
  const first = (type: Medium, count: number): QuestionPart[] =>
    Array.from({ length: count }, () => ({ type }));
  const parts = pieces.flatMap((piece): QuestionPart[] => {
    if (piece === IMAGE_PLACE) return [{ type: "image" }];
    if (piece === VIDEO_PLACE) return [{ type: "video" }];
    return piece === "" ? [] : [{ type: "text", text: piece }];
  });
  const isAllFirst = imagePlaces + videoPlaces === 0;
  return [
    ...(imagePlaces === 0 ? first("image", images) : []),
    ...(videoPlaces === 0 ? first("video", videos) : []),
    ...(isAllFirst ? [{ type: "text" as const, text: question }] : parts),
  ];
}
