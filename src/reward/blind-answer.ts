/**
 * @module
 * Rewards a description from which the question can be answered: the policy reads its own description, without the
 * image, and answers. Vision-SR1, Visionary-R1 and MoCA use this reward, each with its own tag and weight.
 *
 * Sources: Vision-SR1, arXiv:2508.19652; Visionary-R1, arXiv:2505.14677; MoCA, arXiv:2605.14054.
 */
import * as z from "zod";
import { isSamplingTemperature, SAMPLING_TEMPERATURE } from "../math/index.ts";
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
 * The prompt that replaces the image.
 *
 * @param words template with the placeholders `{description}` and `{question}`
 */
export function blindQuestion(words: string, description: string, question: string): string {
  const bare = question.replaceAll("<image>", "").replaceAll("<video>", "").trim();
  return words.replace("{description}", () => description).replace("{question}", () => bare);
}

/** 1 for a right blind answer, 0 for a wrong one or a missing description; null when the verdict cannot judge. */
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
          "Without the tag: give no reward, or use the whole completion as the description (Vision-SR1's code).",
        ),
      words: z
        .enum(["vision-sr1", "visionary-r1", "plain"])
        .default("vision-sr1")
        .describe("Prompt without the image; plain is the description and the question."),
      temperature: z
        .number()
        .nonnegative()
        .refine(isSamplingTemperature, { error: `expected ${SAMPLING_TEMPERATURE}` })
        .optional()
        .describe("Temperature of the blind answer; default: the run's."),
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
      const judged = await Promise.all(
        described.map(async ({ i }, j) => verdict.judge(answers[j]!, answered[i]!.problem, signal)),
      );
      const scores: (number | null)[] = answered.map(() => 0);
      for (const [j, { i }] of described.entries()) scores[i] = judged[j]!.score;
      return scores;
    },
  }),
});
