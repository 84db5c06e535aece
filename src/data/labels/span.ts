/**
 * @module
 * A labelled span of a completion: a program's or a person's judgement of the text.
 */
import type { TokenLabel } from "../task.ts";

/** A span of a completion with its label; `start` and `end` count UTF-16 code units. */
export interface LabelledSpan extends TokenLabel {
  readonly start: number;
  /** Exclusive; greater than `start`. */
  readonly end: number;
  /**
   * Texts that would be right in its place, its own where it is right; none where it should not be there at all, or
   * nothing is known.
   */
  readonly right: readonly string[];
}

/** A token of a completion and the spans that share a character with it. */
interface TouchedToken {
  readonly start: number;
  readonly end: number;
  /** In the order of their starts. */
  readonly touching: readonly LabelledSpan[];
}

/**
 * The tokens of a completion with the spans that they touch, in one pass over both.
 *
 * @param tokens `[T]` the text of each token; joined they are the completion
 * @param spans in any order
 */
export function touchedTokens(
  tokens: readonly string[],
  spans: readonly LabelledSpan[],
): readonly TouchedToken[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start);
  let start = 0;
  let first = 0;
  return tokens.map((token) => {
    const from = start;
    const end = from + token.length;
    start = end;
    while (first < sorted.length && sorted[first]!.end <= from) first++;
    const touching: LabelledSpan[] = [];
    for (let i = first; from < end && i < sorted.length && sorted[i]!.start < end; i++) {
      if (sorted[i]!.end > from) touching.push(sorted[i]!);
    }
    return { start: from, end, touching };
  });
}
