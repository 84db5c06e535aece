/**
 * @module
 * Where a question's images stand in its text.
 */
import { DataError } from "../errors/index.ts";

/** Stands in a question for its next image. */
export const IMAGE_PLACE = "<image>";

/** A stretch of a question: some text, or its next image. */
export type QuestionPart = { readonly type: "image" } | { readonly type: "text"; readonly text: string };

/**
 * A question cut at its `<image>` places; where it has none, the images come first.
 *
 * @param images how many the problem has
 * @throws DataError when the question has some places, but not one for each image
 */
export function questionParts(question: string, images: number): QuestionPart[] {
  const texts = question.split(IMAGE_PLACE);
  const places = texts.length - 1;
  if (places === 0) {
    return [
      ...Array.from({ length: images }, () => ({ type: "image" as const })),
      { type: "text", text: question },
    ];
  }
  if (places !== images)
    throw new DataError(
      `question: expected an image for each of ${places} places ${IMAGE_PLACE}, got ${images}`,
    );
  return texts.flatMap((text, i): QuestionPart[] => [
    ...(i > 0 ? [{ type: "image" as const }] : []),
    ...(text === "" ? [] : [{ type: "text" as const, text }]),
  ]);
}
