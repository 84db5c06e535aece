/**
 * @module
 * A file of answers (`answers.jsonl` of an evaluation), filtered and shown page by page, alone or beside the answers of
 * another model to the same problems.
 */
import { stat } from "node:fs/promises";
import { RunError } from "../../errors/index.ts";
import { missingAnswers } from "../../eval/index.ts";
import type { AnswerPage, AnswersHead, PairedScores, ShownAnswer } from "../protocol.ts";
import { isObject, type JsonObject, numberOf, parseObject, textOf, textsOf } from "../runs/json-fields.ts";
import { readLines } from "../runs/line-reader.ts";
import { Recent } from "../runs/recent.ts";
import { AnswerIndex, HEAD, type IndexedAnswer, keyOf, LIMITS, problemOf } from "./answer-index.ts";
import { pairedScores, scoreOver } from "./answer-scores.ts";

const MOST_ANSWERS = 500_000;
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

/** An answer beside that of another file to the same problem. */
interface Paired {
  readonly own: IndexedAnswer;
  readonly other: IndexedAnswer | undefined;
}

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

/** The plan of an evaluation. */
interface Plan {
  readonly planned: number;
  /** Answers to each problem. */
  readonly samples: number;
}

/** A file of answers. Its index is read when a page is first asked for, and kept while it is one of the last. */
export class AnswerFile {
  readonly path: string;
  #head: { readonly state: string; readonly head: AnswersHead; readonly plan: Plan } | undefined;
  readonly #most: number;
  readonly #indexes: Recent<object, AnswerIndex>;

  /**
   * @param most answers that are read
   * @param indexes of the files used last
   */
  constructor(path: string, most = MOST_ANSWERS, indexes = new Recent<object, AnswerIndex>(1)) {
    this.path = path;
    this.#most = most;
    this.#indexes = indexes;
  }

  #index(): AnswerIndex {
    return this.#indexes.use(this, () => new AnswerIndex(this.path, this.#most));
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
  async #missing(answers: number, skipped: number): Promise<number> {
    await this.head();
    return missingAnswers(this.#head?.plan ?? {}, answers, skipped);
  }

  async #line(at: number): Promise<JsonObject | undefined> {
    let found: JsonObject | undefined;
    await readLines(this.path, at, { ...LIMITS, maxBytes: 1 }, ({ text }) => {
      found = text === undefined ? undefined : parseObject(text);
      return false;
    });
    return found;
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
    const [index, beside] = [this.#index(), against === undefined ? undefined : against.#index()];
    const all = await index.all();
    const otherAnswers = (await beside?.all()) ?? [];
    const isCut = index.isCut || (beside?.isCut ?? false);
    const others = new Map(otherAnswers.map((answer) => [keyOf(answer), answer]));
    const pairs = all.map((own): Paired => {
      const other = others.get(keyOf(own));
      return { own, other: other?.problem === own.problem ? other : undefined };
    });
    const kinds = [...new Set(all.map(({ kind }) => kind))].sort();
    const { find = "" } = query;
    const isFound = find.trim() === "" ? () => true : await index.search(find);
    const asked = pairs.filter(({ own }) => (query.kind === "" || own.kind === query.kind) && isFound(own));
    const names = Object.keys(OUTCOMES).filter((name) => against || (name !== "gained" && name !== "lost"));
    const outcomes = Object.fromEntries(names.map((name) => [name, asked.filter(OUTCOMES[name]!).length]));
    const found = asked.filter(
      Object.hasOwn(OUTCOMES, query.outcome) ? OUTCOMES[query.outcome]! : OUTCOMES["all"]!,
    );
    const answers: ShownAnswer[] = [];
    for (const { own, other } of found.slice(from, from + PAGE)) {
      const answer = await this.#shown(own);
      const shownOther = other && against ? await against.#shown(other) : undefined;
      if (answer !== undefined) answers.push({ ...answer, other: shownOther ?? null });
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
      missing: isCut ? 0 : await this.#missing(all.length, index.skipped),
      unreadable: index.unreadable + (beside?.unreadable ?? 0),
    };
  }
}
