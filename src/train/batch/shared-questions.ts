/**
 * @module
 * Share-GRPO's forms of a problem: other wordings of its question, and rotated, flipped or noised images with a
 * sentence that states the change. The answer is the same.
 *
 * Source: R1-ShareVL, arXiv:2505.16673; changes and sentences follow its authors' code, github.com/HJYao00/R1-ShareVL
 * at da7388e, `verl/utils/dataset.py`.
 */
import type { Problem } from "../../data/index.ts";
import type { Dialogue, Question } from "../../eval/index.ts";
import type { Rng } from "../../math/index.ts";
import type { RgbImage } from "../../model/index.ts";
import type { SharedChange, SharedRollouts } from "../schedule/rollouts-schema.ts";

interface Change {
  /** The sentence before the question that states the change. */
  readonly words: string;
  readonly apply: (image: RgbImage, rng: Rng) => RgbImage;
}

const NOISE = "This image has been corrupted with noise. Please solve the question based on this image.\n";
const restored = (what: string) =>
  `The image is ${what} and help me solve the question based on the corrected image.\n`;

const CHANGES: Readonly<Record<SharedChange, Change>> = {
  "quarter-clockwise": {
    words: restored("rotated 90 degrees counterclockwise. Please rotate it back"),
    apply: (image) => moved(image, true, (x, y, { height }) => [y, height - 1 - x]),
  },
  "quarter-anticlockwise": {
    words: restored("rotated 90 degrees clockwise. Please rotate it back"),
    apply: (image) => moved(image, true, (x, y, { width }) => [width - 1 - y, x]),
  },
  "half-turn": {
    words: restored("rotated 180 degrees counterclockwise. Please rotate it back"),
    apply: (image) => moved(image, false, (x, y, { width, height }) => [width - 1 - x, height - 1 - y]),
  },
  "flip-vertical": {
    words: restored("vertically flipped. Please flip it back to its original orientation"),
    apply: (image) => moved(image, false, (x, y, { height }) => [x, height - 1 - y]),
  },
  "flip-horizontal": {
    words: restored("horizontally flipped. Please flip it back to its original orientation"),
    apply: (image) => moved(image, false, (x, y, { width }) => [width - 1 - x, y]),
  },
  "flip-both": {
    words: restored(
      "flipped both horizontally and vertically, which is equivalent to a 180-degree rotation. Please restore it to its original orientation",
    ),
    apply: (image) => moved(image, false, (x, y, { width, height }) => [width - 1 - x, height - 1 - y]),
  },
  "noise-10": { words: NOISE, apply: (image, rng) => noised(image, 10, rng) },
  "noise-25": { words: NOISE, apply: (image, rng) => noised(image, 25, rng) },
  "noise-50": { words: NOISE, apply: (image, rng) => noised(image, 50, rng) },
};

/** A permutation of pixels; a quarter turn swaps width and height. */
function moved(
  image: RgbImage,
  isTurned: boolean,
  from: (x: number, y: number, source: RgbImage) => readonly [x: number, y: number],
): RgbImage {
  const [width, height] = isTurned ? [image.height, image.width] : [image.width, image.height];
  const data = new Uint8Array(image.data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [sourceX, sourceY] = from(x, y, image);
      const source = (sourceY * image.width + sourceX) * 3;
      data.set(image.data.subarray(source, source + 3), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

function noised(image: RgbImage, deviation: number, rng: Rng): RgbImage {
  const noisy = Uint8ClampedArray.from(image.data, (value) => Math.trunc(value + rng.normal(0, deviation)));
  return { ...image, data: new Uint8Array(noisy.buffer) };
}

/**
 * The changed image.
 *
 * @param rng source of the noise
 */
export function changedImage(image: RgbImage, change: SharedChange, rng: Rng): RgbImage {
  return CHANGES[change].apply(image, rng);
}

/** Other wordings of a question, the problem's own among them. */
function wordings({ question, columns }: Problem, column: string): readonly string[] {
  const given = columns[column];
  const others = Array.isArray(given) ? given.filter((one) => typeof one === "string" && one !== "") : [];
  return [...(others as string[]), question];
}

/**
 * The forms of a problem: wordings, drawn without repetition as long as there are enough, each with changed images at
 * the given probability. Videos are never changed.
 *
 * @param rng used for this problem only
 */
export function formsOf(problem: Problem, options: SharedRollouts, rng: Rng): Problem[] {
  const words = rng.shuffle([...wordings(problem, options.questions)]);
  return Array.from({ length: options.variants }, (_, form): Problem => {
    const question = words[form % words.length]!;
    const isChanged = rng.uniform() < options.changeShare && problem.images.length > 0;
    if (!isChanged) return { ...problem, question };
    const change = rng.pick(options.changes);
    const draws = rng.fork(form);
    return {
      ...problem,
      question: CHANGES[change].words + question,
      images: problem.images.map((image, i) => changedImage(image, change, draws.fork(i))),
    };
  });
}

/** The forms of every question, question by question. */
export function inForms(
  dialogue: Pick<Dialogue, "prompt">,
  questions: readonly Question[],
  options: SharedRollouts,
  rng: Rng,
): Question[] {
  return questions.flatMap(({ index, problem }) =>
    formsOf(problem, options, rng.fork(index)).map((form) => ({
      index,
      problem: form,
      prompt: dialogue.prompt(form),
    })),
  );
}
