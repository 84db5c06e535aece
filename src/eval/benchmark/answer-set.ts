/**
 * @module
 * The answers and skipped rows of an evaluation as the lines of its file leave them: a later line replaces what an earlier
 * one says about the same answer or row.
 */
import { type AnswerRecord, judgedRecord, type SkippedRecord, type VerdictRecord } from "./answer-record.ts";

type Key = Pick<AnswerRecord, "index" | "sample">;

const keyOf = ({ index, sample }: Key) => `${index} ${sample}`;

/** Answers and skipped rows, in the order in which they came. */
export class AnswerSet {
  readonly #answers: AnswerRecord[] = [];
  readonly #places = new Map<string, number>();
  readonly #skipped = new Map<number, SkippedRecord>();

  get answers(): readonly AnswerRecord[] {
    return this.#answers;
  }

  get skipped(): readonly SkippedRecord[] {
    return [...this.#skipped.values()];
  }

  /** Answers without a verdict. */
  get unjudged(): readonly AnswerRecord[] {
    return this.#answers.filter(({ isJudged }) => isJudged === false);
  }

  /** The record of an answer; undefined where there is none. */
  answer(key: Key): AnswerRecord | undefined {
    const place = this.#places.get(keyOf(key));
    return place === undefined ? undefined : this.#answers[place];
  }

  /** The record of a skipped row; undefined for any other. */
  skippedRow(index: number): SkippedRecord | undefined {
    return this.#skipped.get(index);
  }

  /** Adds an answer that is not there yet. A row with an answer is no skipped row any more. */
  add(answer: AnswerRecord): void {
    this.#places.set(keyOf(answer), this.#answers.length);
    this.#answers.push(answer);
    this.#skipped.delete(answer.index);
  }

  /** Gives an answer that is there its verdict. */
  judge(verdict: VerdictRecord): void {
    const place = this.#places.get(keyOf(verdict))!;
    this.#answers[place] = judgedRecord(this.#answers[place]!, verdict);
  }

  skip(row: SkippedRecord): void {
    this.#skipped.set(row.index, row);
  }
}
