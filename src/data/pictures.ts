/**
 * @module
 * The pictures of a problem, one by one, as attention falls on them.
 */
import type { RgbImage } from "../model/image/rgb-image.ts";
import type { Problem } from "./problem.ts";
import { questionParts } from "./question-parts.ts";

/**
 * A problem's images, and of its videos one frame for each patch of time, in the order in which the prompt has them.
 *
 * @param framesPerPatch frames that share a patch of time: `Vision.framesPerPatch` of the model
 * @throws DataError when the question has not one place for each image and each video
 */
export function pictures({ question, images, videos = [] }: Problem, framesPerPatch: number): RgbImage[] {
  let [image, video] = [0, 0];
  return questionParts(question, images.length, videos.length).flatMap((part): RgbImage[] => {
    if (part.type === "text") return [];
    if (part.type === "image") return images.slice(image++, image);
    return videos
      .slice(video++, video)
      .flatMap(({ frames }) => frames.filter((_, i) => i % framesPerPatch === 0));
  });
}

/**
 * How many pictures a problem has.
 *
 * @param framesPerPatch as in `pictures`
 */
export function pictureCount(
  { images, videos = [] }: Pick<Problem, "images" | "videos">,
  framesPerPatch: number,
): number {
  return videos.reduce((sum, { frames }) => sum + Math.ceil(frames.length / framesPerPatch), images.length);
}
