/**
 * @module
 * Reads a whole data set and reports its content: numbers and sizes, broken rows and duplicates. It also
 * reports the columns of problems, some prompts as the model reads them, and references that no completion can equal.
 */
import { DataError } from "../../errors/index.ts";
import type { Problem } from "../problem.ts";
import {
  type JudgedReference,
  judgedProblem,
  judgeReference,
  type ReferenceVerdict,
} from "./check-references.ts";
import { ColumnCount, type ColumnUse } from "./column-use.ts";
import { contentKey, type DuplicatePlace, Duplicates } from "./duplicates.ts";
import type { FileSource, StatedRow } from "./file-source.ts";
import { type Spread, spread } from "./spread.ts";

/** A row that cannot be read. */
export interface BrokenPlace {
  readonly index: number;
  /** With file and row. */
  readonly message: string;
}

/** A row whose reference no completion can equal. */
export interface UnreachablePlace {
  readonly index: number;
  readonly place: string;
  readonly reference: string;
  /** The answer that the verdict reads out of it. */
  readonly extracted: string | null;
  readonly reason: string;
}

/** A problem as the model and the verdict see it. */
export interface ShownProblem {
  readonly place: string;
  readonly id: string;
  /** The text that the model reads, its places of images and videos marked. */
  readonly prompt: string;
  /** `[images][width, height]` pixels. */
  readonly images: readonly (readonly [number, number])[];
  /** `[videos][frames, width, height]` */
  readonly videos: readonly (readonly [number, number, number])[];
  readonly answers: readonly string[];
  /** The verdict on the reference itself; only with a verdict. */
  readonly reference?: JudgedReference;
  /** The completion that a warm start imitates, where the row has one. */
  readonly solution?: string;
}

/** The content of a data set. */
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
  /** Rows with a completion of their own for a warm start. */
  readonly solutions: number;
  /** Rows that bring a system message of their own, which is not used, and the first of these. */
  readonly systemTexts: number;
  readonly systemText?: string;
  /** Problems with options whose answer is not among them. */
  readonly answersOutsideOptions: number;
  /** Problems of which every accepted answer has more than 12 words: a completion would have to repeat one. */
  readonly longReferences: number;
  /** References that were judged, and how many of them no completion can equal; only with a verdict. */
  readonly references?: { readonly judged: number; readonly unreachable: number };
  readonly columns: ColumnUse;
  /** Three problems, from the beginning, the middle and the end. */
  readonly shown: readonly ShownProblem[];
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
  /** Per solution, its stop token included; only with a tokenizer. */
  readonly solutionTokens?: Spread;
  /** Solutions of more tokens than a completion may have; only with a tokenizer and that number. */
  readonly longSolutions?: number;
  /** Problems by kind. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly fingerprint: string;
}

/** How a data set is checked. */
export interface CheckOptions {
  /** Tokens of a problem's prompt, images and videos included. */
  readonly promptTokens?: ((problem: Problem) => number) | undefined;
  /** Tokens of a solution, its stop token included. */
  readonly solutionTokens?: ((solution: string) => number) | undefined;
  /** Most tokens of a completion. */
  readonly maxCompletionTokens?: number | undefined;
  /** The text of a problem's prompt; its question unless given. */
  readonly promptText?: ((problem: Problem) => string) | undefined;
  /** Judges references; they are not judged unless given. */
  readonly verdict?: ReferenceVerdict | undefined;
  /** Whether a problem is beyond the limits of training. */
  readonly isFiltered?: ((problem: Problem, promptTokens: number | undefined) => boolean) | undefined;
  readonly onBroken?: ((row: BrokenPlace) => void) | undefined;
  readonly onDuplicate?: ((row: DuplicatePlace) => void) | undefined;
  readonly onUnreachable?: ((row: UnreachablePlace) => void) | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Asked after every few rows; true ends early with the rows so far. */
  readonly shouldStop?: (() => boolean) | undefined;
}

/** Rows that are read at once, so that images are decoded on several cores. */
const AT_ONCE = 8;
/** Words of a reference that an answer may well be. */
const MAX_WORDS = 12;
/** Problems that are shown. */
const SHOWN = 3;

/** A row that was read. */
interface ReadRow {
  readonly row: StatedRow;
  readonly problem: Problem;
  readonly solution: { readonly completion: string; readonly columns: readonly string[] } | undefined;
}

async function readRow(source: FileSource, index: number): Promise<ReadRow> {
  const row = await source.stated(index);
  const [problem, solution] = [await source.problemOf(index, row), await source.solution(index, row)];
  return {
    row,
    problem,
    solution: solution && { completion: solution.value.completion, columns: solution.columns },
  };
}

/** Every row in order, as a function that hands it out or throws what is wrong with it. */
async function* inOrder(source: FileSource, shouldStop: () => boolean): AsyncGenerator<() => ReadRow> {
  for (let start = 0; start < source.size && !shouldStop(); start += AT_ONCE) {
    const count = Math.min(AT_ONCE, source.size - start);
    const rows = Array.from({ length: count }, (_, i) => readRow(source, start + i));
    for (const row of await Promise.allSettled(rows)) {
      yield () => {
        if (row.status === "rejected") throw row.reason;
        return row.value;
      };
    }
  }
}

function sizesOf({ images, videos = [] }: Problem): Pick<ShownProblem, "images" | "videos"> {
  return {
    images: images.map(({ width, height }) => [width, height] as const),
    videos: videos.map(
      ({ frames }) => [frames.length, frames[0]?.width ?? 0, frames[0]?.height ?? 0] as const,
    ),
  };
}

/** The numbers of a check, row by row. */
class Count {
  readonly #source: FileSource;
  readonly #options: CheckOptions;
  readonly #ids: Duplicates;
  readonly #contents: Duplicates;
  readonly #columns: ColumnCount;
  readonly #numbers = {
    pixels: [] as number[],
    framePixels: [] as number[],
    videoFrames: [] as number[],
    questionCharacters: [] as number[],
    answerCharacters: [] as number[],
    promptTokens: [] as number[],
    solutionTokens: [] as number[],
  };
  readonly #kinds = new Map<string, number>();
  readonly #shown: ShownProblem[] = [];
  #totals = {
    filteredRows: 0,
    problemsWithoutImage: 0,
    solutions: 0,
    systemTexts: 0,
    answersOutsideOptions: 0,
    longReferences: 0,
  };
  #systemText: string | undefined;
  #references = { judged: 0, unreachable: 0 };

  constructor(source: FileSource, options: CheckOptions) {
    this.#source = source;
    this.#options = options;
    this.#columns = new ColumnCount(source.columns);
    this.#ids = new Duplicates("id", source, options.onDuplicate);
    this.#contents = new Duplicates("content", source, options.onDuplicate);
  }

  async add(index: number, { row, problem, solution }: ReadRow): Promise<void> {
    const { question, answers, kind = "all", images, videos = [] } = problem;
    const promptTokens = this.#options.promptTokens?.(problem);
    const numbers = this.#numbers;
    this.#ids.meet(problem.id, index);
    this.#contents.meet(contentKey(problem), index);
    this.#columns.add(row, solution?.columns ?? []);
    numbers.pixels.push(...images.map(({ width, height }) => width * height));
    numbers.framePixels.push(
      ...videos.map(({ frames: [first] }) => (first ? first.width * first.height : 0)),
    );
    numbers.videoFrames.push(...videos.map(({ frames }) => frames.length));
    numbers.questionCharacters.push(question.length);
    numbers.answerCharacters.push(...answers.map((answer) => answer.length));
    if (promptTokens !== undefined) numbers.promptTokens.push(promptTokens);
    const solutionTokens = solution && this.#options.solutionTokens?.(solution.completion);
    if (solutionTokens !== undefined) numbers.solutionTokens.push(solutionTokens);
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    const isFiltered = this.#options.isFiltered?.(problem, promptTokens) ?? false;
    this.#totals.filteredRows += Number(isFiltered);
    this.#totals.problemsWithoutImage += Number(images.length + videos.length === 0);
    this.#totals.solutions += Number(solution !== undefined);
    this.#totals.longReferences += Number(answers.every((answer) => answer.split(/\s+/).length > MAX_WORDS));
    const { system } = row.stated;
    this.#totals.systemTexts += Number(system !== undefined);
    this.#systemText ??= system;
    this.#totals.answersOutsideOptions += Number(row.stated.isOutsideOptions);
    const reference = await this.#judged(index, row);
    if (index * SHOWN < this.#shown.length * this.#source.size || this.#shown.length === SHOWN) return;
    const place = this.#source.place(index);
    const prompt = this.#options.promptText?.(problem) ?? question;
    this.#shown.push({
      place,
      id: problem.id,
      prompt,
      ...sizesOf(problem),
      answers,
      ...(reference && { reference }),
      ...(solution && { solution: solution.completion }),
    });
  }

  async #judged(index: number, row: StatedRow): Promise<JudgedReference | undefined> {
    const { verdict, onUnreachable } = this.#options;
    if (verdict === undefined) return undefined;
    const judged = await judgeReference(judgedProblem(row), verdict);
    this.#references.judged += 1;
    if (judged.isReachable) return judged;
    this.#references.unreachable += 1;
    const [reference = ""] = row.stated.answers;
    const { extracted, reason } = judged;
    onUnreachable?.({ index, place: this.#source.place(index), reference, extracted, reason });
    return judged;
  }

  #longSolutions(): Pick<DataCheck, "longSolutions"> {
    const { solutionTokens, maxCompletionTokens: most } = this.#options;
    if (solutionTokens === undefined || most === undefined) return {};
    return { longSolutions: this.#numbers.solutionTokens.filter((tokens) => tokens > most).length };
  }

  result(rows: number, brokenRows: number): DataCheck {
    const spreads = Object.entries(this.#numbers).map(([name, values]) => [name, spread(values)] as const);
    return {
      format: this.#source.format,
      files: this.#source.files.length,
      rows,
      brokenRows,
      duplicateIds: this.#ids.count,
      duplicateContents: this.#contents.count,
      images: this.#numbers.pixels.length,
      videos: this.#numbers.videoFrames.length,
      ...this.#totals,
      ...(this.#systemText !== undefined && { systemText: this.#systemText }),
      ...this.#longSolutions(),
      ...(this.#options.verdict && { references: this.#references }),
      columns: this.#columns.use(),
      shown: this.#shown,
      ...Object.fromEntries(spreads.filter(([, value]) => value !== undefined)),
      kinds: Object.fromEntries([...this.#kinds].sort(([a], [b]) => (a < b ? -1 : 1))),
      fingerprint: this.#source.fingerprint,
    };
  }
}

/**
 * Reads every row, its images and videos decoded. Of each it keeps some numbers, about 200 bytes.
 *
 * @throws what is not the data's fault
 */
export async function checkSource(source: FileSource, options: CheckOptions = {}): Promise<DataCheck> {
  const count = new Count(source, options);
  let brokenRows = 0;
  let rows = 0;
  for await (const read of inOrder(source, options.shouldStop ?? (() => false))) {
    try {
      await count.add(rows, read());
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      brokenRows += 1;
      options.onBroken?.({ index: rows, message: error.message });
    }
    rows += 1;
    options.onProgress?.(rows, source.size);
  }
  return count.result(rows, brokenRows);
}
