/**
 * @module
 * A punishment of completions that repeat themselves.
 *
 * Source: the n-gram penalty of E. Yeo et al., arXiv:2502.03373, which Perception-R1, arXiv:2506.07218, uses with
 * 20-grams.
 */
import * as z from "zod";
import { entryOptions } from "./options.ts";
import { defineReward } from "./reward.ts";

/**
 * Penalty for repeated n-grams of words in a text.
 *
 *     (1 − distinct n-grams / n-grams)·most
 *
 * @param most penalty of a text that repeats a single n-gram, ≤ 0
 * @returns in (most, 0]; 0 of a text with fewer words than n
 * @example
 * repetitionPenalty("a b a b a b", 2, -2); // −1.2: two of five are distinct
 */
export function repetitionPenalty(text: string, n: number, most: number): number {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const count = words.length - n + 1;
  if (count < 1) return 0;
  const distinct = new Set(Array.from({ length: count }, (_, i) => words.slice(i, i + n).join(" ")));
  return (1 - distinct.size / count) * most + 0;
}

/** From the largest penalty to 0. */
export const repetitionReward = defineReward({
  schema: z
    .strictObject({
      kind: z.literal("repetition"),
      ...entryOptions(1),
      words: z.int().min(1).default(20).describe("Words of an n-gram."),
      most: z.number().max(0).default(-2).describe("Largest penalty, at or below 0."),
    })
    .describe("Penalty for repeated n-grams of words, as in Perception-R1."),
  create:
    ({ words, most }) =>
    (answered) =>
      answered.map(({ text }) => repetitionPenalty(text, words, most)),
});
