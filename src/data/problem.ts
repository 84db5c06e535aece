/**
 * @module
 * One problem: a question about images and videos, and the answers that a verdict accepts.
 */
import type { RgbImage } from "../model/image/rgb-image.ts";
import type { VideoClip } from "../model/image/video-clip.ts";

/** A question with its images, its videos, its accepted answers and the row that it was made of. */
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
  /** Accepted answers, at least one: a completion is right when it equals any of them. */
  readonly answers: readonly string[];
  /** Texts of the options A, B, … of a multiple-choice question, without their letters. */
  readonly options?: readonly string[];
  /** Free-form kind, for accuracy by kind; `"all"` unless given. */
  readonly kind?: string;
  /** Every column of the row by its name; empty for a procedural problem without any. */
  readonly columns: Readonly<Record<string, unknown>>;
  /** Steps of right reasoning, where they are known: for each step the wordings that count. */
  readonly keySteps?: readonly (readonly string[])[];
  /** Facts visible in the images, where known: for each fact the accepted wordings. */
  readonly visualFacts?: readonly (readonly string[])[];
  /** Sentences about the images, true and false, where they are known. */
  readonly claims?: readonly VisualClaim[];
  /** Where in the first image the answer is to be seen, and places like them where it is not, where they are known. */
  readonly evidence?: VisualEvidence;
}

/** A sentence about a problem's images. */
export interface VisualClaim {
  readonly text: string;
  readonly isTrue: boolean;
}

/** A rectangle of an image, in its pixels. */
export interface ImageRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the answer is to be seen. */
export interface VisualEvidence {
  readonly regions: readonly ImageRegion[];
  /** Places of the same size that say nothing about the answer, each a match for all regions. */
  readonly controls: readonly (readonly ImageRegion[])[];
}

/** A problem once it is asked: without pixels. */
export type AnsweredProblem = Omit<
  Problem,
  "images" | "videos" | "keySteps" | "visualFacts" | "claims" | "evidence"
>;

/** A finite or endless list of problems, each a pure function of its index. */
export interface ProblemSource {
  /** Identifies the data: a resumed run compares it. */
  readonly fingerprint: string;
  /** The number of distinct problems; `Infinity` for a procedural source. */
  readonly size: number;
  /**
   * A problem by its number.
   *
   * @throws DataError when its row is broken
   */
  problem(index: number): Problem | Promise<Problem>;
  /** Place of the first problem with a video, found without reading pixels; absent where no problem has one. */
  firstVideo?(): Promise<string | undefined>;
}
