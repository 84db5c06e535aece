/**
 * @module
 * Finds the statements of a digits completion: what it says it sees, its arithmetic, its selections, its answer.
 * Free of judgement, and made for the completions of half-trained models: what does not look like a statement is left
 * out, nothing throws, and time is linear in the text.
 */
import { CELL_NAMES, type CellName, EXTREMES, type Extreme, LINES, type Line, NONE } from "./questions.ts";
import { NOUNS } from "./worlds.ts";

/** A span of the completion, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A written number. */
export interface NumberSpan extends Span {
  readonly value: number;
}

/** The subject of a reading: every digit, a line, the digit furthest to one side, or a cell. */
export type ReadingSubject = "all" | Line | Extreme | CellName;

/** One statement; `start` is its place in the text. */
export type Statement = {
  readonly start: number;
} /** Of a cell that is said to be empty `none` is the word. */ & (
  | {
      readonly kind: "reading";
      readonly subject: ReadingSubject;
      readonly values: readonly NumberSpan[];
      readonly none?: Span;
    }
  /** a ± b ± … = result; `signs` are the operators and the equals sign. */
  | {
      readonly kind: "step";
      readonly operands: readonly NumberSpan[];
      readonly operators: readonly (Span & { readonly sign: "+" | "-" })[];
      readonly equals: Span;
      readonly result: NumberSpan;
    }
  | { readonly kind: "largest"; readonly value: NumberSpan }
  /** Digits greater than the threshold; `none` is the word where there are none. */
  | {
      readonly kind: "selection";
      readonly threshold: NumberSpan;
      readonly values: readonly NumberSpan[];
      readonly none?: Span;
    }
  | { readonly kind: "count"; readonly value: NumberSpan }
  | { readonly kind: "answer"; readonly text: string; readonly span: Span }
);

// Every quantifier is bounded, so no text makes a match backtrack further than a fixed length.
const NUMBER = String.raw`-?\d{1,9}`;
const LIST = `${NUMBER}(?:(?:, and |, ?| and | )${NUMBER}){0,31}`;
const PATTERNS = {
  reading: new RegExp(`(?:In the (${LINES.join("|")}) )?I see (${LIST})`, "dg"),
  extreme: new RegExp(`The (${EXTREMES.join("|")}) is (${NUMBER})`, "dg"),
  cell: new RegExp(
    `The (?:${NOUNS.join("|")}) in the (${CELL_NAMES.join("|")}) is (?:(${NONE})|(${NUMBER}))`,
    "dg",
  ),
  step: new RegExp(String.raw`(?<!\d)(${NUMBER}(?: ?[+-] ?${NUMBER}){1,15}) ?(=) ?(${NUMBER})`, "dg"),
  largest: new RegExp(`The largest is (${NUMBER})`, "dg"),
  selection: new RegExp(`Greater than (${NUMBER}): ?(?:(${NONE})|(${LIST}))`, "dg"),
  count: new RegExp(`That is (${NUMBER})`, "dg"),
  answer: /<answer>([^<]*)/dg,
};

/** A matched group with its place; undefined where the group took no part. */
function group(match: RegExpExecArray, index: number): (Span & { readonly text: string }) | undefined {
  const [start, end] = match.indices?.[index] ?? [];
  const text = match[index];
  return start === undefined || end === undefined || text === undefined ? undefined : { start, end, text };
}

function numbers(part: (Span & { readonly text: string }) | undefined): NumberSpan[] {
  if (part === undefined) return [];
  return [...part.text.matchAll(/-?\d+/g)].map((match) => ({
    start: part.start + match.index,
    end: part.start + match.index + match[0].length,
    value: Number(match[0]),
  }));
}

/** Splits "7 - -9 + 2" into numbers and the operators between them. */
function terms(part: Span & { readonly text: string }) {
  const operands: NumberSpan[] = [];
  const operators: (Span & { sign: "+" | "-" })[] = [];
  for (const match of part.text.matchAll(/(^|[+-]) ?(-?\d+)/g)) {
    const [whole, sign = "", digits = ""] = match;
    const start = part.start + match.index;
    const end = start + whole.length;
    if (sign === "+" || sign === "-") operators.push({ start, end: start + 1, sign });
    operands.push({ start: end - digits.length, end, value: Number(digits) });
  }
  return { operands, operators };
}

function statementOf(pattern: keyof typeof PATTERNS, match: RegExpExecArray): Statement | undefined {
  const start = match.index;
  const [first, second, third] = [group(match, 1), group(match, 2), group(match, 3)];
  switch (pattern) {
    case "reading":
    case "extreme": {
      const subject = (first?.text ?? "all") as ReadingSubject;
      return { start, kind: "reading", subject, values: numbers(second) };
    }
    case "cell": {
      const subject = first?.text as CellName;
      return { start, kind: "reading", subject, values: numbers(third), ...(second && { none: second }) };
    }
    case "step": {
      const [result] = numbers(third);
      if (first === undefined || second === undefined || result === undefined) return undefined;
      return { start, kind: "step", ...terms(first), equals: second, result };
    }
    case "largest":
    case "count": {
      const [value] = numbers(first);
      return value && { start, kind: pattern, value };
    }
    case "selection": {
      const [threshold] = numbers(first);
      if (threshold === undefined) return undefined;
      const values = numbers(third);
      return { start, kind: "selection", threshold, values, ...(second && { none: second }) };
    }
    case "answer":
      return first && { start, kind: "answer", text: first.text.trim(), span: first };
  }
}

/** The statements of a completion, in the order in which they are written. */
export function parseStatements(completion: string): Statement[] {
  const names = Object.keys(PATTERNS) as (keyof typeof PATTERNS)[];
  return names
    .flatMap((name) =>
      [...completion.matchAll(PATTERNS[name])].flatMap((match) => statementOf(name, match) ?? []),
    )
    .sort((a, b) => a.start - b.start);
}
