/**
 * @module
 * The reward of a description that the question can be answered from: the policy reads its own description, without the
 * image, and answers. Vision-SR1, Visionary-R1 and MoCA reward descriptions so, each by its own tag and weight.
 *
 * Sources: Vision-SR1, arXiv:2508.19652; Visionary-R1, arXiv:2505.14677; MoCA, arXiv:2605.14054.
 */
import * as z from "zod";
import { entryOptions } from "./options.ts";
import { requirePolicy } from "./require-policy.ts";
import { defineReward } from "./reward.ts";
import { taggedText } from "./tagged-text.ts";

const WORDS = {
  "vision-sr1":
    "Text description: {description}\nQuestion: {question}\nYou are provided a text description of a problem and a question. Determine the answer to the question based on the text description. First provide an internal step-by-step reasoning within <think> </think> tags, then provide a single word or phrase answer in \\boxed{}.",
  "visionary-r1": "Input Format:\nText:{description}\nQuestion:{question}",
  plain: "{description}\n{question}",
} as const;

/**
 * What the policy is asked in the image's place.
 *
 * @param words with the places `{description}` and `{question}`
 */
export function blindQuestion(words: string, description: string, question: string): string {
  const bare = question.replaceAll("<image>", "").replaceAll("<video>", "").trim();
  return words.replace("{description}", () => description).replace("{question}", () => bare);
}

/** 1 where the blind answer is right, 0 where it is wrong or there is nothing to answer from; null where no verdict can be had. */
export const blindAnswerReward = defineReward({
  schema: z
    .strictObject({
      kind: z.literal("blind-answer"),
      ...entryOptions(1),
      tag: z
        .string()
        .min(1)
        .default("description")
        .describe("Name of the tag that encloses the description."),
      missing: z
        .enum(["zero", "whole"])
        .default("zero")
        .describe(
          "Without the tag: no reward, or the whole completion is the description (Vision-SR1's code).",
        ),
      words: z
        .enum(["vision-sr1", "visionary-r1", "plain"])
        .default("vision-sr1")
        .describe("How the question is put without the image; plain is the description and the question."),
      temperature: z
        .number()
        .nonnegative()
        .optional()
        .describe("Of the blind answer; the run's unless given."),
    })
    .describe("Reward of a description from which the policy answers the question without the image."),
  create: ({ tag, missing, words, temperature }, { verdict }) => ({
    asks: "answers",
    async score(answered, signal, given) {
      const policy = requirePolicy(given, "blind-answer");
      const described = answered.flatMap(({ text, problem }, i) => {
        const description = taggedText(text, tag) ?? (missing === "whole" ? text : "");
        return description === ""
          ? []
          : [{ i, question: blindQuestion(WORDS[words], description, problem.question) }];
      });
      const answers = await policy.answer(described, { ...(temperature !== undefined && { temperature }) });
      const scores: (number | null)[] = answered.map(() => 0);
      for (const [j, { i }] of described.entries()) {
        scores[i] = (await verdict.judge(answers[j]!, answered[i]!.problem, signal)).score;
      }
      return scores;
    },
  }),
});
