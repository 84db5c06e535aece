/**
 * @module
 * Faithful GRPO's constraints from labels: whether a completion's statements about the image are true, and whether its
 * answer follows from its reasoning. A judge can replace them if there are no labels.
 *
 * Source: arXiv:2604.08476. CORA's consistency, arXiv:2606.14691, is the second constraint, there by a classifier.
 */
import * as z from "zod";
import type { TokenLabel } from "../data/index.ts";
import { entryOptions } from "./options.ts";
import { defineReward } from "./reward.ts";

/** Share of true entries; null without any. */
function share(verdicts: readonly (boolean | null)[]): number | null {
  const known = verdicts.filter((verdict) => verdict !== null);
  return known.length === 0 ? null : known.filter(Boolean).length / known.length;
}

/**
 * Measures of a labelled completion, each in [0, 1], or null if there is nothing to measure.
 *
 * - `grounding`: share of tokens about the image that are true
 * - `consistency`: 1 if every step and the answer follow from the text before, else 0
 */
export const FAITHFUL_MEASURES: Readonly<
  Record<"grounding" | "consistency", (labels: readonly TokenLabel[]) => number | null>
> = {
  grounding: (labels) => share(labels.filter(({ role }) => role === "image").map(({ correct }) => correct)),
  consistency: (labels) => {
    const following = share(labels.filter(({ role }) => role === "reasoning").map(({ follows }) => follows));
    return following === null ? null : following === 1 ? 1 : 0;
  },
};

/** One of the measures; null for a completion without labels, or without anything to measure. */
export const faithfulReward = defineReward({
  schema: z
    .strictObject({
      kind: z.literal("faithful"),
      ...entryOptions(1),
      measure: z
        .enum(["grounding", "consistency"])
        .default("consistency")
        .describe(
          "grounding: statements about the image are true; consistency: the answer follows from the steps.",
        ),
      missing: z
        .number()
        .nullable()
        .default(0)
        .describe("Score of a labelled completion with nothing to measure; null leaves it unscored."),
    })
    .describe("Faithful GRPO's constraints, from the task's labels of tokens."),
  create:
    ({ measure, missing }) =>
    (answered) =>
      answered.map(({ labels }) => {
        const known = labels?.();
        return known === undefined ? null : (FAITHFUL_MEASURES[measure](known) ?? missing);
      }),
});
