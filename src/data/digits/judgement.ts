/**
 * @module
 * Judges the statements of a completion against the truth of its world. A reading is judged by the image. A
 * step is judged by its own operands, so that a misread digit is one error and not a chain of them. The answer is
 * judged by the problem.
 */
import type { LabelledSpan } from "../labels/span.ts";
import {
  answerTo,
  CELL_NAMES,
  type CellName,
  EXTREMES,
  type Extreme,
  greaterThan,
  type Line,
  NONE,
} from "./questions.ts";
import {
  type NumberSpan,
  parseStatements,
  type ReadingSubject,
  type Span,
  type Statement,
} from "./statements.ts";
import { cellDigit, type DigitsTruth, extremeDigit, lineDigits } from "./world.ts";

/** Which of the stated values are right, by the alignment of `alignedExpected`. */
export function alignedRight(stated: readonly number[], expected: readonly number[]): boolean[] {
  const aligned = alignedExpected(stated, expected);
  return stated.map((value, i) => value === aligned[i]);
}

/**
 * The right value in place of each stated value, by the alignment with the fewest edits; lists of equal length are
 * compared place by place. So a skipped digit does not make every later digit wrong. Undefined for a value too many.
 */
function alignedExpected(stated: readonly number[], expected: readonly number[]): (number | undefined)[] {
  const n = stated.length;
  const m = expected.length;
  if (n === m) return [...expected];
  // edits[i][j]: fewest edits between the tails stated[i…] and expected[j…].
  const edits = Array.from({ length: n + 1 }, (_, i) =>
    Array.from({ length: m + 1 }, (_, j) => (i === n ? m - j : n - i)),
  );
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const same = stated[i] === expected[j] ? 0 : 1;
      edits[i]![j] = Math.min(edits[i + 1]![j + 1]! + same, edits[i + 1]![j]! + 1, edits[i]![j + 1]! + 1);
    }
  }
  const aligned = stated.map((): number | undefined => undefined);
  for (let i = 0, j = 0; i < n && j < m; ) {
    const same = stated[i] === expected[j];
    if (edits[i]![j] === edits[i + 1]![j + 1]! + (same ? 0 : 1)) {
      aligned[i++] = expected[j++];
    } else if (edits[i]![j] === edits[i + 1]![j]! + 1) i++;
    else j++;
  }
  return aligned;
}

/** A value as text; none where there is no value. */
function texts(value: number | undefined): string[] {
  return value === undefined ? [] : [String(value)];
}

function isExtreme(subject: ReadingSubject): subject is Extreme {
  return EXTREMES.some((extreme) => extreme === subject);
}

function isCell(subject: ReadingSubject): subject is CellName {
  return CELL_NAMES.some((cell) => cell === subject);
}

/** The values that a reading about a subject should state. */
export function trueReading(truth: DigitsTruth, subject: ReadingSubject): number[] {
  if (subject === "all") return truth.digits.map(({ value }) => value);
  if (!isExtreme(subject) && !isCell(subject)) {
    return lineDigits(truth, subject satisfies Line).map(({ value }) => value);
  }
  const digit = isCell(subject) ? cellDigit(truth, subject) : extremeDigit(truth, subject);
  return digit === undefined ? [] : [digit.value];
}

/** The subjects that must be read for the question, in the order of a trace. */
export function neededSubjects({ question }: DigitsTruth): readonly ReadingSubject[] {
  switch (question.kind) {
    case "line-sum":
      return [question.line];
    case "difference":
      return [question.from, question.minus];
    case "cell":
      return [question.cell];
    case "sum":
    case "largest":
    case "count-greater":
      return ["all"];
  }
}

const spanOf = ({ start, end }: Span): Span => ({ start, end });

/** The statements of the completion so far. */
class Written {
  readonly readings = new Map<ReadingSubject, readonly number[]>();
  /** The value derived last. */
  lastDerived: number | undefined;
  readonly #derived = new Set<number>();
  selected: readonly number[] | undefined;

  derive(value: number): void {
    this.lastDerived = value;
    this.#derived.add(value);
  }

  /**
   * The subjects that were read for the question: the needed subjects, or the cells if the completion states all cell
   * by cell.
   */
  subjects(truth: DigitsTruth): readonly ReadingSubject[] {
    const subjects = neededSubjects(truth);
    const cells = [...this.readings.keys()].filter(isCell);
    const isByCell = subjects.includes("all") && !this.readings.has("all") && cells.length > 0;
    return isByCell ? cells : subjects;
  }

  /** The values last read for everything that the question needs; undefined where a part was never stated. */
  needed(truth: DigitsTruth): number[] | undefined {
    const parts = this.subjects(truth).map((subject) => this.readings.get(subject));
    return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
  }

  /** Every value that a later step may use. */
  values(): Set<number> {
    return new Set([...[...this.readings.values()].flat(), ...this.#derived]);
  }
}

const operandsOf = new WeakMap<DigitsTruth, ReadonlySet<number>>();

/** Values that the steps of a true trace use; worked out once for all steps of a completion. */
function trueOperands(truth: DigitsTruth): ReadonlySet<number> {
  const known = operandsOf.get(truth);
  if (known !== undefined) return known;
  const steps = parseStatements(truth.trace).flatMap((statement) =>
    statement.kind === "step" ? statement.operands : [],
  );
  const operands = new Set(steps.map(({ value }) => value));
  operandsOf.set(truth, operands);
  return operands;
}

function judgeReading(
  { subject, values, none }: Statement & { kind: "reading" },
  written: Written,
  truth: DigitsTruth,
): LabelledSpan[] {
  const reading = { role: "image", statement: "reading", follows: null } as const;
  const expected = trueReading(truth, subject);
  const stated = values.map(({ value }) => value);
  const aligned = alignedExpected(stated, expected);
  written.readings.set(subject, stated);
  // Of a cell, and of no other subject, nothing may be the truth.
  const nothing = isCell(subject) && expected.length === 0 ? [NONE] : [];
  return [
    ...values.map((value, i) => ({
      ...spanOf(value),
      ...reading,
      correct: aligned[i] === value.value,
      right: aligned[i] === undefined ? nothing : texts(aligned[i]),
    })),
    ...(none === undefined
      ? []
      : [
          {
            ...spanOf(none),
            ...reading,
            correct: expected.length === 0,
            right: expected.length === 0 ? nothing : texts(expected[0]),
          },
        ]),
  ];
}

function judgeStep(
  statement: Statement & { kind: "step" },
  written: Written,
  truth: DigitsTruth,
): LabelledSpan[] {
  const { operands, operators, equals, result } = statement;
  const reasoning = { role: "reasoning", statement: "step" } as const;
  const known = written.values();
  const allowed = trueOperands(truth);
  const sign = truth.question.kind === "difference" ? "-" : "+";
  const total = operands.reduce(
    (sum, { value }, i) => (i > 0 && operators[i - 1]?.sign === "-" ? sum - value : sum + value),
    0,
  );
  written.derive(result.value);
  const holds = total === result.value;
  const right = [...known].map(String);
  return [
    ...operands.map((operand) => {
      const follows = known.has(operand.value);
      return {
        ...spanOf(operand),
        ...reasoning,
        correct: follows || allowed.has(operand.value),
        follows,
        right,
      };
    }),
    ...operators.map((operator) => ({
      ...spanOf(operator),
      ...reasoning,
      correct: operator.sign === sign,
      follows: null,
      right: [sign],
    })),
    { ...spanOf(equals), ...reasoning, correct: null, follows: null, right: [] },
    { ...spanOf(result), ...reasoning, correct: holds, follows: holds, right: texts(total) },
  ];
}

function judgeSelection(
  statement: Statement & { kind: "selection" },
  written: Written,
  truth: DigitsTruth,
): LabelledSpan[] {
  const { threshold, values, none } = statement;
  const reasoning = { role: "reasoning", statement: "selection" } as const;
  const asked = truth.question.kind === "count-greater" ? truth.question.threshold : null;
  const read = written.needed(truth);
  const expected = read === undefined ? undefined : greaterThan(read, threshold.value);
  const stated = values.map(({ value }) => value);
  const aligned = expected === undefined ? undefined : alignedExpected(stated, expected);
  written.selected = stated;
  const isAsked = asked === null ? null : threshold.value === asked;
  const isEmpty = expected === undefined ? null : expected.length === 0;
  return [
    {
      ...spanOf(threshold),
      ...reasoning,
      correct: isAsked,
      follows: isAsked,
      right: texts(asked ?? undefined),
    },
    ...values.map((value, i) => {
      const fits = aligned === undefined ? null : aligned[i] === value.value;
      return { ...spanOf(value), ...reasoning, correct: fits, follows: fits, right: texts(aligned?.[i]) };
    }),
    ...(none === undefined
      ? []
      : [
          {
            ...spanOf(none),
            ...reasoning,
            correct: isEmpty,
            follows: isEmpty,
            right: isEmpty === true ? ["none"] : texts(expected?.[0]),
          },
        ]),
  ];
}

function judgeDerived(
  value: NumberSpan,
  statement: "largest" | "count",
  expected: number | undefined,
  written: Written,
): LabelledSpan {
  written.derive(value.value);
  const right = expected === undefined ? null : value.value === expected;
  return {
    ...spanOf(value),
    role: "reasoning",
    statement,
    correct: right,
    follows: right,
    right: texts(expected),
  };
}

function judgeStatement(statement: Statement, written: Written, truth: DigitsTruth): LabelledSpan[] {
  switch (statement.kind) {
    case "reading":
      return judgeReading(statement, written, truth);
    case "step":
      return judgeStep(statement, written, truth);
    case "largest": {
      const read = written.needed(truth);
      const largest = read === undefined || read.length === 0 ? undefined : Math.max(...read);
      return [judgeDerived(statement.value, "largest", largest, written)];
    }
    case "selection":
      return judgeSelection(statement, written, truth);
    case "count":
      return [judgeDerived(statement.value, "count", written.selected?.length, written)];
    case "answer": {
      const read = written.needed(truth);
      const own = written.lastDerived ?? (read && answerTo(truth.question, read));
      return [
        {
          ...spanOf(statement.span),
          role: "reasoning",
          statement: "answer",
          correct: statement.text === truth.answer,
          follows: own === undefined ? null : statement.text === String(own),
          right: [own === undefined ? truth.answer : String(own)],
        },
      ];
    }
  }
}

/** A judged completion. */
export interface JudgedCompletion {
  readonly judgements: readonly LabelledSpan[];
  /** The values last read for everything that the question needs; undefined where a part was never stated. */
  readonly read: readonly number[] | undefined;
  /** The subjects that were read for the question. */
  readonly subjects: readonly ReadingSubject[];
  /** Last stated values by subject. */
  readonly readings: ReadonlyMap<ReadingSubject, readonly number[]>;
  /** The text of the last answer; undefined where there is none. */
  readonly answer: string | undefined;
}

/** Judges every statement of a completion, in writing order; never throws. */
export function judgeCompletion(completion: string, truth: DigitsTruth): JudgedCompletion {
  const written = new Written();
  const statements = parseStatements(completion);
  const judgements = statements.flatMap((statement) => judgeStatement(statement, written, truth));
  const answer = statements.findLast((statement) => statement.kind === "answer")?.text;
  const [read, subjects] = [written.needed(truth), written.subjects(truth)];
  return { judgements, read, subjects, readings: written.readings, answer };
}
