/**
 * @module
 * Marks each token of a digits completion by what it does (reads the image, reasons from text, other) and whether it
 * is right, from the known truth of the world: no annotators, and no model in the loop.
 */
import { type JudgedRole, type Judgement, judgeCompletion } from "./judgement.ts";
import type { DigitsTruth } from "./world.ts";

/** What is true of one token. */
export interface TokenLabel {
  /** "image": states a digit that has to be read; "reasoning": arithmetic, selection, answer; "other": the rest. */
  readonly role: JudgedRole | "other";
  /** The statement it belongs to. */
  readonly statement: Judgement["statement"] | null;
  /**
   * Readings against the image, steps against their own operands, the answer against the problem; null where there is
   * nothing to be right or wrong about.
   */
  readonly correct: boolean | null;
  /** Whether it follows from what the completion wrote before; null for readings and template words. */
  readonly follows: boolean | null;
}

const OTHER: TokenLabel = { role: "other", statement: null, correct: null, follows: null };

/** False if any is false, else true if any is true, else null. */
function all(verdicts: readonly (boolean | null)[]): boolean | null {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(true) ? true : null;
}

/**
 * Labels of a completion's tokens. A token that covers several judged stretches is right only if all of them are; one
 * that covers a reading and something else counts as reading.
 *
 * @param tokens `[T]`, the text of each token; joined they are the completion
 * @returns `[T]`
 */
export function labelTokens(tokens: readonly string[], truth: DigitsTruth): TokenLabel[] {
  const { judgements } = judgeCompletion(tokens.join(""), truth);
  const sorted = judgements.toSorted((a, b) => a.start - b.start);
  let start = 0;
  let first = 0;
  return tokens.map((token) => {
    const end = start + token.length;
    while (first < sorted.length && sorted[first]!.end <= start) first++;
    const touching: Judgement[] = [];
    for (let i = first; i < sorted.length && sorted[i]!.start < end; i++) {
      if (sorted[i]!.end > start && start < end) touching.push(sorted[i]!);
    }
    start = end;
    const readings = touching.filter(({ role }) => role === "image");
    const kept = readings.length > 0 ? readings : touching;
    const [head] = kept;
    if (head === undefined) return OTHER;
    return {
      role: head.role,
      statement: head.statement,
      correct: all(kept.map(({ correct }) => correct)),
      follows: all(kept.map(({ follows }) => follows)),
    };
  });
}
