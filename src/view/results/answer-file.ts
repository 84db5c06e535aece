/**
 * @module
 * A file of answers (`answers.jsonl` of an evaluation), filtered and shown page by page, alone or beside the answers of
 * another model to the same problems. Of each answer some numbers are held; its texts stay in the file.
 */
import { stat } from "node:fs/promises";
import { RunError } from "../../errors/index.ts";
import type { AnswerPage, AnswersHead, ShownAnswer } from "../protocol.ts";
import { type JsonObject, numberOf, parseObject, textOf, textsOf } from "../runs/json-fields.ts";
import { readLines } from "../runs/line-reader.ts";

/** Event of the line that says what the answers are of. */
const HEAD = "evaluation";
/** Event of a verdict that came after its answer. */
const VERDICT = "verdict";
/** Event of a row without a problem. */
const SKIPPED = "skipped";
const MOST_ANSWERS = 500_000;
const PIECE_BYTES = 16 << 20;
const MAX_LINE_BYTES = 4 << 20;
/** Answers of a page. */
const PAGE = 40;

/** The selection of a page. */
interface AnswerQuery {
  /** One of the outcomes; "" or `all` for every answer. */
  readonly outcome: string;
  /** Kind of the problems; "" for all. */
  readonly kind: string;
}

/** An answer in memory. */
interface IndexedAnswer {
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

/** An answer beside that of another file to the same problem. */
interface Paired {
  readonly own: IndexedAnswer;
  readonly other: IndexedAnswer | undefined;
}

const keyOf = ({ index, sample }: Pick<IndexedAnswer, "index" | "sample">) => `${index} ${sample}`;
const isRight = ({ score }: IndexedAnswer) => score !== null && score >= 1;

/** The answers that each outcome keeps. */
const OUTCOMES: Readonly<Record<string, (answer: Paired) => boolean>> = {
  all: () => true,
  right: ({ own }) => isRight(own),
  wrong: ({ own }) => own.score !== null && !isRight(own),
  "not judged": ({ own }) => own.score === null,
  truncated: ({ own }) => own.isTruncated,
  // Between two files: which of them has the problem right.
  gained: ({ own, other }) => other !== undefined && !isRight(own) && isRight(other),
  lost: ({ own, other }) => other !== undefined && isRight(own) && !isRight(other),
};

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

/** @param verdict the line with the verdict, where that came later */
function shown(line: JsonObject, verdict: JsonObject = line): Omit<ShownAnswer, "other"> {
  return {
    problem: textOf(line["problem"]),
    index: numberOf(line["index"]) ?? -1,
    sample: numberOf(line["sample"]) ?? 0,
    kind: textOf(line["kind"]),
    question: textOf(line["question"]),
    options: textsOf(line["options"]),
    answers: textsOf(line["answers"]),
    completion: textOf(line["completion"]),
    extracted: typeof verdict["extracted"] === "string" ? verdict["extracted"] : null,
    score: numberOf(verdict["score"]),
    reason: textOf(verdict["reason"]),
    isTruncated: line["stopReason"] === "length",
    tokens: numberOf(line["completionTokens"]),
  };
}

/** A file of answers, read on as it grows. */
export class AnswerFile {
  readonly path: string;
  #answers: IndexedAnswer[] = [];
  /** Places of the answers by problem and sample. */
  #places = new Map<string, number>();
  #head: AnswersHead | undefined;
  #offset = 0;
  #file = "";
  #isCut = false;
  /** Lines that cannot be read, and are no head of answers. */
  #unreadable = 0;
  readonly #most: number;
  #reading: Promise<void> = Promise.resolve();

  /** @param most answers that are read */
  constructor(path: string, most = MOST_ANSWERS) {
    this.path = path;
    this.#most = most;
  }

  /**
   * Benchmark, model and verdict of the answers.
   *
   * @throws RunError when the first line does not say so
   */
  async head(): Promise<AnswersHead> {
    if (this.#head !== undefined) return this.#head;
    const line = await this.#line(0);
    const { event, benchmark, model, verdict } = line ?? {};
    if (event !== HEAD || typeof benchmark !== "string") {
      throw new RunError(
        "answers.jsonl: expected a first line that says what the answers are of, got another",
      );
    }
    this.#head = { benchmark, model: textOf(model), verdict: textOf(verdict) };
    return this.#head;
  }

  async #line(at: number): Promise<JsonObject | undefined> {
    let found: JsonObject | undefined;
    await readLines(this.path, at, { maxBytes: 1, maxLineBytes: MAX_LINE_BYTES }, ({ text }) => {
      found = text === undefined ? undefined : parseObject(text);
      return false;
    });
    return found;
  }

  /** The answers in memory, with all that were added since the last call. */
  async #all(): Promise<readonly IndexedAnswer[]> {
    const read = () => this.#readOn();
    this.#reading = this.#reading.then(read, read);
    await this.#reading;
    return this.#answers;
  }

  async #readOn(): Promise<void> {
    const { size, ino, dev } = await stat(this.path);
    const file = `${dev}:${ino}`;
    if (file !== this.#file || size < this.#offset) {
      this.#answers = [];
      this.#places.clear();
      this.#offset = 0;
      this.#head = undefined;
      this.#unreadable = 0;
    }
    this.#file = file;
    for (let isEnd = false; !isEnd && this.#offset < size && this.#answers.length < this.#most; ) {
      const limits = { maxBytes: PIECE_BYTES, maxLineBytes: MAX_LINE_BYTES };
      const end = await readLines(this.path, this.#offset, limits, ({ at, text }) => {
        if (text === "") return true;
        const line = text === undefined ? undefined : parseObject(text);
        this.#add(at, line);
        return this.#answers.length < this.#most;
      });
      isEnd = end.isEnd || end.next === this.#offset;
      this.#offset = end.next;
    }
    this.#isCut = this.#answers.length >= this.#most && this.#offset < size;
  }

  #add(at: number, line: JsonObject | undefined): void {
    const answer = line && indexed(at, line);
    if (answer !== undefined) {
      this.#places.set(keyOf(answer), this.#answers.length);
      this.#answers.push(answer);
    } else if (line?.["event"] === VERDICT) {
      const key = { index: numberOf(line["index"]) ?? -1, sample: numberOf(line["sample"]) ?? 0 };
      const place = this.#places.get(keyOf(key));
      if (place === undefined) return;
      this.#answers[place] = { ...this.#answers[place]!, score: numberOf(line["score"]), verdictAt: at };
    } else if (line?.["event"] !== HEAD && line?.["event"] !== SKIPPED) {
      this.#unreadable += 1;
    }
  }

  /** An answer with its texts; undefined where its line is gone. */
  async #shown({ at, verdictAt }: IndexedAnswer): Promise<Omit<ShownAnswer, "other"> | undefined> {
    const line = await this.#line(at);
    const verdict = verdictAt === undefined ? undefined : await this.#line(verdictAt);
    return line && shown(line, verdict);
  }

  /**
   * A page of answers that pass the filters.
   *
   * @param from place among them
   * @param against answers of another model, to be shown beside these
   */
  async page(query: AnswerQuery, from: number, against?: AnswerFile): Promise<AnswerPage> {
    const all = await this.#all();
    const otherAnswers = against === undefined ? [] : await against.#all();
    const isCut = this.#isCut || (against ?? this).#isCut;
    const others = new Map(otherAnswers.map((answer) => [keyOf(answer), answer]));
    const pairs = all.map((own): Paired => {
      const other = others.get(keyOf(own));
      return { own, other: other?.problem === own.problem ? other : undefined };
    });
    const kinds = [...new Set(all.map(({ kind }) => kind))].sort();
    const ofKind = query.kind === "" ? pairs : pairs.filter(({ own }) => own.kind === query.kind);
    const names = Object.keys(OUTCOMES).filter((name) => against || (name !== "gained" && name !== "lost"));
    const outcomes = Object.fromEntries(names.map((name) => [name, ofKind.filter(OUTCOMES[name]!).length]));
    const found = ofKind.filter(
      Object.hasOwn(OUTCOMES, query.outcome) ? OUTCOMES[query.outcome]! : OUTCOMES["all"]!,
    );
    const answers: ShownAnswer[] = [];
    for (const { own, other } of found.slice(from, from + PAGE)) {
      const answer = await this.#shown(own);
      const beside = other && against ? await against.#shown(other) : undefined;
      if (answer !== undefined) answers.push({ ...answer, other: beside ?? null });
    }
    const judged = ofKind.filter(({ own }) => own.score !== null);
    const mean = (scoreOf: (pair: Paired) => number) =>
      judged.length === 0 ? null : judged.reduce((sum, pair) => sum + scoreOf(pair), 0) / judged.length;
    return {
      answers,
      kinds,
      outcomes,
      score: mean(({ own }) => own.score ?? 0),
      paired: pairs.filter(({ other }) => other !== undefined).length,
      total: found.length,
      next: from + PAGE < found.length ? from + PAGE : null,
      cutAfter: isCut ? this.#most : null,
      unreadable: this.#unreadable + (against === undefined ? 0 : against.#unreadable),
    };
  }
}
