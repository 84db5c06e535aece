/**
 * @module
 * Some numbers of each answer of a file, and where its lines are; its texts stay in the file.
 */
import { GrowingFile } from "../runs/growing-file.ts";
import { type JsonObject, numberOf, parseObject, textOf, textsOf } from "../runs/json-fields.ts";
import { readLines } from "../runs/line-reader.ts";

/** Event of the line that says what the answers are of. */
export const HEAD = "evaluation";
/** Event of a verdict that came after its answer. */
const VERDICT = "verdict";
/** Event of a row without a problem. */
const SKIPPED = "skipped";
/** Bytes of one read, and of a line. */
export const LIMITS = { maxBytes: 16 << 20, maxLineBytes: 4 << 20 } as const;

/** An answer in memory. */
export interface IndexedAnswer {
  readonly at: number;
  readonly problem: string;
  readonly index: number;
  readonly sample: number;
  readonly kind: string;
  /** Null where it was not judged. */
  readonly score: number | null;
  /** Offset of the line with its verdict, where that came later. */
  readonly verdictAt?: number;
  readonly isTruncated: boolean;
}

/** A problem without an index has its name alone. */
export const problemOf = ({ index, problem }: Pick<IndexedAnswer, "index" | "problem">): string | number =>
  index < 0 ? problem : index;
export const keyOf = (answer: Pick<IndexedAnswer, "index" | "problem" | "sample">): string =>
  `${problemOf(answer)} ${answer.sample}`;

function indexed(at: number, line: JsonObject): IndexedAnswer | undefined {
  const { problem, completion } = line;
  if (typeof problem !== "string" || typeof completion !== "string") return undefined;
  return {
    at,
    problem,
    index: numberOf(line["index"]) ?? -1,
    sample: numberOf(line["sample"]) ?? 0,
    kind: textOf(line["kind"]),
    score: numberOf(line["score"]),
    isTruncated: line["stopReason"] === "length",
  };
}

/** Offsets of the lines that have a text. */
interface FoundLines {
  /** In the completion or its problem. */
  readonly answers: ReadonlySet<number>;
  /** In the extracted answer, which the line of a verdict has where that came later. */
  readonly extracted: ReadonlySet<number>;
}

/** A file of answers in memory, read on as it grows. */
export class AnswerIndex {
  readonly #path: string;
  readonly #most: number;
  #answers: IndexedAnswer[] = [];
  /** Places of the answers by problem and sample. */
  readonly #places = new Map<string, number>();
  #found: ({ readonly key: string } & FoundLines) | undefined;
  #unreadable = 0;
  #skipped = 0;
  readonly #lines = new GrowingFile(LIMITS, {
    onReset: () => {
      this.#answers = [];
      this.#places.clear();
      this.#unreadable = 0;
      this.#skipped = 0;
    },
    onLine: ({ at, text }) => {
      if (text !== "") this.#add(at, text === undefined ? undefined : parseObject(text));
      return this.#answers.length < this.#most;
    },
  });

  /** @param most answers that are read */
  constructor(path: string, most: number) {
    this.#path = path;
    this.#most = most;
  }

  /** The answers, with all that were added since the last call. */
  async all(): Promise<readonly IndexedAnswer[]> {
    await this.#lines.readOn(this.#path);
    return this.#answers;
  }

  /** Whether the file has more than are read. */
  get isCut(): boolean {
    return this.#answers.length >= this.#most && this.#lines.hasMore;
  }

  /** Lines that cannot be read, and are no head of answers. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** Rows of the benchmark without answers. */
  get skipped(): number {
    return this.#skipped;
  }

  /**
   * Whether an answer or its problem has a text, in either case; the last search is kept.
   *
   * @param find anything but blanks
   */
  async search(find: string): Promise<(answer: IndexedAnswer) => boolean> {
    const { answers, extracted } = await this.#linesWith(find);
    return ({ at, verdictAt = at }) => answers.has(at) || extracted.has(verdictAt);
  }

  async #linesWith(find: string): Promise<FoundLines> {
    const key = `${this.#lines.round} ${this.#lines.bytes} ${find}`;
    if (this.#found?.key === key) return this.#found;
    const wanted = find.trim().toLowerCase();
    const has = (text: unknown) => textOf(text).toLowerCase().includes(wanted);
    const [answers, extracted] = [new Set<number>(), new Set<number>()];
    for (let from = 0; from < this.#lines.bytes; ) {
      const { next } = await readLines(this.#path, from, LIMITS, ({ at, text }) => {
        const line = text === undefined ? undefined : parseObject(text);
        if (line === undefined) return true;
        const { problem, question, completion } = line;
        if ([problem, question, completion, ...textsOf(line["answers"])].some(has)) answers.add(at);
        if (has(line["extracted"])) extracted.add(at);
        return true;
      });
      if (next === from) break;
      from = next;
    }
    this.#found = { key, answers, extracted };
    return this.#found;
  }

  #add(at: number, line: JsonObject | undefined): void {
    const answer = line && indexed(at, line);
    if (answer !== undefined) {
      // A line that repeats an answer takes its place.
      const place = this.#places.get(keyOf(answer)) ?? this.#answers.length;
      this.#places.set(keyOf(answer), place);
      this.#answers[place] = answer;
    } else if (line?.["event"] === VERDICT) {
      const { problem, index, sample } = line;
      const key = { problem: textOf(problem), index: numberOf(index) ?? -1, sample: numberOf(sample) ?? 0 };
      const place = this.#places.get(keyOf(key));
      if (place === undefined) return;
      this.#answers[place] = { ...this.#answers[place]!, score: numberOf(line["score"]), verdictAt: at };
    } else if (line?.["event"] === SKIPPED) {
      this.#skipped += 1;
    } else if (line?.["event"] !== HEAD) {
      this.#unreadable += 1;
    }
  }
}
