/**
 * @module
 * Places of images in a text, in the forms that other tools and models write: all become `<image>`, or `<image 2>` for
 * the second of the row's images. `<img>a.png</img>` (Qwen-VL, ms-swift) is a place and its image.
 */
import { IMAGE_PLACE, VIDEO_PLACE } from "../question-parts.ts";

/** Marks that mean nothing else. */
const MARKS: readonly (readonly [RegExp, string])[] = [
  // Qwen2-VL and later; Llama 3.2; Gemma 3; DeepSeek-VL, LLaVA, InternLM-XComposer; MiniCPM-V.
  [/(?:<\|vision_start\|>)?(?:<\|image_pad\|>)+(?:<\|vision_end\|>)?/g, IMAGE_PLACE],
  [/<\|image\|>|<start_of_image>|<image[_-]placeholder>|<ImageHere>/g, IMAGE_PLACE],
  [/\(<image>\.\/<\/image>\)|<image>\.\/<\/image>/g, IMAGE_PLACE],
  [/(?:<\|vision_start\|>)?(?:<\|video_pad\|>)+(?:<\|vision_end\|>)?/g, VIDEO_PLACE],
  // Phi-3-vision.
  [/<\|image_(\d{1,3})\|>/g, "<image $1>"],
];

/** Marks that may be text, such as a tag; places only where they are as many as the images. */
const LIKELY = /<IMAGE>|<Image>|<image ?\/>|<Image ?\/>|\[IMG\]|\[IMAGE\]/g;

const PLACE_OR_NAMED = /<img>([^<>\n]+)<\/img>|<image>/g;

/** A text whose marks of places are this project's. */
export function withUsualPlaces(text: string): string {
  return MARKS.reduce((rest, [mark, place]) => rest.replaceAll(mark, place), text);
}

/**
 * Questions of a conversation without a place whose likely marks are as many as its images: these are the places; else
 * the marks of the first question, if they alone are as many.
 */
export function withLikelyPlaces(questions: readonly string[], images: number): readonly string[] {
  if (images === 0 || questions.some((text) => text.includes(IMAGE_PLACE))) return questions;
  const marks = questions.map((text) => text.match(LIKELY)?.length ?? 0);
  const isOfAll = marks.reduce((sum, count) => sum + count, 0) === images;
  const isOfFirst = marks[0] === images;
  return questions.map((text, i) =>
    isOfAll || (isOfFirst && i === 0) ? text.replaceAll(LIKELY, IMAGE_PLACE) : text,
  );
}

/** A text, and what its places name: undefined where the row's own images fill them. */
export function namedPlaces(written: string): { readonly text: string; readonly images: readonly unknown[] } {
  const images: (string | undefined)[] = [];
  const text = written.replaceAll(PLACE_OR_NAMED, (_place, path: string | undefined) => {
    images.push(path?.trim());
    return IMAGE_PLACE;
  });
  return { text, images };
}
