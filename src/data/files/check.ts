/**
 * @module
 * Reads a whole data set and says what is in it: how much, how large, what is broken and what stands there twice.
 */
import { createHash } from "node:crypto";
import { DataError } from "../../errors/index.ts";
import type { RgbImage } from "../../model/index.ts";
import type { Problem } from "../problem.ts";
import type { FileSource } from "./file-source.ts";

/** Least, middle and greatest of some numbers, and their mean. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly mean: number;
  readonly greatest: number;
}

/** A row that cannot be read. */
export interface BrokenPlace {
  readonly index: number;
  /** With file and row. */
  readonly message: string;
}

/** A row that is there already, by its id or by its content. */
export interface DuplicatePlace {
  readonly index: number;
  readonly place: string;
  readonly same: "id" | "content";
  /** Where the first of them stands. */
  readonly as: string;
}

/** What is in a data set. */
export interface DataCheck {
  readonly format: string;
  readonly files: number;
  readonly rows: number;
  readonly brokenRows: number;
  /** Rows that are whole, but beyond the limits. */
  readonly filteredRows: number;
  readonly duplicateIds: number;
  readonly duplicateContents: number;
  readonly images: number;
  readonly videos: number;
  /** Neither an image nor a video. */
  readonly problemsWithoutImage: number;
  /** Per image; none where there is no image. */
  readonly pixels?: Spread;
  /** Per video, of its shown frames; none where there is no video. */
  readonly framePixels?: Spread;
  /** Shown frames per video. */
  readonly videoFrames?: Spread;
  /** Per problem, in characters. */
  readonly questionCharacters?: Spread;
  readonly answerCharacters?: Spread;
  /** Per problem, images and videos included; only with a tokenizer. */
  readonly promptTokens?: Spread;
  /** Problems by kind. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly fingerprint: string;
}

/** How a data set is checked. */
export interface CheckOptions {
  /** Tokens of a problem's prompt, images and videos included. */
  readonly promptTokens?: ((problem: Problem) => number) | undefined;
  /** Whether a problem is beyond the limits of training. */
  readonly isFiltered?: ((problem: Problem, promptTokens: number | undefined) => boolean) | undefined;
  readonly onBroken?: ((row: BrokenPlace) => void) | undefined;
  readonly onDuplicate?: ((row: DuplicatePlace) => void) | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Asked after every few rows; true ends early with what there is. */
  readonly shouldStop?: (() => boolean) | undefined;
}

function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const sum = sorted.reduce((total, value) => total + value, 0);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { least: sorted[0]!, median, mean: sum / sorted.length, greatest: sorted[sorted.length - 1]! };
}

/** Equal for problems that ask the same of the same pixels. */
function contentKey({ question, answers, images, videos = [] }: Problem): string {
  const hash = createHash("sha256").update(JSON.stringify([question, answers]));
  const add = ({ width, height, data }: RgbImage) => hash.update(`${width}x${height}`).update(data);
  images.forEach(add);
  for (const { frames, fps } of videos) {
    hash.update(`video ${frames.length} ${fps}`);
    frames.forEach(add);
  }
  return hash.digest("base64").slice(0, 22);
}

/** Remembers what was met first, and tells when it is met again. */
class Duplicates {
  count = 0;
  readonly #first = new Map<string, number>();
  readonly #same: DuplicatePlace["same"];
  readonly #source: FileSource;
  readonly #tell: CheckOptions["onDuplicate"];

  constructor(same: DuplicatePlace["same"], source: FileSource, tell: CheckOptions["onDuplicate"]) {
    this.#same = same;
    this.#source = source;
    this.#tell = tell;
  }

  meet(key: string, index: number): void {
    const first = this.#first.get(key);
    if (first === undefined) {
      this.#first.set(key, index);
      return;
    }
    this.count += 1;
    this.#tell?.({
      index,
      place: this.#source.place(index),
      same: this.#same,
      as: this.#source.place(first),
    });
  }
}

/** Rows that are read at once, so that images are decoded on several cores. */
const AT_ONCE = 8;

/** Every row in order, as a function that hands out its problem or throws what is wrong with it. */
async function* inOrder(source: FileSource, shouldStop: () => boolean): AsyncGenerator<() => Problem> {
  for (let start = 0; start < source.size && !shouldStop(); start += AT_ONCE) {
    const count = Math.min(AT_ONCE, source.size - start);
    const rows = Array.from({ length: count }, (_, i) => source.problem(start + i));
    for (const row of await Promise.allSettled(rows)) {
      yield () => {
        if (row.status === "rejected") throw row.reason;
        return row.value;
      };
    }
  }
}

/**
 * Reads every row, its images and videos decoded. Of each it keeps some numbers, about 200 bytes.
 *
 * @throws what is not the data's fault
 */
export async function checkSource(source: FileSource, options: CheckOptions = {}): Promise<DataCheck> {
  const ids = new Duplicates("id", source, options.onDuplicate);
  const contents = new Duplicates("content", source, options.onDuplicate);
  const pixels: number[] = [];
  const framePixels: number[] = [];
  const videoFrames: number[] = [];
  const questionLengths: number[] = [];
  const answerLengths: number[] = [];
  const tokens: number[] = [];
  const kinds = new Map<string, number>();
  let brokenRows = 0;
  let filteredRows = 0;
  let problemsWithoutImage = 0;
  let rows = 0;
  for await (const read of inOrder(source, options.shouldStop ?? (() => false))) {
    try {
      const problem = read();
      const { id, question, answers, kind = "all", images, videos = [] } = problem;
      const promptTokens = options.promptTokens?.(problem);
      if (options.isFiltered?.(problem, promptTokens) ?? false) filteredRows += 1;
      ids.meet(id, rows);
      contents.meet(contentKey(problem), rows);
      pixels.push(...images.map(({ width, height }) => width * height));
      framePixels.push(...videos.map(({ frames: [first] }) => (first ? first.width * first.height : 0)));
      videoFrames.push(...videos.map(({ frames }) => frames.length));
      if (images.length + videos.length === 0) problemsWithoutImage += 1;
      questionLengths.push(question.length);
      answerLengths.push(...answers.map((answer) => answer.length));
      if (promptTokens !== undefined) tokens.push(promptTokens);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      brokenRows += 1;
      options.onBroken?.({ index: rows, message: error.message });
    }
    rows += 1;
    options.onProgress?.(rows, source.size);
  }
  const pixelSpread = spread(pixels);
  const framePixelSpread = spread(framePixels);
  const videoFrameSpread = spread(videoFrames);
  const questionSpread = spread(questionLengths);
  const answerSpread = spread(answerLengths);
  const tokenSpread = spread(tokens);
  return {
    format: source.format,
    files: source.files.length,
    rows,
    brokenRows,
    filteredRows,
    duplicateIds: ids.count,
    duplicateContents: contents.count,
    images: pixels.length,
    videos: videoFrames.length,
    problemsWithoutImage,
    ...(pixelSpread && { pixels: pixelSpread }),
    ...(framePixelSpread && { framePixels: framePixelSpread }),
    ...(videoFrameSpread && { videoFrames: videoFrameSpread }),
    ...(questionSpread && { questionCharacters: questionSpread }),
    ...(answerSpread && { answerCharacters: answerSpread }),
    ...(tokenSpread && { promptTokens: tokenSpread }),
    kinds: Object.fromEntries([...kinds].sort(([a], [b]) => (a < b ? -1 : 1))),
    fingerprint: source.fingerprint,
  };
}
