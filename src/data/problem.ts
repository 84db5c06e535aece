/**
 * @module
 * One problem: a question about images and videos, and the answer that a verifier checks against.
 */
import type { RgbImage } from "../model/image/rgb-image.ts";
import type { VideoClip } from "../model/image/video-clip.ts";

/** A question with its images, its videos and its reference answer. */
export interface Problem {
  /** Unique within its data set. */
  readonly id: string;
  /** In the order in which the question refers to them. */
  readonly images: readonly RgbImage[];
  /** In the order in which the question refers to them; none unless given. */
  readonly videos?: readonly VideoClip[];
  /**
   * With `<image>` in the place of each image, or without any: then the images come before it. So too `<video>` and
   * the videos, which come after the images where both are without places.
   */
  readonly question: string;
  readonly answer: string;
  /** Free-form kind, for accuracy by kind. */
  readonly kind: string;
  /** What right reasoning states, where that is known: for each step the wordings that count. */
  readonly keySteps?: readonly (readonly string[])[];
}

/** A finite or endless list of problems, each a pure function of its index. */
export interface ProblemSource {
  /** Says in words what differs when a resumed run has other data. */
  readonly fingerprint: string;
  /** The number of distinct problems; `Infinity` for a procedural source. */
  readonly size: number;
  /**
   * A problem by its number.
   *
   * @throws DataError when its row is broken
   */
  problem(index: number): Problem | Promise<Problem>;
  /** Where the first problem with a video stands, found without reading pixels; absent where there never is one. */
  firstVideo?(): Promise<string | undefined>;
}
