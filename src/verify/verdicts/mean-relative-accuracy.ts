/**
 * @module
 * Mean relative accuracy of VSI-Bench (arXiv:2412.14171, Eq. 1).
 */
import * as z from "zod";
import { bestOf, defineVerdict, readAnswer } from "../definition.ts";
import { numberOf } from "./number.ts";

/** Confidence thresholds 0.50, 0.55, … 0.95, in the binary fractions of numpy's `linspace(0.5, 0.95, 10)`. */
const THRESHOLDS = Array.from({ length: 10 }, (_, i) => 0.5 + i * ((0.95 - 0.5) / 9));

/**
 * The share of confidence thresholds at which a number is near enough.
 *
 *     MRA = 1/10 · Σ_{θ = 0.50, 0.55, … 0.95} 1[|given − answer| / |answer| ≤ 1 − θ]
 *
 * The paper prints <, its code has ≤.
 */
export function meanRelativeAccuracy(given: number, answer: number): number {
  if (answer === 0) return given === 0 ? 1 : 0;
  const error = Math.abs(given - answer) / Math.abs(answer);
  return THRESHOLDS.filter((threshold) => error <= 1 - threshold).length / THRESHOLDS.length;
}

/** The verdict `mra`. */
export const mraDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("mra"),
    from: z
      .enum(["anywhere", "mark"])
      .default("anywhere")
      .describe("mark: only <answer>…</answer> or \\boxed{…} gives an answer; anywhere: also the text."),
  }),
  create: ({ from }) => ({
    name: "mra",
    judge: (text, { answers }) =>
      bestOf(readAnswer(text, from), answers, (given, answer) => {
        const right = numberOf(answer);
        const value = numberOf(given);
        if (right === undefined) return null;
        return value === undefined ? 0 : meanRelativeAccuracy(value, right);
      }),
  }),
});
