/**
 * @module
 * Perception-R1's visual reward from labels: the share of the image's visual facts that the completion states.
 *
 * Source: Perception-R1, arXiv:2506.07218; the authors' code, github.com/tongxiao2002/Perception-R1 at c47eaf2,
 * `verl/utils/reward_score/math_with_visual.py`, where a judge model finds annotated facts.
 */
import * as z from "zod";
import type { Problem } from "../data/index.ts";
import { columnList } from "./column-list.ts";
import { entryOptions } from "./options.ts";
import { defineReward } from "./reward.ts";
import { statedShare } from "./step-reward.ts";

const factsSchema = z.array(z.union([z.string(), z.array(z.string()).min(1)]));

/**
 * Facts of a problem, from the task or from its column: a text, or several wordings of one.
 *
 * @throws PartError when the column holds anything else
 */
function factsOf({ visualFacts, columns }: Problem, column: string): readonly (readonly string[])[] {
  const expected = "a list of texts, or of lists of wordings";
  const facts = columnList(visualFacts ?? columns[column], {
    schema: factsSchema,
    where: `column ${column}`,
    expected,
  });
  return facts.map((fact) => (typeof fact === "string" ? [fact] : fact));
}

/**
 * The share of the problem's visual facts that the whole completion states, in [0, 1]; null for a problem without
 * facts.
 */
export const visualFactsReward = defineReward({
  schema: z
    .strictObject({
      kind: z.literal("visual-facts"),
      ...entryOptions(0.7),
      column: z
        .string()
        .min(1)
        .default("visual_facts")
        .describe("Column with the facts, if the task has none: a list of texts, or of lists of wordings."),
    })
    .describe("Perception-R1's reward: the share of visual facts that the completion states."),
  create:
    ({ column }) =>
    (answered) =>
      answered.map(({ text, problem }) => {
        const facts = factsOf(problem, column);
        return facts.length === 0 ? null : statedShare(text, facts);
      }),
});
