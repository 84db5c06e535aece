/**
 * @module
 * The reward of a completion: its accuracy and its format, each 0 or 1, weighted.
 */
import * as z from "zod";
import { equivalent } from "./equivalent.ts";
import { extractAnswer, markedAnswer } from "./extract-answer.ts";
import { formatFault } from "./format.ts";
import { overlongSchema } from "./overlong.ts";

const weight = z.number().min(0);

/** What completions are rewarded for. */
export const rewardSchema = z
  .strictObject({
    accuracy: weight.default(1).describe("Weight of a right answer."),
    format: weight.default(0.1).describe("Weight of the form <think>…</think><answer>…</answer>."),
    answerFrom: z
      .enum(["anywhere", "mark"])
      .default("anywhere")
      .describe(
        "mark: only <answer>…</answer> or \\boxed{…} counts as an answer; anywhere: else the last option letter or " +
          "number does.",
      ),
    overlong: overlongSchema.optional(),
  })
  .refine(({ accuracy, format }) => accuracy + format > 0, {
    message: "expected a weight above 0 for accuracy or format",
  });

/** Weights of the reward's parts. */
export type RewardOptions = z.infer<typeof rewardSchema>;

/** A verifier's judgement of one completion. */
export interface Reward {
  /** Weighted sum of the parts; null where the completion cannot be judged, which is not 0. */
  readonly value: number | null;
  /** Each part before its weight, 0 to 1; `overlong` −1 to 0. */
  readonly parts: Readonly<Record<string, number>>;
  /** In words, what decided it. */
  readonly reason: string;
}

/**
 * Rewards one completion against the reference answer.
 *
 *     value = accuracy · 1[answer ≡ reference] + format · 1[form as asked]
 *
 * @returns value null when the reference is empty, since nothing can equal it
 *
 * @example
 * completionReward("<think>3 + 5 = 8.</think><answer>8</answer>", "8", rewardSchema.parse({})).value; // 1.1
 */
export function completionReward(completion: string, reference: string, options: RewardOptions): Reward {
  if (reference.trim() === "") return { value: null, parts: {}, reason: "the reference answer is empty" };
  const marked = markedAnswer(completion);
  const given = options.answerFrom === "mark" ? (marked ?? null) : extractAnswer(completion);
  const isRight = given !== null && equivalent(given, reference);
  const fault = formatFault(completion);
  const parts = { accuracy: isRight ? 1 : 0, format: fault === null ? 1 : 0 };
  const verdict = given === null ? "no answer" : isRight ? "right answer" : "wrong answer";
  return {
    value: options.accuracy * parts.accuracy + options.format * parts.format,
    parts,
    reason: fault === null ? verdict : `${verdict}; ${fault}`,
  };
}
