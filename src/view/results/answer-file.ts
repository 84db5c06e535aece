/**
 * @module
 * A file of answers (`answers.jsonl` of an evaluation), filtered and shown page by page, alone or beside the answers of
 * another model to the same problems. Of each answer some numbers are held; its texts stay in the file.
 */
import { stat } from "node:fs/promises";
import { RunError } from "../../errors/index.ts";
import { missingAnswers } from "../../eval/index.ts";
import type { AnswerPage, AnswersHead, PairedScores, ShownAnswer } from "../protocol.ts";
import { GrowingFile } from "../runs/growing-file.ts";
import { isObject, type JsonObject, numberOf, parseObject, textOf, textsOf } from "../runs/json-fields.ts";
import { readLines } from "../runs/line-reader.ts";
import { pairedScores, scoreOver } from "./answer-scores.ts";

/** Event of the line that says what the answers are of. */
const HEAD = "evaluation";
/** Event of a verdict that came after its answer. */
const VERDICT = "verdict";
/** Event of a row without a problem. */
const SKIPPED = "skipped";
const MOST_ANSWERS = 500_000;
const LIMITS = { maxBytes: 16 << 20, maxLineBytes: 4 << 20 } as const;
/** Answers of a page. */
const PAGE = 40;

/** The selection of a page. */
interface AnswerQuery {
  /** One of the outcomes; "" or `all` for every answer. */
  readonly outcome: string;
  /** Kind of the problems; "" for all. */
  readonly kind: string;
  /** A text that an answer or its problem has; "" for all. */
  readonly find?: string;
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

/** A problem without an index has its name alone. */
const problemOf = ({ index, problem }: Pick<IndexedAnswer, "index" | "problem">) =>
  index < 0 ? problem : index;
const keyOf = (answer: Pick<IndexedAnswer, "index" | "problem" | "sample">) =>
  `${problemOf(answer)} ${answer.sample}`;
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

/** Scores of the judged answers to each problem. */
function scoresByProblem(answers: readonly IndexedAnswer[]): Map<string | number, number[]> {
  const scores = new Map<string | number, number[]>();
  for (const answer of answers) {
    if (answer.score === null) continue;
    const own = scores.get(problemOf(answer));
    if (own === undefined) scores.set(problemOf(answer), [answer.score]);
    else own.push(answer.score);
  }
  return scores;
}

/** Over the problems that were judged in both files. */
function pairedOf(pairs: readonly Paired[]): PairedScores {
  const both = pairs.filter(({ other }) => other !== undefined);
  const others = scoresByProblem(both.flatMap(({ other }) => other ?? []));
  const own = scoresByProblem(both.map((pair) => pair.own));
  return pairedScores(
    [...own].flatMap(([problem, scores]) => {
      const beside = others.get(problem);
      return beside === undefined ? [] : [[scores, beside] as const];
    }),
  );
}

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

/** Whether an answer or its problem has a text, in either case. */
function hasText(line: JsonObject, wanted: string): boolean {
  const { problem, question, completion, extracted } = line;
  const all = [problem, question, completion, extracted, ...textsOf(line["answers"])];
  return all.some((one) => textOf(one).toLowerCase().includes(wanted));
}

/** The plan of an evaluation. */
interface Plan {
  readonly planned: number;
  /** Answers to each problem. */
  readonly samples: number;
}

/** A file of answers, read on as it grows. */
export class AnswerFile {
  readonly path: string;
  #answers: IndexedAnswer[] = [];
  /** Places of the answers by problem and sample. */
  readonly #places = new Map<string, number>();
  #head: { readonly state: string; readonly head: AnswersHead; readonly plan: Plan } | undefined;
  #found: { readonly key: string; readonly lines: ReadonlySet<number> } | undefined;
  /** Lines that cannot be read, and are no head of answers. */
  #unreadable = 0;
  /** Rows of the benchmark without answers. */
  #skipped = 0;
  readonly #most: number;
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
    const { ino, size, mtimeMs } = await stat(this.path);
    const state = `${ino} ${size} ${mtimeMs}`;
    if (this.#head?.state === state) return this.#head.head;
    const { event, benchmark, model, verdict, planned, protocol } = (await this.#line(0)) ?? {};
    if (event !== HEAD || typeof benchmark !== "string") {
      throw new RunError(
        "answers.jsonl: expected a first line that says what the answers are of, got another",
      );
    }
    const head = { benchmark, model: textOf(model), verdict: textOf(verdict) };
    const samples = isObject(protocol) ? numberOf(protocol["samples"]) : null;
    this.#head = { state, head, plan: { planned: numberOf(planned) ?? 0, samples: samples ?? 1 } };
    return head;
  }

  /** How many planned answers are not there; 0 where the plan is not known. */
  async #missing(): Promise<number> {
    await this.head();
    return missingAnswers(this.#head?.plan ?? {}, this.#answers.length, this.#skipped);
  }

  async #line(at: number): Promise<JsonObject | undefined> {
    let found: JsonObject | undefined;
    await readLines(this.path, at, { ...LIMITS, maxBytes: 1 }, ({ text }) => {
      found = text === undefined ? undefined : parseObject(text);
      return false;
    });
    return found;
  }

  /** The answers in memory, with all that were added since the last call. */
  async #all(): Promise<readonly IndexedAnswer[]> {
    await this.#lines.readOn(this.path);
    return this.#answers;
  }

  get #isCut(): boolean {
    return this.#answers.length >= this.#most && this.#lines.hasMore;
  }

  /** Offsets of the lines that have a text; the last search is kept. */
  async #linesWith(find: string): Promise<ReadonlySet<number>> {
    const key = `${this.#lines.round} ${this.#lines.bytes} ${find}`;
    if (this.#found?.key === key) return this.#found.lines;
    const wanted = find.trim().toLowerCase();
    const lines = new Set<number>();
    for (let from = 0; from < this.#lines.bytes; ) {
      const { next } = await readLines(this.path, from, LIMITS, ({ at, text }) => {
        const line = text === undefined ? undefined : parseObject(text);
        if (line !== undefined && hasText(line, wanted)) lines.add(at);
        return true;
      });
      if (next === from) break;
      from = next;
    }
    this.#found = { key, lines };
    return lines;
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
    const { find = "" } = query;
    const lines = find.trim() === "" ? undefined : await this.#linesWith(find);
    const asked = pairs.filter(
      ({ own }) => (query.kind === "" || own.kind === query.kind) && (lines?.has(own.at) ?? true),
    );
    const names = Object.keys(OUTCOMES).filter((name) => against || (name !== "gained" && name !== "lost"));
    const outcomes = Object.fromEntries(names.map((name) => [name, asked.filter(OUTCOMES[name]!).length]));
    const found = asked.filter(
      Object.hasOwn(OUTCOMES, query.outcome) ? OUTCOMES[query.outcome]! : OUTCOMES["all"]!,
    );
    const answers: ShownAnswer[] = [];
    for (const { own, other } of found.slice(from, from + PAGE)) {
      const answer = await this.#shown(own);
      const beside = other && against ? await against.#shown(other) : undefined;
      if (answer !== undefined) answers.push({ ...answer, other: beside ?? null });
    }
    return {
      answers,
      kinds,
      outcomes,
      score: scoreOver(scoresByProblem(asked.map(({ own }) => own))),
      paired: against === undefined ? null : pairedOf(asked),
      total: found.length,
      next: from + PAGE < found.length ? from + PAGE : null,
      cutAfter: isCut ? this.#most : null,
      missing: isCut ? 0 : await this.#missing(),
      unreadable: this.#unreadable + (against === undefined ? 0 : against.#unreadable),
    };
  }
}
