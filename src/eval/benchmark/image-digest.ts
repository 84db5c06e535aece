/**
 * @module
 * Digests of the images that answers are to. The fingerprint of a benchmark covers images inside its files, but not images
 * in a folder; so each answer records what the model saw.
 */
import { createHash } from "node:crypto";
import type { Problem, ProblemSource } from "../../data/index.ts";
import { DataError, RunError } from "../../errors/index.ts";

/** The part of an answer's record that is compared. */
interface Pictured {
  readonly index: number;
  readonly problem: string;
  readonly images?: string | undefined;
}

const DIGITS = 16;
/** Recorded answers whose images are read again when an evaluation is resumed. */
const COMPARED = 8;

/** SHA-256 of the sizes and pixels of a problem's images and video frames, shortened; undefined for a problem without them. */
export function imageDigest({ images, videos = [] }: Pick<Problem, "images" | "videos">): string | undefined {
  if (images.length + videos.length === 0) return undefined;
  const hash = createHash("sha256");
  for (const pictures of [images, ...videos.map(({ frames }) => frames)]) {
    hash.update(`${pictures.length} pictures\n`);
    for (const { width, height, data } of pictures) hash.update(`${width}x${height}\n`).update(data);
  }
  return hash.digest("hex").slice(0, DIGITS);
}

/**
 * Compares the images of some recorded answers, evenly spaced, with the images that the source has now. Images that cannot be
 * read now are not compared.
 *
 * @param path of the answers, for the error
 * @throws RunError when images differ, naming the problem
 */
export async function requireSameImages(
  path: string,
  answers: readonly Pictured[],
  source: ProblemSource,
): Promise<void> {
  const pictured = answers.filter(({ images, index }) => images !== undefined && index < source.size);
  const count = Math.min(COMPARED, pictured.length);
  for (let i = 0; i < count; i++) {
    const { index, problem, images } = pictured[Math.floor((i * pictured.length) / count)]!;
    const now = await digestAt(source, index);
    if (now === undefined || now === images) continue;
    throw new RunError(
      `${path}: problem ${problem}: expected the images that the recorded answer is to, digest ${images}, got ${now}; ` +
        "name the folder with these images, or give another --out",
    );
  }
}

async function digestAt(source: ProblemSource, index: number): Promise<string | undefined> {
  try {
    return imageDigest(await source.problem(index));
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
